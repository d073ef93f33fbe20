"""Stands in for myst-nb in the browser, of which the chapters need one function: glue."""


def glue(name: str, variable: object, display: bool = True) -> None:
    """Show the value that the page puts into its text."""
    if display:
        from IPython.display import display as show

        show(variable)

"""Tables as the extensions make them, and the line that says how their numbers were made."""

from typing import Any

from docutils import nodes


def make_table(head: list[str], rows: list[list[list[nodes.Node]]]) -> nodes.table:
    """A table of cells that are lists of inline nodes."""

    def line(cells: list[list[nodes.Node]]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))

    group = nodes.tgroup("", cols=len(head))
    group += [nodes.colspec("", colwidth=1) for _ in head]
    group += nodes.thead("", line([[nodes.Text(name)] for name in head]))
    group += nodes.tbody("", *map(line, rows))
    return nodes.table("", group)


def words_table(head: list[str], rows: list[list[str]]) -> nodes.table:
    """A table of words and numbers."""
    return make_table(head, [[[nodes.Text(text)] for text in row] for row in rows])


def origin(machine: dict[str, Any], command: str) -> nodes.paragraph:
    """The command, the machine and the versions, as benchmarks/machine.py has recorded them."""
    packages = ", ".join(f"{name} {v}" for name, v in machine["packages"].items() if v)
    text = (
        f" on {machine['cores']} cores of {machine['processor']}, {machine['system']}, "
        f"{', '.join(['Python ' + machine['python'], *machine['blas']])}; {packages}."
    )
    made = [nodes.Text("Made by "), nodes.literal("", command), nodes.Text(text)]
    return nodes.paragraph("", "", *made)

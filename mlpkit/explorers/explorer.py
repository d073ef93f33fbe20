"""Base class: a live ipywidget that also carries a form of itself for pages without a kernel."""

import json
from html import escape
from typing import Any, ClassVar

import anywidget

from .modules import bundle, styles
from .traits import refuse


class Explorer(anywidget.AnyWidget):
    """An interactive figure: synced traits in Python, one ES module in the browser.

    A subclass names its ES module, declares its traits and says how it looks when nothing runs.
    In a notebook it is an ipywidget. Its ``text/html`` holds a still picture, a description and
    the state as JSON, and is the same on every run; on the site, the Sphinx extension adds the
    module and a host script, and the picture comes to life.
    """

    module: ClassVar[str]
    long: ClassVar[tuple[str, ...]] = ()
    """Traits too long for the text form."""

    def __init__(self, **state: Any) -> None:
        super().__init__(**state)
        self._derive()
        self.observe(self._derive, list(state))

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "module" in vars(cls):  # not in the subclass that anywidget makes of each instance
            cls._esm = bundle(cls.module)
            cls._css = styles(cls.module)

    def derived(self) -> dict[str, Any]:
        """Read-only traits, computed from the others."""
        return {}

    def still(self) -> str:
        """The state as an SVG."""
        raise NotImplementedError

    def describe(self) -> str:
        """The state in words and numbers."""
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """The explorer's own synced traits."""
        inherited = anywidget.AnyWidget.class_trait_names()
        own = [name for name in self.trait_names(sync=True) if name not in inherited]
        return {name: getattr(self, name) for name in sorted(own) if not name.startswith("_")}

    def to_html(self) -> str:
        """The figure without a kernel: still picture, description, state."""
        # "<" cannot end the script element when it is written as an escape
        state = json.dumps(self.state(), ensure_ascii=False).replace("<", "\\u003c")
        return (
            f'<figure data-explorer="{self.module}">{self.still()}'
            f"<figcaption>{escape(self.describe())}</figcaption>"
            f'<script type="application/json">{state}</script></figure>'
        )

    def _derive(self, change: object = None) -> None:
        for name, value in self.derived().items():
            self.set_trait(name, value)

    def _matched(self, proposal: Any, *names: str) -> Any:
        """The proposed value, if the named traits then have one entry a class, or None."""
        new = {name: getattr(self, name) for name in names} | {proposal.trait.name: proposal.value}
        first, *others = names
        for name in others:
            if new[name] is not None and len(new[name]) != len(new[first]):
                raise refuse(name, f"{len(new[first])} entries, as many as {first} has", new[name])
        return proposal.value

    def __repr__(self) -> str:
        """The constructor call that makes this state again: no memory address."""
        state = {name: value for name, value in self.state().items() if name not in self.long}
        arguments = [f"{name}={value!r}" for name, value in state.items()]
        return f"{type(self).__name__}({', '.join(arguments + ['...'] * bool(self.long))})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundled = super()._repr_mimebundle_(**kwargs)
        if bundled is None:
            return None
        data, metadata = bundled
        return {**data, "text/plain": repr(self), "text/html": self.to_html()}, metadata

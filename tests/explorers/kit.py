"""What the explorers' tests share: Node, a small site, a page that may reach one origin only."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Browser, Page
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

import mlpkit.explorers
from mlpkit.explorers import Explorer
from mlpkit.explorers.modules import bundle

HERE = Path(__file__).parent
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def call(module: str, *calls: list) -> list:
    """Results of `calls`, each ``[function, *arguments]``, on one of our ES modules in Node."""
    task = json.dumps({"module": bundle(module), "calls": calls})
    done = subprocess.run(
        ["node", str(HERE / "run_module.mjs")], input=task, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_close(found: list, expected: list, rtol: float = 1e-12) -> None:
    """Relative error of each number; exact zeros and infinities must be just that."""
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(one, float), other, rtol=rtol, atol=0)


def random_logits(rng: np.random.Generator, count: int = 1000) -> Iterator[np.ndarray]:
    """Ordinary, huge, tiny, tied and mixed logits."""
    for i in range(count):
        z = rng.normal(size=rng.integers(2, 13)) * rng.choice([1, 10, 700])
        kind = i % 5
        if kind == 1:
            z = rng.choice([-1e4, 1e4, 0.0, 1e-300], size=len(z))
        elif kind == 2:
            z[:] = z[0]
        elif kind == 3:
            z[rng.integers(len(z))] += rng.choice([-1e4, 1e4])
        yield z


def explorer_classes() -> list[type[Explorer]]:
    public = [getattr(mlpkit.explorers, name) for name in mlpkit.explorers.__all__]
    return [thing for thing in public if isinstance(thing, type) and thing is not Explorer]


def write_page(path: Path, figures: list[Explorer]) -> None:
    """A notebook as `make refresh` leaves it: the widget view, whose id is random, taken out."""
    cells = [new_markdown_cell(f"# {path.stem}")]
    for count, figure in enumerate(figures, start=1):
        data = figure._repr_mimebundle_()[0]
        del data[WIDGET_VIEW]
        output = new_output("execute_result", data=data, execution_count=count)
        cells.append(new_code_cell(f"figure_{count}", execution_count=count, outputs=[output]))
    metadata = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)


def build_site(source: Path, output: Path, theme: str = "sphinx_book_theme") -> None:
    """Build notebooks below `source` with our extension; a warning is an error."""
    sys.path.insert(0, str(HERE.parents[1] / "_ext"))
    settings = {
        "extensions": ["myst_nb", "explorers"],
        "html_theme": theme,
        "nb_execution_mode": "off",
    }
    if theme == "sphinx_book_theme":  # without which it writes an error to every page's console
        settings["html_context"] = {"default_mode": "auto"}
    places = source, None, output, output / ".doctrees"
    with docutils_namespace():
        app = Sphinx(*places, "html", settings, status=None, warningiserror=True)
        app.build()
    assert app.statuscode == 0


class Guard:
    """A page that may reach one origin only; what it asked of others and what went wrong."""

    def __init__(self, chromium: Browser, base: str, **options: object) -> None:
        self.base, self.requests, self.refused, self.errors = base, [], [], []
        self.context = chromium.new_context(**options)
        self.page: Page = self.context.new_page()
        self.page.route("**/*", self._route)
        self.page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _route(self, route: object) -> None:
        url = route.request.url
        ours = url.startswith((self.base, "data:", "blob:"))
        (self.requests if ours else self.refused).append(url)
        route.continue_() if ours else route.abort()

    def close(self) -> None:
        self.context.close()
        assert not self.refused, f"asked of other origins: {self.refused}"
        assert not self.errors, f"errors in the console: {self.errors}"


def drag(page: Page, slider: object, share: float, by: str = "mouse") -> None:
    """Take the thumb of a native range input to `share` of its track, by mouse or by touch."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    now = slider.evaluate("e => (e.value - e.min) / (e.max - e.min)")
    # the thumb's centre keeps half a thumb (12 px) from the track's ends
    x = [box["x"] + 12 + s * (box["width"] - 24) for s in (now, (now + share) / 2, share)]
    y = box["y"] + box["height"] / 2
    if by == "mouse":
        page.mouse.move(x[0], y)
        page.mouse.down()
        for step in x[1:]:
            page.mouse.move(step, y)
        page.mouse.up()
        return
    session = page.context.new_cdp_session(page)
    for kind, points in [("Start", x[:1]), ("Move", x[1:2]), ("Move", x[2:]), ("End", [])]:
        touch = {"type": f"touch{kind}", "touchPoints": [{"x": p, "y": y} for p in points]}
        session.send("Input.dispatchTouchEvent", touch)

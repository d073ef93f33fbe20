"""What holds for every explorer: its module, what a notebook stores, its page."""

import gzip
import json
import re
from pathlib import Path

import pytest
from kit import WIDGET_VIEW, build_site, call, explorer_classes, write_page

from mlpkit.explorers import Softmax, modules

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
each_class = pytest.mark.parametrize("cls", explorer_classes(), ids=lambda cls: cls.__name__)
each_module = pytest.mark.parametrize(
    "name", sorted(path.stem for path in modules.FOLDER.glob("*.js"))
)


# ---- ES modules: joined for a notebook, hashed for a site


@each_module
def test_modules_import_only_in_the_form_that_joining_understands(name):
    text = modules.source(f"{name}.js")
    found = re.findall(r"^\s*(?:import\b|export\b[^;=]*\bfrom\b)", text, re.MULTILINE)
    assert len(found) == len(modules._IMPORT.findall(text))
    assert "import(" not in text or name == "host"


@each_class
def test_a_bundle_is_one_module_without_imports_or_clashing_names(cls):
    text = modules.bundle(cls.module)
    assert "import {" not in text
    assert text.count("export default") == 1
    assert call(cls.module) == []  # Node refuses a module that declares one name twice


@each_class
def test_a_module_with_what_it_shares_stays_below_10_kB(cls):
    assert len(gzip.compress(modules.source(f"{cls.module}.js").encode())) < 10_000
    code = [name for name in modules.needs(cls.module) if name != "digit_network"]  # weights
    shared = "".join(modules.source(f"{name}.js") for name in [*code, cls.module])
    assert len(gzip.compress(shared.encode())) < 14_000


@pytest.mark.parametrize("sheet", sorted(path.name for path in modules.FOLDER.glob("*.css")))
def test_styles_name_only_classes_that_modules_write_out(sheet):
    """The published site drops the rules whose names occur nowhere, as in `run${i}`."""
    code = "".join(modules.source(path.name) for path in modules.FOLDER.glob("*.js"))
    ours = re.findall(r"\.((?:ex|[a-z]+)-[\w-]+)", re.sub(r"/\*.*?\*/", "", modules.source(sheet)))
    hosts = {"vscode-dark"}
    missing = {name for name in ours if not re.search(rf"(?<![\w-]){name}(?![\w-])", code)}
    assert missing <= hosts


def test_a_site_file_is_named_by_its_text_and_by_the_text_it_imports(monkeypatch):
    before = modules.site_files()
    original = modules.source
    monkeypatch.setattr(
        modules, "source", lambda f: original(f) + ("// new\n" if f == "maths.js" else "")
    )
    after = modules.site_files()
    changed = {name for name in before if before[name][0] != after[name][0]}
    assert changed == {"maths"} | {
        n for n in before if n != "style" and "maths" in modules.needs(n)
    }
    assert f'from "./{after["maths"][0]}"' in after["softmax"][1]


# ---- what a notebook stores


@each_class
def test_stored_outputs_are_the_same_on_every_run(cls):
    first, second = (cls()._repr_mimebundle_()[0] for _ in range(2))
    assert set(first) == {"text/plain", "text/html", WIDGET_VIEW}
    del first[WIDGET_VIEW], second[WIDGET_VIEW]  # `make refresh` drops it: the id is random
    assert first == second
    assert not re.search("0x[0-9a-f]{6}", first["text/plain"] + first["text/html"])


@each_class
def test_plain_text_makes_the_same_figure_again(cls):
    figure = cls()
    if cls.long:  # recorded data are left out
        assert repr(figure).endswith("...)") and len(repr(figure)) < 200
        return
    assert eval(repr(figure), {cls.__name__: cls}).state() == figure.state()


@each_class
def test_html_carries_picture_words_and_state_but_no_code(cls):
    html = cls().to_html()
    assert re.search(r"<svg [^>]*role=\"img\" aria-label=\"[^\"]{10,}\"", html)
    assert re.search(r"<figcaption>.{40,}</figcaption>", html)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
    assert [kind for kind, _ in scripts] == [' type="application/json"']
    assert json.loads(scripts[0][1]) == json.loads(json.dumps(cls().state()))


def test_names_cannot_break_out_of_the_html():
    evil = "</script><b>&\"'"
    html = Softmax(logits=(1, 2), labels=(evil, "b")).to_html()
    assert html.count("</script>") == 1 and "<b>" not in html
    state = re.search(r"json\">(.*)</script>", html)[1]
    assert json.loads(state)["labels"][0] == evil


# ---- on a page without a kernel


def test_each_file_is_asked_for_once(open_page):
    guard = open_page("softmax")
    ours = [Path(url).name.split("?")[0] for url in guard.requests if "/explorers/" in url]
    assert sorted(re.sub("-[0-9a-f]{10}", "", name) for name in ours) == [
        "explorers.css", "host.js", "maths.js", "softmax.js", "ui.js",
    ]  # fmt: skip


def test_page_holds_no_script_text_and_no_state_of_widgets(open_page):
    html = open_page("softmax").page.content()
    assert "widget-state" not in html and "require.min.js" not in html
    assert "softmax(logits" not in html


@each_class
def test_page_fits_and_axe_finds_nothing(open_page, cls):
    page = open_page(cls.module, viewport={"width": 390, "height": 844}).page
    page.set_viewport_size({"width": 640, "height": 400})  # a laptop at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") == 640
    for width, scheme in [(390, "light"), (1280, "dark")]:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        controls = page.locator("figure >> nth=0").locator("button, input, select")
        boxes = controls.evaluate_all(
            """all => all.map(e => [e.ariaLabel || e.labels?.[0]?.textContent || e.textContent,
               Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height)])"""
        )
        assert boxes and all(name.strip() and size >= 24 for name, size in boxes), boxes
        if AXE.exists():
            page.add_script_tag(path=AXE)
            found = page.evaluate("axe.run('figure[data-explorer]')")["violations"]
            assert not found, [(v["id"], v["nodes"][0]["failureSummary"]) for v in found]
    if not AXE.exists():
        pytest.skip("no axe-core (npm ci): accessibility was not tested")


@each_class
@pytest.mark.parametrize("which", [0, -1], ids=["first", "last"])
def test_a_move_writes_only_what_it_changes(open_page, cls, which):
    """What is written once more, or made anew, costs style, layout and paint in every frame."""
    page = open_page(cls.module).page
    sliders = page.locator("figure >> nth=0").locator("input[type=range]:visible")
    slider = sliders.first if which == 0 else sliders.last
    slider.press("ArrowRight")
    page.evaluate(
        """() => {
          const name = (node) => node.ariaLabel ?? node.className?.baseVal ?? node.className;
          window.needless = [];
          window.moved = 0;
          const observer = new MutationObserver((all) => all.forEach((m) => {
            const { type, target, attributeName, oldValue } = m;
            const now = { attributes: () => target.getAttribute(attributeName),
                          characterData: () => target.data }[type];
            moved++;
            if (target.role !== "status" && (!now || now() === oldValue))
              needless.push([type, target.nodeName, name(target), attributeName, oldValue]);
          }));
          observer.observe(document.querySelector("figure[data-explorer]"), {
            subtree: true, childList: true, attributes: true, attributeOldValue: true,
            characterData: true, characterDataOldValue: true });
        }"""
    )
    slider.press("ArrowLeft")  # has room wherever the slider stood
    page.wait_for_function("moved > 0")
    assert page.evaluate("needless") == []


def test_a_changed_module_gives_every_page_the_new_name(tmp_path, monkeypatch):
    (tmp_path / "src").mkdir()
    write_page(tmp_path / "src" / "index.ipynb", [Softmax()])
    named = re.compile(r'data-module="_static/explorers/(softmax-\w+\.js)"')

    def module_on_page() -> str:
        # the book's theme rewrites all pages each time, and would hide a missing rebuild
        build_site(tmp_path / "src", tmp_path / "html", theme="basic")
        name = named.search((tmp_path / "html" / "index.html").read_text("utf-8"))[1]
        folder = tmp_path / "html" / "_static" / "explorers"
        assert [p.name for p in folder.glob("softmax-*")] == [name]
        return name

    before = module_on_page()
    original = modules.source
    monkeypatch.setattr(modules, "source", lambda f: original(f) + ("//" if f == "ui.js" else ""))
    assert module_on_page() != before


@each_class
def test_documentation_names_errors_and_an_example(cls):
    assert cls.__doc__ and "Raises" in cls.__doc__ and "Examples" in cls.__doc__

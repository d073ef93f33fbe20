"""The explorers' frame, and softmax: Python traits, ES modules, the page, JupyterLab."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import numpy as np
import pytest
from explorer_kit import (  # noqa: F401 - fixtures
    WIDGET_VIEW,
    Guard,
    assert_close,
    build_site,
    call,
    chromium_fixture,
    drag,
    explorer_classes,
    explorer_site_fixture,
    open_page_fixture,
    write_page,
)
from nbformat.v4 import new_code_cell, new_notebook

from mlpkit.activations import softmax
from mlpkit.explorers import Explorer, Softmax, modules, still

S0_06 = (1.3, 5.1, 2.2, 0.7, 1.1)
S3_10 = (-1.45, -7.82, -3.78)
each_class = pytest.mark.parametrize("cls", explorer_classes(), ids=lambda cls: cls.__name__)
each_module = pytest.mark.parametrize(
    "name", sorted(path.stem for path in modules.FOLDER.glob("*.js"))
)


# ---- ES modules: joined for a notebook, hashed for a site


@each_module
def test_modules_import_only_in_the_form_that_joining_understands(name):
    text = modules.source(f"{name}.js")
    imports = [
        line for line in text.splitlines() if re.match(r"\s*(import\b|export .* from)", line)
    ]
    assert all(modules._IMPORT.fullmatch(line + "\n") for line in imports)


@each_class
def test_a_bundle_is_one_module_without_imports_or_clashing_names(cls):
    text = modules.bundle(cls.module)
    assert "import {" not in text
    assert text.count("export default") == 1
    assert call(cls.module) == []  # Node refuses a module that declares one name twice


@each_class
def test_a_module_with_what_it_shares_stays_below_10_kB(cls):
    import gzip

    assert len(gzip.compress(modules.source(f"{cls.module}.js").encode())) < 10_000
    assert len(gzip.compress(modules.bundle(cls.module).encode())) < 14_000


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


# ---- softmax in Python


def test_softmax_figure_holds_the_two_source_examples():
    assert Softmax().logits == S0_06
    rounded = [round(p, 2) for p in Softmax().probs]
    assert rounded == [0.02, 0.90, 0.05, 0.01, 0.02]  # S0-06
    assert [round(p, 4) for p in Softmax(S3_10).probs] == [0.9099, 0.0016, 0.0885]  # S3-13


def test_softmax_figure_traits_can_be_observed():
    figure, seen = Softmax((2.0, 0.0)), []
    figure.observe(lambda change: seen.append(change.new), "probs")
    figure.temperature = 2
    np.testing.assert_allclose(seen, [softmax(np.array([1.0, 0.0]))])
    figure.shift = 100.0
    assert len(seen) == 1  # a shift changes no probability
    with pytest.raises(Exception, match="read-only"):
        figure.probs = (0.5, 0.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"logits": (1, np.nan)}, "logits: expected 2 to 12 numbers .* got .*nan"),
        ({"logits": (1,)}, "logits: expected 2 to 12 numbers"),
        ({"logits": "one"}, "logits: expected 2 to 12 numbers"),
        ({"logits": [[1, 2]]}, "logits: expected 2 to 12 numbers"),
        ({"logits": (1, 2), "labels": ("a",)}, "labels: expected 2 "),
        ({"logits": (1, 2), "labels": ("a", "a")}, "labels: expected 2 to 12 different names"),
        ({"logits": (1, 2), "labels": ("a", "b", "c")}, "labels: expected 2 names, one a logit"),
        ({"temperature": 0}, "temperature: expected a number from 0.01 to 100, got 0"),
        ({"shift": np.inf}, "shift: expected a number"),
    ],
)
def test_softmax_figure_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        Softmax(**arguments)


def test_a_refused_change_leaves_the_figure_as_it_was():
    figure = Softmax()
    before = figure.state(), figure.probs
    for name, value in [("logits", (1, 2)), ("labels", ("a", "b")), ("temperature", -1)]:
        with pytest.raises(ValueError, match=name if name != "logits" else "labels"):
            setattr(figure, name, value)
    assert (figure.state(), figure.probs) == before
    with figure.hold_trait_notifications():
        figure.logits, figure.labels = (1, 2), ("a", "b")
    assert len(figure.probs) == 2


# ---- pure functions in Node against mlpkit


def random_logits(rng, count=1000):
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


def test_softmax_module_agrees_with_mlpkit():
    rng = np.random.default_rng(0)
    cases = [(z, 10 ** rng.uniform(-2, 2)) for z in random_logits(rng)]
    cases += [(z, 1.0) for z in random_logits(rng)]
    found = call("maths", *(["softmax", z.tolist(), t] for z, t in cases))
    # mlpkit has no temperature; the largest logit goes first, as z / T could lose digits
    assert_close(found, [softmax((z - z.max()) / t) for z, t in cases])
    assert_close(found[1000:], [softmax(z) for z, _ in cases[1000:]])
    python = [Softmax(z, temperature=t).probs for z, t in cases[:50]]
    assert_close(found[:50], python)


def test_log_odds_are_the_logarithm_of_a_ratio_of_probabilities():
    rng = np.random.default_rng(1)
    cases = [(rng.uniform(-9, 9, 3), 10 ** rng.uniform(-0.5, 2)) for _ in range(1000)]
    found = call("maths", *(["logOdds", z.tolist(), 0, 2, t] for z, t in cases))
    for odds, (z, t) in zip(found, cases, strict=True):
        p = softmax(z / t)
        np.testing.assert_allclose(odds, np.log(p[0]) - np.log(p[2]), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(odds, (z[0] - z[2]) / t, rtol=1e-12)


def test_numbers_read_the_same_in_python_and_in_the_browser():
    rng = np.random.default_rng(2)
    values = [*rng.normal(size=1000) * 10.0 ** rng.integers(-6, 5, 1000), 0.5, -0.5, 0.0, -1e-9]
    found = call("ui", *(["fixed", x, 2] for x in values))
    assert found == [still.fixed(x, 2) for x in values]
    shares = [*10 ** rng.uniform(-20, 0, 1000), 0.0, 1.0, 1 / 16, 1 / 32, 1 - 1e-9, 4e-175]
    found = call("ui", *(["probability", p] for p in shares))
    assert found == [still.probability(p) for p in shares]


def test_slider_ends_widen_to_hold_every_logit():
    rng = np.random.default_rng(3)
    cases = list(random_logits(rng))
    found = call("softmax", *(["widen", [-12, 12], z.tolist()] for z in cases))
    for (low, high), z in zip(found, cases, strict=True):
        assert low == min(-12, np.floor(z.min())) and high == max(12, np.ceil(z.max()))


# ---- softmax on a page without a kernel


def shown(guard: Guard, nth: int = 0) -> tuple[list[float], list[str]]:
    """Logits and probabilities as the page shows them."""
    rows = guard.page.locator("figure").nth(nth).locator(".softmax-row[role=group]")
    texts = [row.locator(".ex-number").all_inner_texts() for row in rows.all()]
    return [float(z.replace("−", "-")) for z, _ in texts], [p for _, p in texts]


def expected(logits: list[float], temperature: float = 1.0) -> list[str]:
    return [still.probability(p) for p in softmax(np.array(logits) / temperature)]


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


@pytest.mark.parametrize("by", ["mouse", "touch"])
def test_a_logit_is_dragged(open_page, by):
    guard = open_page("softmax", has_touch=True)
    assert shown(guard) == (list(S0_06), expected(S0_06))
    drag(guard.page, guard.page.get_by_label("logit of class 1").first, 0.75, by)
    z, p = shown(guard)
    assert 5.5 < z[0] < 6.5 and z[1:] == list(S0_06[1:])  # ends are -12 and 12
    assert p == expected(z)
    assert shown(guard, 1) == (list(S0_06), expected(S0_06))  # the other figure stands still


def test_a_logit_is_moved_by_keys(open_page):
    guard = open_page("softmax")
    slider = guard.page.get_by_label("logit of class 3").first
    slider.focus()
    steps = [("ArrowRight", 2.3), ("Shift+ArrowUp", 3.3), ("PageDown", 2.3), ("ArrowDown", 2.2),
             ("End", 12), ("ArrowRight", 12), ("Home", -12)]  # fmt: skip
    for key, value in steps:
        slider.press(key)
        z, p = shown(guard)
        assert z == [1.3, 5.1, value, 0.7, 1.1], key
        assert p == expected(z)
        assert slider.get_attribute("aria-valuetext") == still.fixed(value, 2)


def test_a_shift_moves_every_logit_and_no_probability(open_page):
    guard = open_page("softmax")
    drag(guard.page, guard.page.get_by_label("shift c").first, 1.0)
    z, p = shown(guard)
    np.testing.assert_allclose(z, np.array(S0_06) + 4)
    assert p == expected(S0_06)


def test_temperature_flattens(open_page):
    guard = open_page("softmax")
    slider = guard.page.get_by_label("temperature T").first
    slider.press("End")
    assert shown(guard) == (list(S0_06), expected(S0_06, 10))
    assert slider.get_attribute("aria-valuetext") == "10.00"


def test_presets_odds_and_start_again(open_page):
    guard = open_page("softmax")
    figure = guard.page.locator("figure").first
    figure.get_by_role("button", name="z = (−1.45, −7.82, −3.78)").click()
    assert shown(guard) == (list(S3_10), ["0.9099", "0.0016", "0.0885"])
    figure.get_by_label("odds of").select_option("class 1")
    figure.get_by_label("odds against").select_option("class 2")
    assert "e6.37 = 584.06" in figure.inner_text()  # S3-11
    figure.get_by_role("button", name="Start again").click()
    assert shown(guard) == (list(S0_06), expected(S0_06))


def test_the_live_region_speaks_once_the_hand_rests(open_page):
    guard = open_page("softmax")
    guard.page.evaluate(
        """() => { window.said = []; new MutationObserver(([m]) => said.push(m.target.textContent))
                   .observe(document.querySelector("[role=status]"), {childList: true}) }"""
    )
    slider = guard.page.get_by_label("logit of class 1").first
    for _ in range(5):
        slider.press("PageUp")
    guard.page.wait_for_function("said.length > 0")
    top = expected([6.3, *S0_06[1:]])[0]
    assert guard.page.evaluate("said") == [f"Most probable: class 1, {top}. Sum 1.0000."]


def test_without_scripts_the_still_picture_stands(open_page, chromium, explorer_site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{explorer_site}/sub/softmax.html")
    assert page.get_by_role("img", name="Softmax probabilities as bars").count() == 2
    assert "class 2: logit 5.10, probability 0.9025" in page.inner_text("figure >> nth=0")
    context.close()


@each_class
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_a_phone_and_targets_are_large_enough(open_page, cls, scheme):
    guard = open_page(
        cls.module, viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True
    )
    assert guard.page.evaluate("document.documentElement.scrollWidth") == 390
    controls = guard.page.locator("figure >> nth=0").locator("button, input, select")
    assert controls.count() > 0
    for control in controls.all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        assert control.evaluate("e => (e.ariaLabel || e.textContent).trim().length") > 0


def test_a_changed_module_gives_every_page_the_new_name(tmp_path, monkeypatch):
    (tmp_path / "src").mkdir()
    write_page(tmp_path / "src" / "index.ipynb", [Softmax()])
    named = re.compile(r'data-module="_static/explorers/(softmax-\w+\.js)"')

    def module_on_page() -> str:
        build_site(tmp_path / "src", tmp_path / "html")
        name = named.search((tmp_path / "html" / "index.html").read_text("utf-8"))[1]
        folder = tmp_path / "html" / "_static" / "explorers"
        assert [p.name for p in folder.glob("softmax-*")] == [name]
        return name

    before = module_on_page()
    original = modules.source
    monkeypatch.setattr(modules, "source", lambda f: original(f) + ("//" if f == "ui.js" else ""))
    assert module_on_page() != before


# ---- softmax in a real JupyterLab


@pytest.fixture
def lab(tmp_path, chromium):
    """Address of a JupyterLab that serves one notebook from a temporary folder."""
    cells = ["from mlpkit.explorers import Softmax\nfigure = Softmax()\nfigure",
             "figure.logits = (-1.45, 5.0, -3.78, 0.0, 1.0)",
             "print('now', figure.logits, [round(p, 4) for p in figure.probs])"]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = new_notebook(cells=[new_code_cell(c) for c in cells], metadata=kernel)
    nbformat.write(notebook, tmp_path / "figure.ipynb")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
               f"--ServerApp.root_dir={tmp_path}", "--IdentityProvider.token=",
               "--ServerApp.port_retries=0", "--LabApp.news_url=None",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
               "--LabApp.extension_manager=readonly"]  # fmt: skip
    homes = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "RUNTIME")}
    homes |= {"JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "s"), "IPYTHONDIR": str(tmp_path / "i"),
              "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "w")}  # fmt: skip
    log = (tmp_path / "lab.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env=os.environ | homes,
        stdout=log,
        stderr=log,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{base}/api/status", timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, (tmp_path / "lab.log").read_text()
                time.sleep(0.1)
        yield base
    finally:
        server.terminate()
        server.wait()
        log.close()


def test_softmax_is_live_in_jupyterlab(lab, chromium):
    guard = Guard(chromium, lab, viewport={"width": 1280, "height": 1100})
    page = guard.page
    page.goto(f"{lab}/lab/tree/figure.ipynb")

    def run(nth: int) -> None:
        page.locator(".jp-CodeCell .cm-content").nth(nth).click()
        page.keyboard.press("Shift+Enter")

    run(0)
    page.wait_for_selector(".explorer", timeout=30_000)
    rows = page.locator(".softmax-row[role=group]")
    # Python moves the figure
    run(1)
    page.wait_for_function("document.querySelector('.explorer').innerText.includes('5.00')")
    first = rows.first.locator(".ex-number").all_inner_texts()
    assert first == ["−1.45", expected([-1.45, 5.0, -3.78, 0.0, 1.0])[0]]
    # the figure sets the traits
    page.get_by_label("logit of class 5").press("End")
    run(2)
    output = page.locator(".jp-OutputArea-output", has_text="now (")
    output.wait_for(timeout=10_000)
    z = [-1.45, 5.0, -3.78, 0.0, 12.0]
    assert output.inner_text().split("now ")[1].strip() == (
        f"{tuple(z)} {[round(float(p), 4) for p in softmax(np.array(z))]}"
    )
    # the same module takes up JupyterLab's dark theme
    light = page.locator(".explorer").evaluate("e => getComputedStyle(e).backgroundColor")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    assert light != page.locator(".explorer").evaluate("e => getComputedStyle(e).backgroundColor")
    if path := os.environ.get("EXPLORER_SHOT"):
        page.screenshot(path=path)
    guard.context.close()
    assert not [error for error in guard.errors if "xplorer" in error]


def test_every_explorer_says_what_it_is():
    assert issubclass(Softmax, Explorer)
    for cls in explorer_classes():
        assert cls.__doc__ and "Raises" in cls.__doc__ and "Examples" in cls.__doc__

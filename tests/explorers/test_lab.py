"""Every explorer in a real JupyterLab: Python moves the figure, the figure sets the traits."""

import os
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from kit import Guard
from nbformat.v4 import new_code_cell, new_notebook

# class: Python moves it, the text then shown, a control and a key, the traits then printed
TOUR = {
    "Softmax": (
        "figure.logits = (-1.45, 5.0, -3.78, 0.0, 1.0)",
        "5.00",
        ("logit of class 5", "End"),
        "figure.logits, round(figure.probs[4], 4)",
        "((-1.45, 5.0, -3.78, 0.0, 12.0), 0.9991)",
    ),
    "TwoDistributions": (
        "figure.q = (0.5, 0.2, 0.1, 0.1, 0.1)",
        "0.5000",
        ("p of class 1", "End"),
        "figure.p, [round(kl, 4) for kl in figure.divergences]",
        "((1.0, 0.0, 0.0, 0.0, 0.0), [1.0, inf])",
    ),
    "Jacobian": (
        "figure.target = 2",
        "−0.9115",
        ("logit of class 2", "Home"),
        "figure.logits, [round(d, 4) for d in figure.delta]",
        "((-1.45, -12.0, -3.78), [0.9113, 0.0, -0.9113])",
    ),
    "GradientMicroscope": (
        "figure.weight, figure.h = (2, 1, 3), 1e-5",
        "∂J/∂W₁₃⁽²⁾ = δ₁⁽²⁾ · a₃⁽¹⁾ = 0.8713 · 0.5717 = 0.4981",
        ("step h", "End"),
        "figure.h, figure.stage, round(figure.gradient, 4), round(figure.difference, 4)",
        "(1.0, 16, 0.4981, 0.4955)",
    ),
    "MultiLabel": (
        "figure.logits = (3.0, -3.0, 0.25)",
        "0.9526",
        ("logit of class 2", "End"),
        "figure.logits, round(figure.losses[0], 4)",
        "((3.0, 8.0, 0.25), 8.6249)",
    ),
    "DrawDigit": (
        "figure.temperature = 10",
        "10.00",
        ("Drawing pad", "Space"),
        "figure.temperature, figure.pixels[6 * 28 + 14], figure.answer",
        "(10.0, 255, 3)",
    ),
    "TrainingReplay": ("figure.epoch = 30", "30", ("epoch", "End"), "figure.epoch", "60"),
    "Depth": (
        "figure.activation, figure.scale = 'relu', 1.4142",
        "keeps its size",
        ("scale s", "Home"),
        "figure.activation, figure.scale",
        "('relu', 0.25)",
    ),
}


@pytest.fixture
def lab(tmp_path):
    """Address of a JupyterLab that serves one notebook from a temporary folder."""
    cells = []
    for name, (change, _, _, show, _) in TOUR.items():
        cells += [f"from mlpkit.explorers import {name}\nfigure = {name}()\nfigure", change]
        cells += [f"print('now', ({show}))"]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = new_notebook(cells=[new_code_cell(c) for c in cells], metadata=kernel)
    nbformat.write(notebook, tmp_path / "figure.ipynb")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--no-browser", "--expose-app-in-browser", "--allow-root",
               "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=",
               f"--ServerApp.root_dir={tmp_path}",
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


def test_explorers_are_live_in_jupyterlab(lab, chromium):
    guard = Guard(
        chromium, lab, viewport={"width": 1280, "height": 8000}
    )  # JupyterLab takes cells out of sight away
    page = guard.page
    page.goto(f"{lab}/lab/tree/figure.ipynb")
    # a cell that is run before the kernel has answered is lost
    answered = """window.jupyterapp?.shell.currentWidget?.context?.sessionContext
                  .session?.kernel?.info.then(() => true)"""
    page.wait_for_function(answered, timeout=60_000)
    page.locator(".jp-CodeCell .cm-content").first.click()
    for nth, (_, shown, (control, key), _, printed) in enumerate(TOUR.values()):
        page.keyboard.press("Shift+Enter")
        figure = page.locator(".explorer").nth(nth)
        figure.wait_for(timeout=30_000)
        page.keyboard.press("Shift+Enter")
        figure.get_by_text(shown, exact=True).first.wait_for(timeout=10_000)
        figure.get_by_label(control).press(key)
        # back from the figure to the notebook
        page.locator(".jp-CodeCell .cm-content").nth(3 * nth + 2).click()
        page.keyboard.press("Shift+Enter")
        output = page.locator(".jp-OutputArea-output", has_text="now ").nth(nth)
        output.wait_for(timeout=10_000)
        assert output.inner_text().strip() == f"now {printed}"
    light = figure.evaluate("e => getComputedStyle(e).backgroundColor")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    assert light != figure.evaluate("e => getComputedStyle(e).backgroundColor")
    guard.context.close()
    assert not [error for error in guard.errors if "xplorer" in error]

"""How fast the explorers of the built site are: ready after load, and frames while dragged.

The first and the last control of each explorer are dragged to and fro in a real browser whose
processor is slowed down four times, on the page where the book has the explorer. The mouse is
pressed for real; then the page itself makes a move in every frame, as no driver from outside can.
Times between frames come from requestAnimationFrame. They suffer from whatever else runs on the
machine, so the work of the page's main thread for each move is measured too, in processor time by
the browser's own clocks: below 16.7 ms there is room for 60 frames a second. Of several rounds the
best counts; the machine's load is stored beside it.

    make book && python benchmarks/explorers.py [--rounds 3] [--out ""]
"""

import argparse
import itertools
import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from machine import machine
from playwright.sync_api import Browser, CDPSession, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from browser import launch, serve  # noqa: E402

SLOWER = 4
MOVES = 90  # one and a half seconds at 60 frames a second
REST = 1000  # ms from a live figure to the first drag; replay computes its pictures then
LATE = 25.0  # ms: a frame that comes later than this has missed its turn at 60 Hz
HANDLES = "input[type=range], [role=slider], [role=application]"

READY = """
  new MutationObserver((changes) => changes.forEach((c) => c.target.readyAt = performance.now()))
    .observe(document, {subtree: true, attributes: true, attributeFilter: ["data-ready"]});
"""
# Bring a far figure near, by a jump or as a quick wheel does, until it lives. A driver would wait
# two frames before it scrolls.
COME_NEAR = """(figure, jump) => new Promise((done) => {
  if (jump) {
    figure.nearAt = performance.now();
    figure.scrollIntoView();
  }
  requestAnimationFrame(function look() {
    if (figure.readyAt) return done();
    if (!jump) {
      scrollBy(0, 150);
      if (figure.getBoundingClientRect().top < 3 * innerHeight) figure.nearAt ??= performance.now();
    }
    requestAnimationFrame(look);
  });
})"""
# a move in every frame: [x, y, share of the control's length] one after the other
DRAG = """(control, moves) => new Promise((done) => {
  const times = [];
  requestAnimationFrame(function next(now) {
    times.push(now);
    if (!moves.length) return done(times);
    const [clientX, clientY, share] = moves.shift();
    if (control.type === "range") {
      control.value = Number(control.min) + share * (control.max - control.min);
      control.dispatchEvent(new Event("input", {bubbles: true}));
    } else {
      const at = {pointerId: 1, buttons: 1, clientX, clientY, bubbles: true};
      control.dispatchEvent(new PointerEvent("pointermove", at));
    }
    requestAnimationFrame(next);
  });
})"""
WAITED = """figure => figure.readyAt -
  (figure.nearAt ?? performance.getEntriesByType("navigation")[0].loadEventStart)"""
# from the event's own time to the first task after the frame that shows its effect
FIRST = """(control) => new Promise((done) => {
  control.addEventListener("keydown", (event) => requestAnimationFrame(() => setTimeout(() =>
    done(performance.now() - event.timeStamp))), {capture: true, once: true});
  window.armed = true;
})"""


def pages(site: Path) -> dict[str, str]:
    """Explorer → the first page that has it."""
    found: dict[str, str] = {}
    for path in sorted(site.rglob("*.html")):
        for part in path.read_text("utf-8").split('<figure data-explorer="')[1:]:
            found.setdefault(part.split('"')[0], path.relative_to(site).as_posix())
    return found


def slowed(page: Page, rate: float) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    return session


def open_at(browser: Browser, address: str, rate: float, jump: bool = False) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True).new_page()
    slowed(page, rate)
    page.add_init_script(READY)
    page.goto(address, wait_until="load")
    for figure in page.locator("figure[data-module]").all():
        if figure.get_attribute("data-near") is not None:  # is loaded when the reader comes near
            figure.evaluate(COME_NEAR, jump)
    page.wait_for_function("!document.querySelector('figure[data-module]:not([data-ready])')")
    return page


def readiness(browser: Browser, address: str, module: str, rate: float) -> dict[str, float]:
    """ms to a live figure from the load event, or from when the reader came near by scrolling or
    by a jump, and from its first key to the frame after it."""
    page = open_at(browser, address, rate)
    figure = page.locator(f"figure[data-explorer={module}]").first
    ready = figure.evaluate(WAITED)
    near = figure.get_attribute("data-near") is not None
    control = figure.locator(HANDLES).first
    control.focus()
    promise = control.evaluate_handle(f"control => {{ window.first = ({FIRST})(control); }}")
    page.keyboard.press("ArrowRight")
    first = page.evaluate("() => window.first")
    promise.dispose()
    page.context.close()
    found = {"after_load_ms": round(ready, 1), "first_key_ms": round(first, 1)}
    if near:
        page = open_at(browser, address, rate, jump=True)
        jumped = page.locator(f"figure[data-explorer={module}]").first.evaluate(WAITED)
        page.context.close()
        found["after_jump_ms"] = round(jumped, 1)
    return found


def worked(session: CDPSession) -> float:
    """Processor time of the page's main thread so far, in ms."""
    found = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return 1000 * found["TaskDuration"]


def dragged(page: Page, session: CDPSession, handle: Locator) -> dict[str, float]:
    """Drag to and fro over the whole control, one move a frame."""
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box
    flat = box["height"] < 60

    def place(i: int) -> tuple[float, float, float]:
        share = abs((2.6 * i / MOVES) % 2 - 1)
        across = 0.5 if flat else abs((5.3 * i / MOVES) % 2 - 1)
        return (
            box["x"] + 12 + share * (box["width"] - 24),
            box["y"] + (box["height"] - 24 * (not flat)) * across + 12 * (not flat),
            share,
        )

    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.mouse.move(*place(0)[:2])
    page.mouse.down()
    before = worked(session)
    times = handle.evaluate(DRAG, [place(i) for i in range(MOVES)])
    work = (worked(session) - before) / MOVES
    page.mouse.up()
    deltas = [b - a for a, b in itertools.pairwise(times)]
    return {
        "frames_a_second": round(1000 / statistics.mean(deltas), 1),
        "late_frames": sum(delta > LATE for delta in deltas),
        "frames": len(deltas),
        "longest_ms": round(max(deltas), 1),
        "work_a_move_ms": round(work, 1),
    }


def drags(browser: Browser, address: str, module: str) -> dict[str, dict[str, float]]:
    found = {}
    page = open_at(browser, address, SLOWER)
    page.wait_for_timeout(REST)
    figure = page.locator(f"figure[data-explorer={module}]").first
    handles = [handle for handle in figure.locator(HANDLES).all() if handle.is_visible()]
    # the first is one of many alike (logits, p and q) or the pad; the last is a setting
    for handle in [handles[0], *handles[1:][-1:]]:
        name = (handle.get_attribute("aria-label") or "").split(".")[0]
        session = slowed(page, SLOWER)
        found[name] = dragged(page, session, handle)
        session.detach()
    page.context.close()
    return found


def better(one: dict[str, float] | None, other: dict[str, float]) -> dict[str, float]:
    key = lambda run: (run["late_frames"] / run["frames"], run["work_a_move_ms"])  # noqa: E731
    return other if one is None else min(one, other, key=key)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", default=str(ROOT / "_build/html"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", help="explorers, by their module's name")
    default_out = Path(__file__).parent / "results" / "explorers.json"
    parser.add_argument("--out", default=str(default_out), help='where to write; "" for nowhere')
    arguments = parser.parse_args()

    site = Path(arguments.site)
    placed = {m: p for m, p in pages(site).items() if m in (arguments.only or pages(site))}
    report: dict[str, Any] = {"machine": machine(), "slower": SLOWER, "rounds": arguments.rounds}
    report |= {
        "note": "the best of the rounds counts; above load 1, other programs ran as well",
        "load": [],
        "explorers": {},
    }
    with serve(site) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        report["chromium"] = browser.version
        for module, path in placed.items():
            there, row = f"{address}/{path}", dict[str, Any](page=path, drags={})
            for _ in range(arguments.rounds):
                for rate, key in ((1, "ready"), (SLOWER, "ready_slowed")):
                    now = readiness(browser, there, module, rate)
                    old = row.get(key, now)
                    row[key] = {name: min(old[name], now[name]) for name in now}
                for name, run in drags(browser, there, module).items():
                    row["drags"][name] = better(row["drags"].get(name), run)
            report["explorers"][module] = row
            report["load"].append(round(os.getloadavg()[0], 1))
            print(table({module: row}).splitlines()[-1], flush=True)
            if arguments.out:  # at once: a run that is cut short keeps what it has
                Path(arguments.out).write_text(json.dumps(report, indent=1) + "\n")
        browser.close()
    print(table(report["explorers"]))


def table(explorers: dict[str, Any]) -> str:
    """One line an explorer: readiness, and the control that is slowest."""
    heads = ("explorer", "ready after load, ms (4× slower)", "after a jump", "first key, ms (4×)",
             "slowest drag", "frames/s", "late of all", "work a move, ms")  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for module, row in sorted(explorers.items()):
        fast, slow = row["ready"], row["ready_slowed"]
        name, run = max(row["drags"].items(), key=lambda item: item[1]["work_a_move_ms"])
        lines.append(
            f"| {module} | {fast['after_load_ms']} ({slow['after_load_ms']}) | "
            f"{fast.get('after_jump_ms', '–')} | "
            f"{fast['first_key_ms']} ({slow['first_key_ms']}) | {name} | "
            f"{run['frames_a_second']} | {run['late_frames']} of {run['frames']} | "
            f"{run['work_a_move_ms']} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()

"""A real browser on the built site, with the rest of the world switched off."""

import gzip
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Browser, Page, Playwright, Request, Route

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TEXT = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".ipynb"}


class GzipHandler(SimpleHTTPRequestHandler):
    """Serve files as an ordinary host does: text compressed."""

    protocol_version = "HTTP/1.1"
    headers_sent: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in TEXT:
            body = _compressed(path, path.stat().st_mtime_ns)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        with suppress(ConnectionError):  # a page that is left drops what it no longer needs
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        pass


@cache
def _compressed(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)


@contextmanager
def serve(folder: Path, **headers: str) -> Iterator[str]:
    """Serve ``folder`` on a free loopback port; gives the address without a final slash."""
    handler = partial(
        type("Handler", (GzipHandler,), {"headers_sent": headers}), directory=str(folder)
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def chromium() -> str | None:
    """Path of a Chromium or Chrome, or None."""
    named = os.environ.get("CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome", "chrome"]
    return next((path for name in names if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


@dataclass
class Log:
    """What a page asked for and complained about."""

    refused: list[str] = field(default_factory=list)  # requests to another origin
    missing: list[str] = field(default_factory=list)  # answers of 400 and above
    errors: list[str] = field(default_factory=list)  # console errors and uncaught exceptions
    requests: dict[str, int] = field(default_factory=dict)  # address → bytes as sent

    @property
    def trouble(self) -> list[str]:
        return self.refused + self.missing + self.errors


@contextmanager
def opened(
    browser: Browser,
    site: str,
    path: str,
    *,
    width: int = 1280,
    theme: str = "light",
    javascript: bool = True,
) -> Iterator[tuple[Page, Log]]:
    """A fresh visitor's page, loaded until the network is idle; other origins are refused."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        java_script_enabled=javascript,
    )
    page, log = context.new_page(), Log()

    def gate(route: Route) -> None:
        url = route.request.url
        if url.startswith((site + "/", "data:", "blob:")):
            route.continue_()
        else:
            log.refused.append(url)
            route.abort()

    def finished(request: Request) -> None:
        if request.url.startswith(site):
            sizes = request.sizes()
            log.requests[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]

    def note_answer(response) -> None:  # type: ignore[no-untyped-def]
        if response.status >= 400:
            log.missing.append(f"{response.status} {response.url}")

    def started(request: Request) -> None:
        if request.url.startswith(site):
            log.requests[request.url] = 0

    context.route("**/*", gate)
    page.on("request", started)
    page.on("requestfinished", finished)
    page.on("response", note_answer)
    page.on("pageerror", lambda error: log.errors.append(str(error)))
    page.on(
        "console",
        lambda message: log.errors.append(message.text) if message.type == "error" else None,
    )
    page.goto(f"{site}/{path}", wait_until="networkidle")
    for _ in range(50):  # the last sizes arrive after the page says that it is done
        if all(log.requests.values()):
            break
        page.wait_for_timeout(20)
    try:
        yield page, log
    finally:
        context.close()

"""MNIST: read and downloaded whole, refused by name when it is anything else.

With MLPKIT_MNIST set, the real files are read too; without it, small ones stand in for them.
"""

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from mlpkit import datasets
from mlpkit.datasets import load_mnist

REAL = os.environ.get("MLPKIT_MNIST")
NAMES = [name + ".gz" for name in datasets.FILES]


def idx(array: np.ndarray) -> bytes:
    """The array of bytes in MNIST's format."""
    sizes = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


RNG = np.random.default_rng(0)
ARRAYS = [
    RNG.integers(256, size=(6, 28, 28)),
    RNG.integers(10, size=6),
    RNG.integers(256, size=(2, 28, 28)),
    RNG.integers(10, size=2),
]
PACKED = {name: gzip.compress(idx(a), mtime=0) for name, a in zip(NAMES, ARRAYS, strict=True)}
HASHES = {
    name.removesuffix(".gz"): hashlib.sha256(idx(a)).hexdigest()
    for name, a in zip(NAMES, ARRAYS, strict=True)
}


@pytest.fixture(autouse=True)
def _small(monkeypatch, tmp_path):
    """Small files with known hashes, no mirror, no cache and no folder of this machine."""
    monkeypatch.setattr(datasets, "FILES", HASHES)
    monkeypatch.setattr(datasets, "MIRRORS", ())
    monkeypatch.delenv("MLPKIT_MNIST", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def folder(tmp_path) -> Path:
    for name, packed in PACKED.items():
        (tmp_path / name).write_bytes(packed)
    return tmp_path


class Mirror(ThreadingHTTPServer):
    """Serves `files`; of those in `stalls` only the first half, and then nothing for ever."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = dict(PACKED)
        self.stalls: set[str] = set()
        self.asked: list[str] = []
        self.half_sent, self.closing = threading.Event(), threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        name = self.path[1:]
        self.server.asked.append(name)
        if name not in self.server.files:
            self.send_error(404)
            return
        body = self.server.files[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if name in self.server.stalls:
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.server.half_sent.set()
            self.server.closing.wait(60)
        else:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def mirrors(monkeypatch):
    servers = [Mirror(), Mirror()]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setattr(datasets, "MIRRORS", tuple(server.url for server in servers))
    yield servers
    for server in servers:
        server.closing.set()
        server.shutdown()
        server.server_close()


# ---- reading


def test_names_of_the_four_files_in_the_order_of_the_fields():
    kinds = [
        f"{part}-{kind}-ubyte.gz"
        for part in ("train", "t10k")
        for kind in ("images-idx3", "labels-idx1")
    ]
    assert kinds == NAMES


@pytest.mark.skipif(not REAL, reason="MLPKIT_MNIST names no folder with the real files")
def test_the_real_digits(monkeypatch):
    monkeypatch.undo()
    mnist = load_mnist(REAL)
    assert [a.shape for a in mnist] == [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)]
    # published with the data set: the first labels and how often each digit occurs
    assert mnist.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(mnist.test_labels).tolist() == counts
    assert round(float(mnist.train_images.mean() / 255), 4) == 0.1307
    assert round(float(mnist.train_images.std() / 255), 4) == 0.3081


def test_reads_a_folder(folder):
    mnist = load_mnist(folder)
    for found, expected in zip(mnist, ARRAYS, strict=True):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == np.uint8 and not found.flags.writeable
    assert mnist.train_images.shape == (6, 28, 28)


def test_folder_from_the_environment_and_from_the_cache(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("MLPKIT_MNIST", str(folder))
    assert load_mnist().test_labels.tolist() == ARRAYS[3].tolist()
    cache = tmp_path / "cache" / "mlpkit"
    cache.mkdir(parents=True)
    for name in NAMES:
        (folder / name).rename(cache / name)
    monkeypatch.setenv("MLPKIT_MNIST", "")
    assert load_mnist().test_labels.tolist() == ARRAYS[3].tolist()


def test_other_compression_of_the_same_bytes_is_welcome(folder):
    (folder / NAMES[0]).write_bytes(gzip.compress(idx(ARRAYS[0]), compresslevel=1, mtime=1))
    assert load_mnist(folder).train_images.shape == (6, 28, 28)


def flipped(packed: bytes) -> bytes:
    middle = len(packed) // 2
    return packed[:middle] + bytes([packed[middle] ^ 1]) + packed[middle + 1 :]


SPOILED = {
    "cut": lambda packed: packed[:-20],
    "empty": lambda packed: b"",
    "one bit altered": flipped,
    "no gzip": gzip.decompress,
    "a page that says sorry": lambda packed: b"<html>404</html>",
    "another data set": lambda packed: gzip.compress(idx(np.zeros((6, 28, 28)))),
    "one pixel altered": lambda packed: gzip.compress(gzip.decompress(packed)[:-1] + b"\xff"),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", SPOILED)
def test_spoiled_files_are_refused_by_name(folder, name, how):
    spoiled = SPOILED[how](PACKED[name])
    if spoiled == PACKED[name]:
        pytest.skip("the last entry is 255 already")
    (folder / name).write_bytes(spoiled)
    with pytest.raises(ValueError, match=f"^{name} must "):
        load_mnist(folder)


def test_missing_file_says_what_to_do(folder):
    (folder / NAMES[2]).unlink()
    with pytest.raises(FileNotFoundError, match=f"no {NAMES[2]} in .*download=True.*MLPKIT_MNIST"):
        load_mnist(folder)


# ---- downloading


def test_downloads_what_is_missing_and_then_reads_it(mirrors, tmp_path):
    target = tmp_path / "new" / "mnist"
    first = load_mnist(target, download=True)
    assert sorted(p.name for p in target.iterdir()) == sorted(NAMES)
    assert mirrors[0].asked == NAMES and not mirrors[1].asked
    again = load_mnist(target, download=True)
    assert mirrors[0].asked == NAMES
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)


def test_without_download_nothing_is_asked_for(mirrors, tmp_path):
    with pytest.raises(FileNotFoundError):
        load_mnist(tmp_path / "new")
    assert not mirrors[0].asked and not (tmp_path / "new").exists()


def test_downloads_into_the_cache(mirrors, tmp_path):
    load_mnist(download=True)
    assert sorted(p.name for p in (tmp_path / "cache" / "mlpkit").iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("how", [*SPOILED, "absent"])
def test_second_mirror_steps_in(mirrors, tmp_path, how):
    if how == "absent":
        mirrors[0].files.clear()
    else:
        mirrors[0].files = {name: SPOILED[how](packed) for name, packed in PACKED.items()}
    mnist = load_mnist(tmp_path / "new", download=True)
    np.testing.assert_array_equal(mnist.train_images, ARRAYS[0])
    assert mirrors[1].asked[0] == NAMES[0]


def test_what_no_mirror_has_whole_is_never_stored(mirrors, tmp_path):
    for mirror in mirrors:
        mirror.files[NAMES[1]] = PACKED[NAMES[1]][:-9]
    with pytest.raises(OSError, match=f"no mirror has {NAMES[1]}: http.*; http.*gzip"):
        load_mnist(tmp_path / "new", download=True)
    assert [p.name for p in (tmp_path / "new").iterdir()] == NAMES[:1]


CHILD = """
import sys, time
from pathlib import Path
from mlpkit import datasets
datasets.FILES, datasets.MIRRORS = {files!r}, {mirrors!r}
if {stop_before_replacing}:
    def stop(self, target):
        print("written", flush=True)
        time.sleep(60)
    Path.replace = stop
datasets.load_mnist({target!r}, download=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("moment", ["while downloading", "while storing"])
def test_a_kill_leaves_no_half_written_file(mirrors, tmp_path, moment):
    target = tmp_path / "new"
    storing = moment == "while storing"
    if not storing:
        mirrors[0].stalls = {NAMES[0]}
    code = CHILD.format(
        files=HASHES,
        mirrors=datasets.MIRRORS,
        stop_before_replacing=storing,
        target=str(target),
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        if storing:
            assert child.stdout.readline() == b"written\n"
        else:
            assert mirrors[0].half_sent.wait(30)
        child.kill()
        child.wait(10)
    assert child.returncode == -signal.SIGKILL
    assert not [name for name in NAMES if (target / name).exists()]
    if not storing:
        assert not target.exists()
    mirrors[0].stalls = set()
    assert load_mnist(target, download=True).train_images.shape == (6, 28, 28)


def test_a_full_disk_leaves_nothing_behind(mirrors, tmp_path, monkeypatch):
    def full(self, data):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        load_mnist(tmp_path / "new", download=True)
    assert list((tmp_path / "new").iterdir()) == []


def test_folder_that_is_a_file(mirrors, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        load_mnist(tmp_path / "file", download=True)


def test_folder_of_another_type():
    with pytest.raises(ValueError, match="folder must be a path, got 3"):
        load_mnist(3)

"""MNIST, the 70,000 handwritten digits: read from a folder or downloaded, and never on trust."""

import gzip
import hashlib
import io
import os
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# SHA-256 of the decompressed bytes: mirrors compress differently
FILES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


class Mnist(NamedTuple):
    """Grey images (n, 28, 28), 0 white to 255 black, and their digits (n,); all uint8."""

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]


def load_mnist(folder: str | os.PathLike[str] | None = None, *, download: bool = False) -> Mnist:
    """Return the 60,000 training and 10,000 test digits, read-only.

    The four files are looked for in `folder`, else in the folder that the environment variable
    MLPKIT_MNIST names, else in pooch's cache; `download` puts there what is missing. Raises
    FileNotFoundError for a missing file, ValueError naming the file for one that is cut, altered
    or not MNIST's, and OSError when no mirror has it. Source: S3-02.
    """
    if folder is None and not (folder := os.environ.get("MLPKIT_MNIST")):
        from pooch import os_cache  # type: ignore[import-untyped]

        folder = os_cache("mlpkit")
    if not isinstance(folder, str | os.PathLike):
        raise ValueError(f"folder must be a path, got {folder!r}")
    return Mnist(*(_read(Path(folder, name + ".gz"), download) for name in FILES))


def _read(path: Path, download: bool) -> NDArray[np.uint8]:
    if not path.exists():
        if not download:
            raise FileNotFoundError(
                f"there is no {path.name} in {path.parent}: pass download=True, or the folder "
                f"with the four files of MNIST, or set MLPKIT_MNIST to it"
            )
        _download(path)
    data = _unpack(path.name, path.read_bytes())
    # IDX: two zeros, the type, the number of axes, the sizes (big-endian), the entries
    shape = np.frombuffer(data, ">u4", count=data[3], offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def _unpack(name: str, packed: bytes) -> bytes:
    try:
        data = gzip.decompress(packed)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{name} must be the whole gzip file of MNIST: {error}") from None
    found, expected = hashlib.sha256(data).hexdigest(), FILES[name.removesuffix(".gz")]
    if found != expected:
        raise ValueError(f"{name} must have the content of MNIST, SHA-256 {expected}, got {found}")
    return data


def _download(path: Path) -> None:
    from pooch import HTTPDownloader

    failures = []
    for mirror in MIRRORS:
        # into memory, so that nothing unchecked reaches the disk and nothing remains after a kill
        packed = io.BytesIO()
        try:
            HTTPDownloader()(mirror + path.name, packed, None)
            _unpack(path.name, packed.getvalue())
        except (OSError, ValueError) as error:
            failures.append(f"{mirror}: {error}")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            part.write_bytes(packed.getvalue())
            part.replace(path)  # whole or not at all
        finally:
            part.unlink(missing_ok=True)
        return
    raise OSError(f"no mirror has {path.name}: {'; '.join(failures)}")

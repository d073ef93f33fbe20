"""Runs a submission's cells in a process of their own and brings back values, never marks.

The process is shut in as far as the system allows (`jail.sh`): Linux namespaces give it an empty
file system, no network and no other process. Where they are not to be had, `unjailed()` says so and
the limits on time, memory, processes and output remain. What neither stops is listed in the
instructor's guide.
"""

import contextlib
import dataclasses
import functools
import json
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import mlpkit
from homework.calls import Call, Failure, Seed
from homework.grader import wire

HERE = Path(__file__).parent
SOURCES = {
    "wire": (HERE / "wire.py").read_text("utf-8"),
    "calls": (HERE.parent / "calls.py").read_text("utf-8"),
}
RUNNER = f"SOURCES = {SOURCES!r}\n" + (HERE / "runner.py").read_text("utf-8")
SYSTEM = ["/bin", "/lib", "/lib64", "/usr"]
START_SECONDS = 60  # for Python, NumPy and the earlier cells; then the answer's clock starts
# what the other side may call a failure; anything else is forged
KINDS = {"missing", "not_done", "nothing", "raised", "type", "mutated", "memory", "output"}
MESSAGE = {"ready", "value", "failure", "borrow"}
NAMESPACES = ["--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child"]


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one run may use."""

    seconds: float = 20.0
    memory: int = 1 << 30  # bytes of address space, for each process
    processes: int = 8
    printed: int = 1 << 20  # bytes of any one file, and so of what is printed
    scratch: int = 16 << 20  # bytes of all files together
    answer: int = 16 << 20  # bytes of all that comes back

    def rlimits(self) -> dict[str, int]:
        return {
            "RLIMIT_CPU": math.ceil(self.seconds) + START_SECONDS,  # for threads
            "RLIMIT_AS": self.memory,
            "RLIMIT_NPROC": self.processes,
            "RLIMIT_FSIZE": self.printed,
            "RLIMIT_NOFILE": 64,
            "RLIMIT_CORE": 0,
        }


class _Over(Exception):
    """The conversation has ended: a kind and a message for every call not yet answered."""


def run(
    answer: Sequence[str],
    calls: Sequence[Call],
    *,
    before: Sequence[str] = (),
    borrowed: Mapping[str, object] | None = None,
    blocked: Sequence[str] = (),
    limits: Limits | None = None,
) -> list[object]:
    """The value of each call, or a `Failure`.

    Parameters
    ----------
    answer : sources of the cells that are judged
    calls : what to ask for once the cells have run
    before : sources of earlier cells; their errors are passed over
    borrowed : name → reference value or function, set after `before`. A function stays here: the
        submission sends arguments and gets the value
    blocked : modules that the submission cannot import
    """
    limits = limits or Limits()
    borrowed = borrowed or {}
    functions = {name: f for name, f in borrowed.items() if callable(f)}
    request = {
        "limits": limits.rlimits(),
        "before": list(before),
        "answer": list(answer),
        "blocked": list(blocked),
        "borrowed_functions": list(functions),
        "borrowed_values": {n: wire.pack(v) for n, v in borrowed.items() if n not in functions},
        "calls": [
            {
                "name": c.name,
                "args": _arguments(c.args),
                "then": _arguments(getattr(c, "then", None)),
            }
            for c in calls
        ],
    }
    results: list[object] = []
    with (
        tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as folder,
        _process(folder, limits) as channel,
    ):
        try:
            for message in _conversation(channel, request, limits):
                if "borrow" in message:
                    _send(channel, _lend(functions, message), time.monotonic() + limits.seconds)
                else:
                    results.append(_result(message))
                    if len(results) == len(calls):
                        break
        except _Over as over:
            results += [Failure(*over.args)] * (len(calls) - len(results))
    return results


# ---- the process


class _process:
    """The submission's process and our end of its channel; nothing of it outlives the block."""

    def __init__(self, folder: str, limits: Limits) -> None:
        self.channel, theirs = socket.socketpair()
        python = [sys.executable, "-I", "-B", "-X", "utf8", "-c", RUNNER]
        jailed = unjailed() is None
        self.process = subprocess.Popen(
            _jail(folder, limits.scratch, python) if jailed else python,
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/" if jailed else folder,
            env=_environment("/scratch" if jailed else folder),
            start_new_session=True,
        )
        theirs.close()

    def __enter__(self) -> socket.socket:
        return self.channel

    def __exit__(self, *_: object) -> None:
        self.channel.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _environment(home: str) -> dict[str, str]:
    return {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "JAIL_FROM_ROOT": "1" if os.geteuid() == 0 else "0",
    }


def _jail(folder: str, scratch: int, command: Sequence[str]) -> list[str]:
    """`command` inside `jail.sh`, with Python, its packages and mlpkit, but not the grader."""
    own = {sys.prefix, sys.base_prefix, str(Path(mlpkit.__file__).parent)}
    visible = [p for p in SYSTEM if os.path.lexists(p)] + sorted(own)
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    script = ["/bin/sh", str(HERE / "jail.sh"), os.path.realpath(folder), str(scratch), *visible]
    return ["unshare", *user, *NAMESPACES, *script, "--", *command]


@functools.cache
def unjailed() -> str | None:
    """Why submissions are not shut in on this system, in one line; None when they are."""
    if shutil.which("unshare") is None:
        return "no program 'unshare' here (only Linux has it)"
    with tempfile.TemporaryDirectory() as folder:
        trial = subprocess.run(
            _jail(folder, 1 << 20, [sys.executable, "-I", "-c", "import numpy"]),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment("/scratch"),
            timeout=START_SECONDS,
        )
    if trial.returncode == 0:
        return None
    return (
        trial.stderr.decode(errors="replace").strip().splitlines()[-1:][0]
        if trial.stderr
        else "unshare failed"
    )


# ---- the conversation


def _conversation(channel: socket.socket, request: object, limits: Limits) -> Iterator[dict]:
    """Messages of the submission, each a dictionary; `_Over` ends them."""
    _send(channel, request, time.monotonic() + START_SECONDS)
    lines = _lines(channel, limits)
    for line in lines:
        try:
            message = json.loads(line)
            if not isinstance(message, dict) or not MESSAGE & message.keys():
                raise ValueError
        except (ValueError, RecursionError):
            raise _Over("garbled", "your code wrote into the grader's channel") from None
        if "ready" not in message:
            yield message


def _lines(channel: socket.socket, limits: Limits) -> Iterator[bytes]:
    pending: list[bytes] = []
    received, started = 0, False
    deadline = time.monotonic() + START_SECONDS
    while True:
        chunk = _receive(channel, deadline, limits)
        received += len(chunk)
        if received > limits.answer:
            raise _Over("output", f"your answers are larger than {limits.answer >> 20} MB")
        if b"\n" not in chunk:
            pending.append(chunk)
            continue
        first, *rest = chunk.split(b"\n")
        if not started:
            started, deadline = True, time.monotonic() + limits.seconds
        yield b"".join([*pending, first])
        yield from rest[:-1]
        pending = rest[-1:]


def _receive(channel: socket.socket, deadline: float, limits: Limits) -> bytes:
    late = _Over("timeout", f"no answer after {limits.seconds:g} s: is there an endless loop?")
    left = deadline - time.monotonic()
    if left <= 0:
        raise late
    channel.settimeout(left)
    try:
        chunk = channel.recv(1 << 16)
    except TimeoutError:
        raise late from None
    except OSError:
        chunk = b""
    if not chunk:
        raise _Over("killed", "your code ended the Python process")
    return chunk


def _send(channel: socket.socket, message: object, deadline: float) -> None:
    channel.settimeout(max(deadline - time.monotonic(), 0.001))
    try:
        channel.sendall(json.dumps(message).encode() + b"\n")
    except TimeoutError:
        raise _Over("timeout", "your code does not read the answers that it asks for") from None
    except OSError:
        raise _Over("killed", "your code ended the Python process") from None


def _arguments(args: Sequence[object] | None) -> list[object] | None:
    if args is None:
        return None
    return [{"seed": a.value} if isinstance(a, Seed) else wire.pack(a) for a in args]


def _result(message: dict) -> object:
    try:
        value = wire.unpack(message.get("value"))
        if "failure" not in message:
            return value
        kind, text = message["failure"]
        if kind not in KINDS:
            raise ValueError
        return Failure(kind, str(text)[:500], value)
    except Exception:  # whatever a forged message does
        return Failure("garbled", "your code wrote into the grader's channel")


def _lend(functions: Mapping[str, Callable], message: dict) -> dict:
    """The value of a reference function at the submission's arguments, or why there is none."""
    try:
        args, kwargs = wire.unpack(message["args"]), wire.unpack(message["kwargs"])
        arrays = [*args, *kwargs.values()]
        # one shape for all: broadcasting a row against a column could fill our memory
        if len({getattr(a, "shape", None) for a in arrays}) != 1:
            return {"error": "arguments of different shapes"}
        return {"value": wire.pack(functions[message["borrow"]](*args, **kwargs))}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:300]}

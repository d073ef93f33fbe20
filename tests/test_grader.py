"""The grader: its sandbox first, then marks, files and pages."""

import contextlib
import json
import os
import socket
import time
from pathlib import Path

import numpy as np
import pytest

from homework.calls import Call, Failure, Seed
from homework.grader import sandbox, wire
from homework.grader.sandbox import Limits, run, unjailed

QUICK = Limits(seconds=2)
X = np.array([1.0, -2.0, 3.0])
jailed = pytest.mark.skipif(unjailed() is not None, reason=f"not shut in here: {unjailed()}")


def ask(source: str, *calls: Call, **kwargs) -> list:
    return run([source], calls or [Call("f", (X,))], limits=QUICK, **kwargs)


def kind(source: str, *calls: Call, **kwargs) -> str:
    (result,) = ask(source, *calls, **kwargs)
    assert isinstance(result, Failure), result
    return result.kind


# ---- what crosses


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, -1.5, float("inf"), "text", [1, [2.0, "a"]], (X, {"a": X}),
        np.float32(0.1), 1 + 2j, np.arange(6, dtype=np.int8).reshape(2, 3).T, np.zeros((0, 4)),
    ],
)  # fmt: skip
def test_a_value_crosses_unchanged(value):
    back = wire.unpack(json.loads(json.dumps(wire.pack(value))))
    np.testing.assert_equal(back, value)
    if isinstance(value, np.ndarray | np.generic):
        assert back.dtype == value.dtype


@pytest.mark.parametrize("value", [object(), {1}, np.array([None]), np.array(["a"]), 2**70, b"x"])
def test_what_is_not_plain_data_does_not_cross(value):
    with pytest.raises(TypeError):
        wire.pack(value)


@pytest.mark.parametrize(
    "forged",
    [
        {"array": ["|O", [1], "AAAAAAAAAAA="]},
        {"array": ["<f8,<f8", [1], ""]},
        {"array": ["<f8", [10**12], "AAAAAAAAAAA="]},
        {"array": ["<f8", [-1, 3], "AAAAAAAAAAA="]},
        {"array": ["<f8", [1], "not base64"]},
        {"pickle": ["gASVAAAAAAAAAAA="]},
        {"list": 3},
        [1, 2],
    ],
)
def test_a_forged_message_is_refused(forged):
    with pytest.raises((ValueError, TypeError)):
        wire.unpack(forged)


# ---- answers


def test_answers_come_back_in_order_and_from_fresh_arguments():
    source = """
import numpy as np
def f(x, k=1): return x * k
def g(rng): return rng.normal(size=2)
v = (1, np.eye(2))
"""
    calls = [Call("f", (X,)), Call("f", (X, 3)), Call("v"), Call("g", (Seed(5),))]
    one, three, v, drawn = ask(source, *calls)
    np.testing.assert_array_equal(one, X)
    np.testing.assert_array_equal(three, 3 * X)
    np.testing.assert_equal(v, (1, np.eye(2)))
    np.testing.assert_array_equal(drawn, np.random.default_rng(5).normal(size=2))


def test_a_returned_function_is_called():
    (got,) = ask("def f(x): return lambda t: x + t", Call("f", (X,), then=(2.0,)))
    np.testing.assert_array_equal(got, X + 2)


def test_changed_arguments_are_noticed_and_the_caller_keeps_its_own():
    (got,) = ask("def f(x):\n    x *= 2\n    return x")
    assert got.kind == "mutated"
    np.testing.assert_array_equal(got.value, [2, -4, 6])
    np.testing.assert_array_equal(X, [1, -2, 3])


def test_an_error_names_its_line():
    (got,) = ask("def f(x):\n    y = 1\n    return y / 0")
    assert got.kind == "raised"
    assert got.message == "ZeroDivisionError: division by zero (line 3 of the cell)"
    (got,) = ask("def f(x)\n    return x")
    assert got.kind == "raised" and "SyntaxError" in got.message and "line 1" in got.message


def test_one_failed_call_spares_the_others():
    first, second = ask("def f(x): return 1 / x", Call("f", (0,)), Call("f", (2,)))
    assert first.kind == "raised" and second == 0.5


def test_earlier_cells_may_fail():
    (got,) = run(["def f(x): return x + c"], [Call("f", (1,))], before=["c = 1", "1 / 0"])
    assert got == 2


def test_borrowed_functions_stay_with_the_grader():
    source = "def f(x): return g(x=x) + c"
    (got,) = ask(source, borrowed={"g": lambda x: 10 * x, "c": 1})
    np.testing.assert_array_equal(got, 10 * X + 1)
    borrowed = {"g": lambda a, b: a + b}
    assert (
        kind(
            "import numpy as np\ndef f(x): return g(np.ones((9, 1)), np.ones(9))", borrowed=borrowed
        )
        == "raised"
    )
    # nothing of it can be read on the other side
    (names,) = ask(
        "def f(x): return [str(c.cell_contents) for c in g.__closure__]", borrowed={"g": abs}
    )
    assert not any("built-in" in n for n in names)


def test_blocked_modules_cannot_be_imported():
    assert kind("import mlpkit\ndef f(x): return x", blocked=["mlpkit"]) == "raised"
    (got,) = ask("import mlpkit\ndef f(x): return mlpkit.__name__")
    assert got == "mlpkit"


# ---- limits


def test_what_was_answered_before_an_endless_loop_is_kept():
    source = "def f(x):\n    while x > 1: pass\n    return x"
    one, two, three = run([source], [Call("f", (v,)) for v in (1, 2, 0)], limits=Limits(seconds=1))
    assert (one, two.kind, three.kind) == (1, "timeout", "timeout")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import time\ndef f(x): time.sleep(60)", "timeout"),
        ("while True: pass", "timeout"),
        (
            "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
            "timeout",
        ),
        ("import numpy as np\ndef f(x): return np.ones(10**10)", "memory"),
        ("def f(x):\n    a = [0]\n    while True: a += a", "memory"),
        ("def f(x):\n    while True: print('x' * 9999)", "output"),
        ("while True: print('x' * 9999)", "output"),
        ("import numpy as np\ndef f(x): return np.ones(3 * 10**6)", "output"),
        ("import os\ndef f(x): os._exit(0)", "killed"),
        ("import ctypes\ndef f(x): ctypes.string_at(0)", "killed"),
        ("import sys\ndef f(x): sys.exit(0)", "raised"),
        ("def f(x): return f(x)", "raised"),
        ("class E(BaseException):\n    def __str__(self): 1 / 0\ndef f(x): raise E", "raised"),
        ("def f(x): return input()", "raised"),
        ("def f(x): return object()", "type"),
        ("def f(x): return None", "nothing"),
        ("", "missing"),
        ("f = 3", "missing"),
        ("(" * 5000, "raised"),
        ("x = '\\ud800'\ndef f(x): return x.encode()", "raised"),
    ],
)
def test_a_limit_is_kept_and_named(source, expected):
    assert kind(source) == expected


FORKS = """
import os
def f(x):
    made = 0
    try:
        while made < 500:
            if os.fork() == 0:
                import time
                time.sleep(600)
            made += 1
    except OSError:
        pass
    return made
"""


@jailed
def test_processes_are_counted_and_none_is_left():
    (made,) = ask(FORKS)
    assert made < QUICK.processes


# ---- results cannot be had by cheating


def test_what_is_printed_is_not_an_answer():
    (got,) = ask("print('{\"value\": 1}')\ndef f(x): return 2")
    assert got == 2


CHANNEL = """
import os, json
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, {text!r})
        except OSError: pass
    return 1
"""


@pytest.mark.parametrize(
    "text",
    [b"garbage\n", b"[1]\n", b"[" * 10**5 + b"\n", b'{"value": {"array": ["|O", [1], ""]}}\n'],
)
def test_writing_into_the_channel_gains_nothing(text):
    assert kind(CHANNEL.format(text=text)) == "garbled"


@pytest.mark.parametrize(
    "patch",
    [
        "import numpy as np\nnp.allclose = np.array_equal = lambda *a, **k: True",
        "import json\njson.dumps = lambda *a: '{}'\njson.encoder = None",
        "import atexit\natexit.register(print, 'bye')",
        "import sys\nsys.modules.clear()",
        "import builtins\nbuiltins.isinstance = lambda *a: True",
        "import threading\nthreading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()",
    ],
)
def test_a_patch_changes_no_value_for_the_better(patch):
    (got,) = ask(f"{patch}\ndef f(x): return 1 - x")
    assert isinstance(got, Failure) or np.array_equal(got, 1 - X)
    assert np.allclose([1], [2]) is False and json.dumps([1]) == "[1]"


LOOK = """
import os
def f(paths):
    seen = []
    for path in paths:
        try: seen.append(str(os.listdir(path)))
        except OSError: pass
    return seen
"""


@jailed
def test_the_graders_files_are_out_of_sight():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    hidden = [os.path.join(here, d) for d in ("homework", "tests", "chapters", ".git")]
    (seen,) = ask(LOOK, Call("f", ([*hidden, "/etc", "/home", "/tmp", "/proc", "/old"],)))
    assert seen == ["[]"]  # /old, the emptied mount point
    assert kind("def f(x): import homework.questions") == "raised"


@jailed
def test_only_the_scratch_folder_can_be_written():
    source = "def f(path): open(path, 'w').write('x')"
    for folder in (os.path.dirname(np.__file__), "/usr", os.path.dirname(sandbox.__file__)):
        assert kind(source, Call("f", (folder + "/written",))) == "raised"
        assert not os.path.exists(folder + "/written")
    fill = "def f(x):\n    for i in range(99): open(str(i), 'w').write('x' * 10**6)"
    assert kind(fill) == "raised"


@jailed
def test_there_is_no_network_and_no_other_process():
    server = socket.create_server(("127.0.0.1", 0))
    with server:
        port = server.getsockname()[1]
        connect = "import socket\ndef f(p): socket.create_connection(('127.0.0.1', p), 1)"
        assert kind(connect, Call("f", (port,))) == "raised"
    assert kind(f"import os\ndef f(x): os.kill({os.getpid()}, 0)") == "raised"


def test_the_environment_is_cleared(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "s3cret")
    (names,) = ask("import os\ndef f(x): return [str(v) for v in os.environ.values()]")
    assert "s3cret" not in names


LEAVE = """
import subprocess, sys
open("left", "w").write("x")
subprocess.Popen([sys.executable, "-c", "import time; {mark}"], start_new_session=True)
def f(x): return 1
"""


@jailed
def test_nothing_is_left_running_or_lying_about(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox.tempfile, "tempdir", str(tmp_path))
    mark = f"time.sleep({time.time_ns()})"
    assert ask(LEAVE.format(mark=mark)) == [1]
    assert list(tmp_path.iterdir()) == []
    end = time.monotonic() + 20
    while is_running(mark):  # the kernel ends a namespace in its own time
        assert time.monotonic() < end


def is_running(mark: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if mark.encode() in path.read_bytes():
                return True
    return False


@jailed
def test_a_user_without_privileges_is_shut_in_as_well(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (seen,) = ask(LOOK, Call("f", (["/", "/etc", "/home", "/scratch"],)))
    assert len(seen) == 2 and "scratch" in seen[0]
    assert kind("def f(x): open('/usr/written', 'w')") == "raised"


def test_without_namespaces_the_limits_remain(monkeypatch):
    monkeypatch.setattr(sandbox, "unjailed", lambda: "not on this system")
    (got,) = ask("def f(x): return 2 * x")
    np.testing.assert_array_equal(got, 2 * X)
    assert kind("while True: pass") == "timeout"
    assert kind("def f(x): return bytearray(10**10)") == "memory"
    (folder,) = ask("import os\ndef f(x): return os.listdir()")
    assert folder == ["printed"]

"""The grader: its sandbox first, then kept submissions, files and pages."""

import contextlib
import csv
import dataclasses
import json
import os
import re
import socket
import sys
import time
from itertools import pairwise
from pathlib import Path

import grading
import numpy as np
import pytest
from bs4 import BeautifulSoup

from homework.calls import Call, Failure, Seed
from homework.generate import generate
from homework.grader import notebook, report, sandbox, wire
from homework.grader.__main__ import main
from homework.grader.sandbox import Limits, run, unjailed

PATIENT = Limits(seconds=120)  # a busy machine must not turn an answer into a timeout
QUICK = Limits(seconds=1)
X = np.array([1.0, -2.0, 3.0])
jailed = pytest.mark.skipif(unjailed() is not None, reason=f"not shut in here: {unjailed()}")


def ask(source: str, *calls: Call, limits: Limits = PATIENT, **kwargs) -> list:
    return run([source], calls or [Call("f", (X,))], limits=limits, **kwargs)


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
    calls = [Call("f", (v,)) for v in (1, 2, 0)]
    one, two, three = ask(source, *calls, limits=Limits(seconds=3))
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
    assert kind(source, limits=QUICK if expected == "timeout" else PATIENT) == expected


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
    assert made < PATIENT.processes


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
    # a folder above Python's own stands there, with nothing in it but the way to Python
    python = [os.path.abspath(p) + "/" for p in (sys.prefix, sys.base_prefix, np.__file__)]
    hidden += [d for d in ("/etc", "/home", "/tmp") if not any(p.startswith(d) for p in python)]
    (seen,) = ask(LOOK, Call("f", ([*hidden, "/proc", "/old"],)))
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
    mark = f"time.sleep(600)  # {time.time_ns()}"
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
    assert kind("while True: pass", limits=QUICK) == "timeout"
    assert kind("def f(x): return bytearray(10**10)") == "memory"
    (folder,) = ask("import os\ndef f(x): return os.listdir()")
    assert folder == ["printed"]


# ---- the kept submissions: right ones in many styles, wrong ones with their mark and slip


@pytest.mark.parametrize(("kind", "least"), [("right", 10), ("held_back_right", 5)])
def test_right_answers_get_full_marks_in_every_style(kind, least):
    found = grading.count(kind)
    assert found.submissions >= least
    assert found.surprises == []


@jailed
@pytest.mark.parametrize(("kind", "least"), [("wrong", 60), ("held_back", 10)])
def test_wrong_answers_get_the_expected_mark_and_their_slip_is_named(kind, least):
    found = grading.count(kind)
    assert found.submissions >= least
    assert found.surprises == []
    assert found.full == 0


@pytest.mark.parametrize("kind", ["wrong", "held_back"])
def test_the_name_of_a_wrong_submission_states_its_verdict(kind):
    for one in grading.kept(kind):
        assert one.expected.keys() == one.answers.keys(), one.name
        for key, (points, slip) in one.expected.items():
            assert one.name.split("-")[:2] == [key, slip or "unnamed"]
            assert points < grading.QUESTIONS[key].points


# ---- one question's error costs one question


RIGHT = next(one for one in grading.kept("right") if one.name == "plain")
FULL = {key: float(q.points) for key, q in grading.QUESTIONS.items()}
DEPENDENT = ("output_layer", "bce", "bce_gradient", "hand_step", "backprop")
# each with how its first answer is broken; four of the others use predict_proba
BROKEN_FIRST = [
    "def predict_proba(z): return z",
    "predict_proba = bce = np = None",
    "def predict_proba(z)",
    "import os\nos._exit(0)",
    "while True: pass",
    "import numpy as np\nnp.exp = np.logaddexp = np.array = lambda *a, **k: 0",
    "import sys\nsys.exit('bye')",
]


def points_with(*changes: dict[str, str]) -> list[dict[str, float]]:
    """The points of right answers with some changed."""
    answers = {key: RIGHT.answers[key] for key in DEPENDENT}
    # nobody waits for what is broken
    submissions = [
        grading.Kept("changed", answers | changed, dict.fromkeys(changed, (0, "timeout")))
        for changed in changes
    ]
    graded = grading.grade_all(submissions)
    return [{key: found.points for key, found in verdicts.items()} for verdicts in graded]


def test_an_error_in_one_question_costs_one_question():
    found = points_with(*({"output_layer": broken} for broken in BROKEN_FIRST))
    expected = {key: FULL[key] for key in DEPENDENT} | {"output_layer": 0}
    assert found == [expected] * len(BROKEN_FIRST)


def test_two_broken_answers_spare_the_rest():
    wrong = {"bce": "raise ValueError", "bce_gradient": "def bce_gradient(z, y): return y - z"}
    (found,) = points_with(wrong)
    assert found == {key: FULL[key] for key in DEPENDENT} | {"bce": 0, "bce_gradient": 0}


# ---- files


def notebook_text(answers: dict[str, str], student: str = "ana", **more) -> str:
    def cell(question: str, role: str, source: str) -> dict:
        marks = {"question": question, "role": role}
        return {
            "cell_type": "code",
            "metadata": {"homework": marks},
            "source": source.splitlines(keepends=True),
            "outputs": [],
            "execution_count": None,
        }

    cells = [cell("all", "given", f'STUDENT = "{student}"'), cell("all", "given", grading.GIVEN)]
    cells += [cell(key, "answer", source) for key, source in answers.items()]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells} | more)


def kernel(language: str) -> dict:
    return {"metadata": {"kernelspec": {"name": "x", "language": language}}}


ONE = {"bce": RIGHT.answers["bce"]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        (b"\x89PNG\r\n\xff\xfe", "no JSON"),
        ("[" * 10**5, "no JSON"),
        ("[]", "no cells"),
        ("3", "no cells"),
        ('{"cells": []}', "no cells"),
        ('{"cells": {"a": 1}}', "no cells"),
        ('{"worksheets": [{"cells": []}]}', "no cells"),
        (notebook_text(ONE, **kernel("R")), "written for r"),
        (notebook_text(ONE, metadata={"language_info": {"name": "julia"}}), "written for julia"),
        (notebook_text({"bce": "#" * (2 << 20)}), "megabyte of code"),
    ],
)
def test_a_broken_file_is_refused_with_a_reason(tmp_path, content, reason):
    path = tmp_path / "ana.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(notebook.Unreadable, match=reason):
        notebook.read([path])


def test_files_that_are_none_are_refused_without_reading_them(tmp_path):
    with (tmp_path / "big.ipynb").open("wb") as file:
        file.truncate(500 << 20)
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "right.txt").write_text(notebook_text(ONE))
    (tmp_path / "link.ipynb").symlink_to("right.txt")
    (tmp_path / "loop.ipynb").symlink_to("loop.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    (tmp_path / "null.ipynb").symlink_to("/dev/zero")
    with pytest.raises(notebook.Unreadable, match="500 MB"):
        notebook.read([tmp_path / "big.ipynb"])
    for entry in tmp_path.glob("*.ipynb"):
        with pytest.raises(notebook.Unreadable):
            notebook.read([entry])


@pytest.mark.parametrize("language", ["python", "Python", "python3", ""])
def test_every_pythons_notebook_is_read(tmp_path, language):
    path = tmp_path / "ana.ipynb"
    path.write_text(notebook_text(ONE, **kernel(language)), "utf-8-sig")
    assert notebook.read([path]).answers("bce") == [ONE["bce"]]


def test_odd_cells_are_passed_over(tmp_path):
    content = json.loads(notebook_text(ONE))
    odd = [1, {}, {"cell_type": "code"}, {"cell_type": "code", "source": 3, "metadata": []}]
    odd += [{"cell_type": "code", "source": ["a", 1], "metadata": {"homework": {"question": []}}}]
    own = {"cell_type": "code", "source": "helper = 1", "metadata": {}}
    content["cells"] = [*odd[:4], *content["cells"], own]
    path = tmp_path / "ana.ipynb"
    path.write_text(json.dumps(content))
    assert notebook.read([path]).answers("bce") == [ONE["bce"], "helper = 1"]


def test_students_are_found_by_file_or_folder_and_no_two_are_one(tmp_path):
    for name in ("Ana.ipynb", "ben/multilabel.ipynb", "ben/try.ipynb", "ana /x/any.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(notebook_text(ONE))
    (tmp_path / "ben/.ipynb_checkpoints").mkdir()
    (tmp_path / "ben/.ipynb_checkpoints/multilabel.ipynb").write_text("{}")
    (tmp_path / ".hidden.ipynb").write_text("{}")
    (tmp_path / "eve").mkdir()
    found = notebook.submissions(tmp_path)
    assert sorted(found) == ["ana", "ben", "eve"]
    assert [f.name for f in found["ben"]] == ["multilabel.ipynb"]
    for student, reason in (("ana", "2 files"), ("eve", "no notebook")):
        with pytest.raises(notebook.Unreadable, match=reason):
            notebook.read(found[student])


# ---- marks and pages


ODD = "=cmd <b>&\"'.ipynb"


def test_a_folder_with_broken_and_hostile_files_is_graded_to_its_end(tmp_path, capsys):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "ana_li.ipynb").write_text(answered("Ana Li"))
    (folder / "ben/hw").mkdir(parents=True)
    (folder / "ben/hw/multilabel.ipynb").write_text(generate("ben"))
    (folder / ODD).write_text(notebook_text(ONE, student=ODD.removesuffix(".ipynb")))
    (folder / os.fsdecode(b"caf\xe9.ipynb")).write_text("{")
    (folder / "new\nline.ipynb").write_text("{")
    (folder / "link.ipynb").symlink_to("ana_li.ipynb")
    (folder / "bad.ipynb").write_text(
        notebook_text({"bce": "def bce(z, y): raise ValueError('<script>\\ud800\\x00')"}, "bad")
    )
    (folder / "other.ipynb").write_text(notebook_text(ONE, student="ana"))
    assert main([str(folder), "--out", str(out), "--book", "https://book.example/"]) == 0
    with (out / "marks.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert len(rows) == 8
    assert {key: float(rows["ana_li"][key]) for key in FULL} == FULL
    assert (rows["ana_li"]["total"], rows["ana_li"]["note"]) == (f"{sum(FULL.values()):g}", "")
    assert (rows["ben"]["total"], rows["ben"]["note"]) == ("0", "")
    waiting = {key: row for key, row in rows["ana_li"].items() if "by hand" in key}
    assert len(waiting) == len(report.BY_HAND) > 0 and not any(waiting.values())
    assert rows["'=cmd <b>&\"'"]["bce"] == rows["other"]["bce"] == f"{FULL['bce']:g}"
    assert "another's" in rows["other"]["note"] and "rename the file" in rows["other"]["note"]
    assert rows["link"]["total"] == "0" and "link" in rows["link"]["note"]
    assert len(list(out.glob("*.html"))) == 8
    pages = {name: (out / row["page"]).read_text("utf-8") for name, row in rows.items()}
    assert "<script>" not in pages["bad"] and "ValueError: &lt;script&gt;" in pages["bad"]
    assert "https://book.example/chapters/" in pages["bad"]
    assert pages["ben"].count("Nothing here yet") == len(FULL)
    for text in pages.values():
        accessible(text)
    assert "8 students" in capsys.readouterr().out


def answered(student: str) -> str:
    """The student's notebook as it is handed out, with the right answers written into it."""
    content = json.loads(generate(student))
    for cell in content["cells"]:
        marks = cell["metadata"].get("homework", {})
        if marks.get("role") == "answer" and cell["cell_type"] == "code":
            cell["source"] = RIGHT.answers[marks["question"]]
    return json.dumps(content)


def accessible(text: str) -> None:
    soup = BeautifulSoup(text, "html.parser")
    assert soup.html["lang"] == "en" and soup.title.string
    assert len(soup.find_all("h1")) == 1 and soup.find("main")
    assert not soup.find_all(["script", "img", "link", "iframe"])
    levels = [int(h.name[1]) for h in soup.find_all(["h1", "h2", "h3"])]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert all(th.get("scope") for th in soup.find_all("th"))
    ids = {tag["id"] for tag in soup.find_all(id=True)}
    for link in soup.find_all("a", href=True):
        assert not link["href"].startswith("#") or link["href"][1:] in ids
    assert all(tag["aria-labelledby"] in ids for tag in soup.find_all("section"))


def test_no_two_students_share_a_page():
    names = ["ana", "ána", "an a", "an-a", "../ana", "", "a" * 300, "\udce9", "con", "日本"]
    pages = [report.page_name(name) for name in names]
    assert len(set(pages)) == len(pages)
    assert all(re.fullmatch(r"[a-z0-9-]{3,60}\.html", page) for page in pages)


def test_a_missing_folder_is_a_clear_error(capsys):
    with pytest.raises(SystemExit):
        main(["no/such/folder"])
    assert "is not a folder" in capsys.readouterr().err


def test_a_judge_that_fails_stops_nobody(monkeypatch, caplog):
    question = grading.QUESTIONS["bce"]
    broken = dataclasses.replace(question, judge=lambda calls, results: 1 / 0)
    monkeypatch.setitem(grading.QUESTIONS, "bce", broken)
    found = grading.grade(grading.Kept("plain", ONE, {}))
    assert (found["bce"].points, found["bce"].slip) == (0, "type")
    assert "the judge of bce failed" in caplog.text

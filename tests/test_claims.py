"""The executable check of a numbered equation, as printed or from two sides given in code."""

import json
import os

import numpy as np
import pytest

from mlpkit import claim_models
from mlpkit.claims import ClaimError, claim, claim_calls, refuse
from texcheck import pages


def test_one_deterministic_line(capsys):
    claim("eq-mean", [0.1 + 0.2, 1.0], [0.3, 1.0])
    out = capsys.readouterr().out
    assert out == "eq-mean: both sides agree (2 values, relative difference below 1e-9)\n"


def test_reason_is_shown(capsys):
    claim("eq-mean", 1.0, 1.0, reason="a limit")
    assert capsys.readouterr().out == (
        "eq-mean: both sides agree (1 value, relative difference below 1e-9); "
        "not read from the page: a limit\n"
    )


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (1.0, 1.0 + 1e-6),
        ([1.0, 2.0], [1.0, 2.1]),
        ([1.0, 1.0], 1.0),
        (np.ones((2, 1)), np.ones((1, 2))),
        (np.nan, np.nan),
        ([1.0, np.nan], [1.0, np.nan]),
        (np.inf, -np.inf),
        (0.0, 1e-9),
    ],
    ids=["value", "component", "broadcast", "transpose", "nan", "one-nan", "infinities", "zero"],
)
def test_different_sides_fail(lhs, rhs):
    with pytest.raises(ClaimError, match="eq-mean") as failure:
        claim("eq-mean", lhs, rhs)
    assert "left:" in str(failure.value) and "right:" in str(failure.value)


def test_tolerances_are_respected():
    claim("eq-mean", 1.0, 1.0 + 1e-6, rtol=1e-5)
    claim("eq-mean", 0.0, 1e-9, atol=1e-8)
    claim("eq-mean", True, 1, rtol=0, atol=0)
    claim("eq-mean", np.inf, np.inf)


def test_refuse_needs_a_difference(capsys):
    refuse("eq-mean", 1.0, 2.0, "factor two")
    assert capsys.readouterr().out == "eq-mean: false variant refused (factor two)\n"
    with pytest.raises(ClaimError, match="holds"):
        refuse("eq-mean", 1.0, 1.0, "nothing wrong")
    with pytest.raises(ClaimError, match="finite"):
        refuse("eq-mean", 1.0, np.nan, "a NaN is no witness")


@pytest.mark.parametrize("label", ["", "softmax", "eq-", "eq-Softmax", "eq_softmax", "eq-a b", 3])
def test_malformed_label(label):
    with pytest.raises(ValueError, match="label"):
        claim(label, 1.0, 1.0)


def test_malformed_sides():
    with pytest.raises(ValueError, match=r"^lhs: got"):
        claim("eq-mean", "text", 1.0)
    with pytest.raises(ValueError, match=r"^rhs: got"):
        claim("eq-mean", 1.0, 1j)
    with pytest.raises(ValueError, match="lhs"):
        claim("eq-mean", [], [])
    with pytest.raises(ValueError, match="rtol"):
        claim("eq-mean", 1.0, 1.0, rtol=-1.0)


# ---- as printed

PAGE = r"""
Text with $$ 1 = 2 $$ without a label.

```
$$ 1 = 3 $$ (eq-fenced)
```

$$
\frac{\partial \mathcal L}{\partial z_j} = \hat y_j - y_j
$$ (eq-delta)

$$ \hat y_j = y_j $$ (eq-wrong)

$$ \hat y_j = \zeta $$ (eq-unknown)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with one chapter, in which the kernel runs."""
    cells = [
        {"cell_type": "code", "source": ['print("$$ 1 = 4 $$ (eq-code)")']},
        {"cell_type": "markdown", "source": PAGE.splitlines(keepends=True)},
    ]
    (tmp_path / "01_x.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_printed_equation_is_checked(folder, capsys):
    claim("eq-delta", claim_models.softmax)
    assert capsys.readouterr().out == (
        "eq-delta: holds as printed in the model 'softmax': "
        "1 relation, j = 1…4, 7 points, relative difference below 1e-9\n"
    )


def test_slips_must_be_refused(folder, capsys):
    slips = [(r"\hat y_j - y_j", r"y_j - \hat y_j"), (" - ", " + ")]
    claim("eq-delta", claim_models.softmax, slips=slips)
    assert capsys.readouterr().out.endswith("; 2 slips refused\n")
    claim("eq-delta", claim_models.softmax, slips=slips[:1])
    assert capsys.readouterr().out.endswith("; 1 slip refused\n")
    with pytest.raises(ClaimError, match=r"the slip '-y_j .* is not caught"):
        claim("eq-delta", claim_models.softmax, slips=[(r"\hat y_j - y_j", r"-y_j + \hat y_j")])
    with pytest.raises(ClaimError, match="not even read"):
        claim("eq-delta", claim_models.softmax, slips=[(" - ", " ? ")])
    with pytest.raises(ValueError, match=r"slips: 'y_j' stands 2 times in eq-delta"):
        claim("eq-delta", claim_models.softmax, slips=[("y_j", "y_k")])


def test_a_slip_in_print_fails(folder):
    with pytest.raises(ClaimError, match=r"eq-wrong: side 1 = side 2 fails at point 1, j=1"):
        claim("eq-wrong", claim_models.softmax)
    with pytest.raises(ClaimError, match="eq-unknown: zeta is not in the model"):
        claim("eq-unknown", claim_models.softmax)


@pytest.mark.parametrize("label", ["eq-absent", "eq-fenced", "eq-code"])
def test_page_not_at_hand_is_said(folder, capsys, label):
    claim(label, claim_models.softmax)
    assert capsys.readouterr().out == (
        f"{label}: not checked, because no page in this folder prints ({label})\n"
    )


def test_an_edited_page_is_read_again(folder, capsys):
    claim("eq-delta", claim_models.softmax)
    page = folder / "01_x.ipynb"
    before = page.stat().st_mtime_ns
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(r"\\hat y_j - y_j", r"\\hat y_j + y_j"), encoding="utf-8")
    os.utime(page, ns=(before + 10**9, before + 10**9))
    with pytest.raises(ClaimError, match="eq-delta"):
        claim("eq-delta", claim_models.softmax)


def test_copies_of_a_page_must_agree_or_each_hold(folder, capsys):
    copy = (folder / "01_x.ipynb").read_text(encoding="utf-8")
    (folder / "01_x-Copy1.ipynb").write_text(copy, encoding="utf-8")
    claim("eq-delta", claim_models.softmax)
    (folder / "02_x.md").write_text(r"$$ \hat y_k = 2 $$ (eq-delta)", encoding="utf-8")
    with pytest.raises(ClaimError, match="eq-delta"):
        claim("eq-delta", claim_models.softmax)


def test_the_equation_is_shown_in_a_notebook(folder, capsys, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.get_ipython", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append((bundle, raw)))
    claim("eq-delta", claim_models.softmax)
    tex = r"\frac{\partial \mathcal L}{\partial z_j} = \hat y_j - y_j"
    assert shown == [({"text/plain": tex, "text/latex": f"$$\n{tex}\n$$"}, True)]


def test_forms_are_not_mixed(folder):
    with pytest.raises(
        ValueError, match=r"^rhs, reason: got both a model and a side, expected one"
    ):
        claim("eq-delta", claim_models.softmax, 1.0)
    with pytest.raises(ValueError, match=r"^slips: they need a model; false variants of two"):
        claim("eq-delta", 1.0, 1.0, slips=[("a", "b")])
    with pytest.raises(ValueError, match="label"):
        claim("delta", claim_models.softmax)


# ---- what the book's tests read


def test_equations_of_a_page(folder):
    found = pages.equations(folder / "01_x.ipynb")
    assert list(found) == ["eq-delta", "eq-wrong", "eq-unknown"]
    assert found["eq-wrong"] == r"\hat y_j = y_j"


def test_code_is_shown_not_printed(tmp_path):
    page = tmp_path / "a.md"
    page.write_text("Print `$$ … $$ (eq-a)`.\n\n```\n$$ 1 $$ (eq-b)\n```\n\n$$ a = b $$ (eq-c)\n")
    assert pages.equations(page) == {"eq-c": "a = b"}


def test_malformed_pages(tmp_path):
    (tmp_path / "a.md").write_text("$$ 1 $$ (eq-a)\n\n$$ 2 $$ (eq-a)\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.md has the label eq-a twice"):
        pages.equations(tmp_path / "a.md")
    (tmp_path / "b.ipynb").write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.ipynb is not a notebook"):
        pages.equations(tmp_path / "b.ipynb")


def test_claim_calls():
    source = """
claim("eq-a", models.softmax, slips=[("x", "y")])
for z in Z:
    %time np.ones(3)
    claim("eq-b", f(z), np.log(z), reason="a limit")
refuse("eq-b", 1, 2, "why")
claim("eq-c", 1, 2)
"""
    assert claim_calls(source) == [
        ("eq-a", "printed", False),
        ("eq-b", "sides", True),
        ("eq-b", "refuse", False),
        ("eq-c", "sides", False),
    ]
    assert claim_calls("%matplotlib inline\n!ls\nprint(1)") == []
    with pytest.raises(ValueError, match="line 1 calls claim without a literal label"):
        claim_calls("claim(label, model)")
    with pytest.raises(ValueError, match="line 2 calls refuse without a literal label"):
        claim_calls("\nrefuse()")

"""Fuzzed TeX: a clear error or a verdict, never a crash, a hang or a silent pass.

1,000 strings from four generators by default; TEXCHECK_FUZZ=10000 for the weekly run.
"""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from texcheck_equations import EQUATIONS

from mlpkit import claim_models as course
from texcheck import Mismatch, Model, ReadError, check
from texcheck.lexer import scan
from texcheck.report import Report

EXAMPLES = int(os.environ.get("TEXCHECK_FUZZ", "1000"))
run = settings(
    max_examples=EXAMPLES // 4,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

ATOMS = [
    *(r"\hat y_k", "z_j", r"\mathbf z", "C", "2", "e", "k", r"\hat{\mathbf y}", r"\mathcal L", "J"),
    *("J_{kj}", "q", "1", "0", r"\mathbf 1", r"\delta_{kj}", "[k=j]", r"\dots", r"\top", "m", "13"),
]
WRAPS = [
    *("({})", "{{{}}}", r"\frac{{{}}}{{{}}}", r"e^{{{}}}", r"\ln {}", r"\exp({})", "-{}", "{}^2"),
    *("{} + {}", "{} - {}", r"{}\,{}", r"{} \cdot {}", r"{} \odot {}", "{}/{}", r"{}^\top"),
    *(r"\sum_{{k=1}}^{{C}} {}", r"\max_j {}", r"\prod_k {}", r"\sum_{{j\ne k}} {}", r"\sqrt{{{}}}"),
    *(r"\frac{{\partial {}}}{{\partial z_j}}", r"\nabla_{{\mathbf z}} {}", r"\sigma({})", "{}_k"),
    *(r"\frac{{\partial^2 {}}}{{\partial z_j\,\partial z_k}}", r"\operatorname{{softmax}}({})"),
    *(r"\begin{{pmatrix}} {} & {} \\ {} & {} \end{{pmatrix}}", "{}_{{{}}}", "{}^{{({})}}", "{}'"),
    *(r"\begin{{cases}} {} & k=j \\ {} & \text{{otherwise}} \end{{cases}}", r"\lVert {} \rVert"),
    *(r"\mathbb E_{{k\sim \hat{{\mathbf y}}}}[{}]", r"\operatorname*{{arg\,max}}_k {}", "[{}]"),
]
RELATIONS = ["=", r"\le", r"\ge", "<", r"\ne", r"\approx", r"\leftarrow", "=", "="]


def wrap(inner):
    return st.builds(
        lambda form, parts: form.format(*parts), st.sampled_from(WRAPS), st.tuples(*[inner] * 4)
    )


FORMULAS = st.recursive(st.sampled_from(ATOMS), wrap, max_leaves=8)
EQUALITIES = st.builds(
    lambda a, sign, b: f"{a} {sign} {b}", FORMULAS, st.sampled_from(RELATIONS), FORMULAS
)
PIECES = sorted({piece.text for _, tex, _ in EQUATIONS for piece in scan(tex)})
SOUP = st.lists(st.sampled_from([*PIECES, *RELATIONS]), max_size=40).map(" ".join)
TEXTS = st.text(alphabet=r"\{}()[]^_&=+-<>|,.:;'%~$ azklT019σ∑" + "\n\x00", max_size=60)


def verdict(tex, model):
    """True, False or an error in words; anything else is a bug and falls through."""
    try:
        report = check(tex, model)
    except (ReadError, Mismatch) as error:
        assert str(error)
        return None if isinstance(error, ReadError) else False
    assert isinstance(report, Report) and report.relations and report.points
    return True


@run
@given(EQUALITIES)
def test_equations_near_the_grammar(tex):
    verdict(tex, course.softmax)


@run
@given(SOUP)
def test_tokens_in_any_order(tex):
    verdict(tex, course.network)


@run
@given(TEXTS)
def test_any_characters(tex):
    verdict(tex, course.softmax)


@st.composite
def damaged(draw):
    """One of our equations with one piece lost, doubled, or replaced by another's."""
    model, tex, _ = draw(st.sampled_from(EQUATIONS))
    pieces = scan(tex)
    at = pieces[draw(st.integers(0, len(pieces) - 1))]
    new = draw(st.sampled_from(["", at.text * 2, *PIECES]))
    return model, tex, tex[: at.column] + " " + new + " " + tex[at.column + len(at.text) :]


@run
@given(damaged())
def test_damaged_equations(case):
    model, _, tex = case
    verdict(tex, model)


# values that satisfy no equation but by being the same formula
ODD = Model(
    "odd",
    lambda rng: {
        "a": rng.normal(),
        "b": rng.normal(),
        "c": rng.uniform(1, 2),
        "u": rng.normal(size=3),
    },
)
NUMBERS = st.recursive(
    st.sampled_from(["a", "b", "c", "2", "3", "u_1", "u_2", "u_3"]),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds(r"{}\,({})".format, inner, inner),
        st.builds(r"\frac{{{}}}{{2 + ({})^2}}".format, inner, inner),
        st.builds(r"\cos({})".format, inner),
        st.builds(r"\exp(-({})^2)".format, inner),
    ),
    max_leaves=8,
)


def python(tex):
    """The same formula for Python, by textual replacement: an oracle that shares no code."""
    out = tex.replace(r"\exp", "np.exp").replace(r"\cos", "np.cos").replace("^", "**")
    while r"\frac" in out:
        head, _, tail = out.rpartition(r"\frac")
        depth, ends = 0, []
        for i, letter in enumerate(tail):
            depth += (letter == "{") - (letter == "}")
            if depth == 0:
                ends.append(i)
                if len(ends) == 2:
                    break
        over, under = tail[1 : ends[0]], tail[ends[0] + 2 : ends[1]]
        out = f"{head}(({over})/({under})){tail[ends[1] + 1 :]}"
    for i in "123":
        out = out.replace(f"u_{i}", f"u[{int(i) - 1}]")
    return out.replace(r"\,", "*")


@run
@given(NUMBERS, NUMBERS)
def test_no_silent_pass(left, right):
    """A pass means that NumPy finds both sides equal at every point, and the reverse."""
    equal = True
    for number in range(ODD.points):
        names = {k: ODD.point(number)[k] for k in "abcu"}
        x, y = (eval(python(tex), {"np": np, **names}) for tex in (left, right))
        equal &= bool(abs(x - y) <= 1e-9 * (1 + max(abs(x), abs(y))))
    assert verdict(f"{left} = {right}", ODD) is equal


@pytest.mark.parametrize("tex", ["a = a", "a = b"])
def test_the_oracle_can_tell(tex):
    assert verdict(tex, ODD) is (tex == "a = a")

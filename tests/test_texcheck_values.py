"""The evaluator and its derivatives against NumPy, SymPy and mpmath; what a report says."""

import doctest
import importlib
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy

import texcheck
from mlpkit import claim_models as course
from texcheck import Mismatch, Model, ReadError, check
from texcheck.derivative import along, central, elementwise, jacobian
from texcheck.evaluator import Evaluator, Trace
from texcheck.grammar import read

RNG = np.random.default_rng(7)
A, B = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 2))
U, V, P = RNG.normal(size=3), RNG.normal(size=3), np.array([0.2, 0.3, 0.5])
PLAIN = Model(
    "plain",
    lambda rng: {"A": A, "B": B, "u": U, "v": V, "p": P, "x": 0.7},
    functions={
        "f": lambda x: np.sin(x) * np.exp(x),
        r"\operatorname{cummax}": np.maximum.accumulate,
    },
    indices={"i": 3, "j": 3},
)

VALUES = [
    (r"A B", A @ B),
    (r"u^\top v", U @ V),
    (r"u v^\top", np.outer(U, V)),
    (r"u \odot v", U * V),
    (r"A u \odot A v", (A @ U) * (A @ V)),
    (r"u^\top v\, x / 2", U @ V * 0.7 / 2),
    (r"-x^2 + 2 \cdot 3", -(0.7**2) + 6),
    (r"2^{-x}", 2**-0.7),
    (r"\lVert u \rVert^2", U @ U),
    (r"\lVert A \rVert_2", np.linalg.svd(A)[1][0]),
    (r"\lvert -x \rvert", 0.7),
    (r"\lfloor x \rfloor + \lceil x \rceil", 1),
    (r"\log_2 x", np.log2(0.7)),
    (r"\max(x, u_1, 0)", max(0.7, U[0], 0)),
    (r"\min\{x, \frac12\}", 0.5),
    (r"\sum_{i=1}^{3} i^2 u_i", np.sum(np.arange(1, 4) ** 2 * U)),
    (r"\sum_{i<j} u_i", None),
    (
        r"\sum_{i, j \,:\, i < j} u_i v_j",
        sum(U[i] * V[j] for i in range(3) for j in range(i + 1, 3)),
    ),
    (r"\prod_{i=1}^{3} u_i", np.prod(U)),
    (r"1 + \sum_{i=1}^{0} u_i", 1),
    (r"\operatorname*{arg\,max}_i u_i", np.argmax(U) + 1),
    (r"\mathbb E_{i \sim p}[u_i^2]", P @ U**2),
    (r"\operatorname{diag}(u) v", U * V),
    (r"\operatorname{tr}(u v^\top)", U @ V),
    (r"\begin{pmatrix} u & v \end{pmatrix}", np.column_stack([U, V])),
    (r"\begin{pmatrix} u \\ 1 \end{pmatrix}", np.append(U, 1)),
    (r"(u_1, \dots, u_3)^\top", U),
    (r"u_1 - u_2 - \dots - u_3", U[0] - U[1] - U[2]),
    (r"1 + x + \dots + x^5", sum(0.7**k for k in (0, 1))),
    (r"x^1 + \dots + x^5", sum(0.7**k for k in range(1, 6))),
    (r"u_3 u_2 \cdots u_1", np.prod(U)),
    (r"e^{x} + \pi", np.exp(0.7) + np.pi),
    (r"\operatorname{cummax}(u)_2", np.maximum.accumulate(U)[1]),
    (r"\sqrt{x}", 0.7**0.5),
]


def value(tex, model=PLAIN, **indices):
    statement = read(tex + " = 0", model)[0]
    return Evaluator(model.point(0), indices, Trace())(statement.relation.parts[0][0])


@pytest.mark.parametrize(("tex", "expected"), VALUES)
def test_values(tex, expected):
    if expected is None or tex.startswith("1 + x"):
        with pytest.raises(ReadError):  # j has no value here; x and x^5 are of different form
            value(tex)
        return
    got = value(tex)
    expected = np.asarray(expected)
    assert got.shape == (expected.shape if expected.ndim != 1 else (expected.size, 1))
    np.testing.assert_allclose(got, expected.reshape(got.shape), rtol=1e-14)


X = sympy.Symbol("x")
SMOOTH = [
    (r"\sin x", sympy.sin(X)),
    (r"f(x)", sympy.sin(X) * sympy.exp(X)),
    (r"\ln(1 + e^{-x})", sympy.log(1 + sympy.exp(-X))),
    (r"\frac{x^3}{1 + x^2}", X**3 / (1 + X**2)),
    (r"\tanh(2 x)\,\sqrt{x}", sympy.tanh(2 * X) * sympy.sqrt(X)),
    (r"x^x", X**X),
]


@pytest.mark.parametrize(("tex", "formula"), SMOOTH)
def test_derivatives_against_sympy(tex, formula):
    first, second = (float(sympy.diff(formula, X, n).subs(X, 0.7)) for n in (1, 2))
    assert value(rf"\frac{{d}}{{dx}} \bigl({tex}\bigr)") == pytest.approx(first, rel=1e-12)
    assert value(rf"\frac{{d^2}}{{dx^2}} \bigl({tex}\bigr)") == pytest.approx(second, rel=1e-9)
    # around another derivative: two different routes to the second
    nested = value(rf"\frac{{d}}{{dx}} \Bigl(\frac{{d}}{{dx}} \bigl({tex}\bigr)\Bigr)")
    assert nested == pytest.approx(second, rel=1e-9)


def test_primes_against_mpmath():
    with mpmath.workdps(30):
        f = lambda x: mpmath.sin(x) * mpmath.exp(x)  # noqa: E731
        first, second = (float(mpmath.diff(f, mpmath.mpf("0.7"), n)) for n in (1, 2))
    assert value("f'(x)") == pytest.approx(first, rel=1e-13)
    assert value("f''(x)") == pytest.approx(second, rel=1e-9)


def test_complex_step_and_central_differences_are_independent():
    f = lambda x: np.exp(np.sin(x))  # noqa: E731
    x = np.array([0.3, -1.2])
    exact = np.cos(x) * f(x)
    for i in (0, 1):
        assert along(f, x, (i,))[i] == pytest.approx(exact[i], rel=1e-15)
        assert central(f, x, (i,), 5e-4)[i] == pytest.approx(exact[i], rel=1e-11)
    np.testing.assert_allclose(jacobian(f, x), np.diag(exact), rtol=1e-15)
    np.testing.assert_allclose(elementwise(f, 1)(x), exact, rtol=1e-15)


def test_code_that_is_not_analytic_is_noticed():
    model = Model(
        "abs",
        lambda rng: {"x": rng.normal()},
        derived={"y": lambda v: np.abs(v["x"]) ** 3},
    )
    with pytest.raises(ReadError, match="complex step and central differences disagree"):
        check(r"\frac{\partial y}{\partial x} = 0", model)


def test_code_that_refuses_complex_numbers_is_differentiated_all_the_same():
    def real_only(x):
        if np.iscomplexobj(x):
            raise ValueError("real numbers only")
        return np.asarray(x) ** 3

    model = Model("cube", lambda rng: {"x": rng.normal()}, functions={"f": real_only})
    report = check(r"\frac{d}{dx} f(x) = 3 x^2 = f'(x)", model)
    assert report.relations == 2
    with pytest.raises(Mismatch):
        check(r"\frac{d}{dx} f(x) = 3 x", model)


def test_override_recomputes_what_follows_and_nothing_else():
    model = Model(
        "chain",
        lambda rng: {"x": rng.normal()},
        derived={"y": lambda v: v["x"] ** 2, "z": lambda v: np.sin(v["y"])},
    )
    check(r"\frac{\partial z}{\partial x} = 2 x \cos y", model)
    check(r"\frac{\partial z}{\partial y} = \cos y", model)
    with pytest.raises(ReadError, match="knows no dependence"):
        check(r"\frac{\partial x}{\partial y} = 0", model)


def test_error_in_the_model_is_said():
    model = Model("broken", lambda rng: {"x": 1.0}, derived={"y": lambda v: v["x"][3]})
    with pytest.raises(ReadError, match="code fails: IndexError"):
        check("y = 1", model)


def test_report_is_short_and_holds_no_digits_that_flap():
    text = str(check(r"\frac{\partial \mathcal L}{\partial z_j} = \hat y_j - y_j", course.softmax))
    assert text == "1 relation, j = 1…4, 7 points, relative difference below 1e-9"
    assert "1e-7" in str(
        check(
            r"\frac{\partial^2 A(\mathbf z)}{\partial z_j\,\partial z_k} = J_{jk}", course.softmax
        )
    )


def test_notes_of_a_report():
    assert check(r"p_k \le p_k", course.information).notes == ["side 1 <= side 2 is always equal"]
    assert check(r"p_k \le 9", course.information).notes == ["side 1 <= side 2 is never tight"]
    assert check(r"H(p) \le \ln C", course.information).notes == []
    zero = check(r"\frac{\partial}{\partial z_k} \sum_{j} \hat y_j = 0", course.softmax)
    assert zero.notes == ["the derivative by z_k is always zero"]


def test_directions_of_products():
    matrices = {k: np.random.default_rng(k).normal(size=(2, 2)) for k in range(1, 5)}
    model = Model("square", lambda rng: {"V": matrices, "L": 4}, indices={r"\ell": 4})
    V = matrices
    point = {"tex": r"\prod_{k=1}^{L} V^{(k)}", "up": V[1] @ V[2] @ V[3] @ V[4]}
    np.testing.assert_allclose(value(point["tex"], model), point["up"], rtol=1e-14)
    down = value(r"\prod_{k=L}^{1} V^{(k)}", model)
    np.testing.assert_allclose(down, V[4] @ V[3] @ V[2] @ V[1], rtol=1e-14)
    # with a free index in its bounds a product may be empty, either way
    for tex, first, empty in (
        (r"\prod_{k=\ell+1}^{L} V^{(k)}", V[2] @ V[3] @ V[4], 4),
        (r"\prod_{k=L}^{\ell+1} V^{(k)}", V[4] @ V[3] @ V[2], 4),
    ):
        np.testing.assert_allclose(value(tex, model, ell=1), first, rtol=1e-14)
        assert value(tex, model, ell=empty) == 1


def test_steps_and_layers_together():
    X, Y = course.batch.point(0)["X"], course.batch.point(0)["Y"]
    np.testing.assert_array_equal(value(r"\mathbf x_2", course.batch)[:, 0], X[1])
    np.testing.assert_array_equal(value(r"y_{3,1}", course.batch), Y[2, 0])
    z = value(r"\mathbf z_2^{(1)}", course.batch)
    point = course.batch.point(0)
    np.testing.assert_allclose(z[:, 0], point["W", 1] @ X[1] + point[r"\mathbf b", 1], rtol=1e-14)


def test_readme_example():
    readme = Path(texcheck.__file__).with_name("README.md")
    result = doctest.testfile(str(readme), module_relative=False, encoding="utf-8")
    assert result.attempted == 6
    assert result.failed == 0


@pytest.mark.parametrize("module", ["", ".lexer", ".derivative", ".model", ".report"])
def test_docstring_examples(module):
    result = doctest.testmod(importlib.import_module("texcheck" + module))
    assert result.failed == 0
    assert result.attempted or not module

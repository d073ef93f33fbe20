"""What is read, what is refused, and with which words."""

import numpy as np
import pytest

from mlpkit import claim_models as course
from texcheck import Mismatch, Model, ReadError, check
from texcheck.lexer import MAX_CHARACTERS, canonical
from texcheck.report import Report

SPELLINGS = [
    (course.softmax, r"\hat{y}_{k} = \frac{\exp(z_k)}{\sum_j \exp(z_j)}"),
    (course.softmax, r"\hat y_k=\dfrac{\exp z_k}{\sum\limits_{j=1}^C\exp z_j}"),
    (course.softmax, r"\frac{\partial\hat y_k}{\partial z_j}=\hat y_k(\mathbb{1}[k=j]-\hat y_j)"),
    (course.softmax, r"\frac{\partial\hat y_k}{\partial z_j}=\hat y_k(\mathbf 1\{k=j\}-\hat y_j)"),
    (
        course.softmax,
        r"\underbrace{\hat y_k - y_k}_{\text{error}} = \frac{\partial\mathcal L}{\partial z_k}",
    ),
    (course.softmax, r"\sum_{j\ne k}\hat y_j = 1-\hat y_k"),
    (course.softmax, r"\sum_{k,j} \hat y_k \hat y_j = 1 = \sum_{kj} \hat y_k \hat y_j"),
    (course.softmax, r"e^{(z_k)} = e^{z_k}, % a comment" + "\n" + r"\qquad C := 4"),
    (course.softmax, r"\sum_{k=1}^{C} \hat y_k {}= 1 \quad \text{where } C = 4 \text{ and } 2 < C"),
    (
        course.softmax,
        r"\begin{aligned} S &= \sum_{k} e^{z_k} \\ &\quad + 0 \\ &= e^{A(\mathbf z)} \end{aligned}",
    ),
    (course.softmax, r"\hat y_k \ge 0 \qquad \forall k = 1, \ldots, C"),
    (
        course.softmax,
        r"\mathcal{L}=\sqrt{\mathcal L^2},\qquad\mathcal L=\sqrt{\mathcal L \mathcal L}",
    ),
    (course.binary, r"\sigma(z)=\frac1{1+e^{-z}}"),
    (course.binary, r"\frac{\mathrm{d}\sigma(z)}{\mathrm{d}z} = \sigma'(z)"),
    (course.network, r"z^{(\ell)}_i = (W^{(\ell)}\mathbf a^{(\ell-1)})_i + b^{(\ell)}_i"),
    (course.network, r"W^{(1)}_{12} = W^{(1)}_{1,2} = W_{12}^{(1)}"),
    (course.batch, r"\hat y_{nk} = \operatorname{softmax}(\mathbf z_n^{(L)})_k"),
    (course.matrices, r"\left[ A\mathbf u \right] = A\{\mathbf u\}"),
]


@pytest.mark.parametrize(("model", "tex"), SPELLINGS)
def test_other_spellings_are_read(model, tex):
    assert isinstance(check(tex, model), Report)


REFUSED = [
    (course.softmax, r"\hat y_k - y_k", "no relation"),
    (course.softmax, "", "nothing to read"),
    (course.softmax, r"\mathcal L = -\sum_k y_k\log\hat y_k", r"write \\ln or \\log_2"),
    (course.binary, r"\sigma' = \sigma(1-\sigma)", "needs its argument"),
    (course.matrices, r"A^T\mathbf w = A^\top\mathbf w", "T is not in the model"),
    (course.softmax, r"\ln \hat y_k y_k = 0", "ends its term"),
    (course.softmax, r"\ln(\hat y_k)^2 = 0", "whole in parentheses"),
    (course.softmax, r"\hat y_k = 1/2 z_k", r"write \\frac"),
    (course.softmax, r"\hat y_k = z_k 2", "put it first"),
    (course.softmax, r"z_12 = z_1", "needs braces"),
    (course.softmax, r"\hat y_k \propto e^{z_k}", "column 9 is not read: write the factor"),
    (course.softmax, r"\mathcal L = \hat y_k^{(2)}", "not layered"),
    (course.softmax, r"|z_k| = z_k", "plain bar is ambiguous"),
    (course.network, r"\mathbf z^{[\ell]} = \mathbf z^{(\ell)}", "printed in parentheses"),
    (course.network, r"\mathbf z = \mathbf z^{(1)}", "needs its layer"),
    (course.softmax, r"\partial_{z_j}\mathcal L = \hat y_j-y_j", r"write \\frac{\\partial A}"),
    (course.binary, r"z' = z", "a prime may only follow a function"),
    (course.binary, r"\sigma'''(z) = 0", "a prime, or two"),
    (course.softmax, r"\operatorname{softmax}'(\mathbf z) = \mathbf z", "each component alone"),
    (course.softmax, r"\hat y_k = \alpha", "alpha is not in the model 'softmax'"),
    (course.softmax, r"z = \mathbf z", r"print \\mathbf z"),
    (course.softmax, r"\hat y_k = \hat y_k, \text{ and so on}", "words 'andsoon'"),
    (course.softmax, r"[k=j] = (k=j)", "brackets"),
    (course.softmax, r"\hat y_k = {z_k + z_j} - z_j", "braces are not seen"),
    (course.softmax, r"\hat y_k = \hat y_k, k = 1", r"separate statements by \\qquad"),
    (course.softmax, r"\mathbb E_{\hat{\mathbf y}}[z] = 1", "names its index and distribution"),
    (course.softmax, r"\hat y_k \sim \mathbf y", "only in limits"),
    (course.softmax, r"\hat y_k \approx \hat y_k", "needs a tolerance"),
    (course.softmax, r"\mathcal L \leftarrow \mathcal L", "no value after the step"),
    (course.softmax, r"z_1 + \dots = S", "between two entries"),
    (course.softmax, r"z_1 + \dots + y_C = S", "more than an index"),
    (course.softmax, r"\frac{\partial^3 \mathcal L}{\partial z_1^3} = 0", "order 1 or 2"),
    (course.softmax, r"\frac{\partial \mathcal L}{\partial C} = 0", "knows no dependence"),
    (course.softmax, r"\frac{\partial y_k}{\partial z_j} = 0", "knows no dependence"),
    (course.softmax, r"\frac{\partial \mathcal L}{\partial 3} = 0", "by a value of the model"),
    (course.softmax, r"\sum_a z_a = 1", "print its bounds"),
    (course.softmax, r"\sum_{k+1} z_k = 1", "cannot read the limits"),
    (course.softmax, r"z_{k/2} = 1", "whole number"),
    (course.softmax, r"\lVert J \rVert = 1", "index F or 2"),
    (course.softmax, r"\begin{array}{l} 1 \end{array} = 1", "environment 'array'"),
    (course.softmax, r"\begin{cases} 1 & k=1 \end{cases", "never closed"),
    (course.softmax, r"\begin{aligned} 1 = 1", r"has no \\end"),
    (course.softmax, r"\frac{1} = 1", "cannot read|lacks its argument"),
    (course.softmax, r"\hat y_k = \frac{e^{z_k}}{\sum_j e^{z_j}", "never closed|ends too early"),
    (course.softmax, r"\lvert z_k \rVert = 1", "is closed by"),
    (course.softmax, "1 = 1" + " + 1" * MAX_CHARACTERS, "longer than"),
    (course.softmax, "(" * 100 + "1" + ")" * 100 + " = 1", "nested deeper"),
    (course.softmax, r"\ln " * 200 + "1 = 1", "nested deeper"),
    (course.softmax, r"\sum_{i}" * 12 + "z_k = 1", "too much to compute"),
    (course.softmax, r"\sum_{i=1}^{1000000} 1 = 1", "too much to compute"),
    (course.softmax, r"\sum_{i=1}^{10^{99}} 1 = 1", "whole number"),
]


@pytest.mark.parametrize(("model", "tex", "words"), REFUSED)
def test_what_cannot_be_read_is_said(model, tex, words):
    with pytest.raises(ReadError, match=words):
        check(tex, model)


FALSE = [
    (course.softmax, r"y_{k+1} - y_{k+1} = 0", "out of range"),
    (course.matrices, r"\mathbf u\mathbf v = 1", r"product of shapes \(3, 1\) and \(3, 1\)"),
    (course.matrices, r"\mathbf u^2 = \mathbf u\odot\mathbf u", r"use \\odot"),
    (course.matrices, r"\mathbf u - 1 = \mathbf u", "sum of shapes"),
    (course.matrices, r"\mathbf u = \mathbf u^\top", r"shape \(3, 1\) against \(1, 3\)"),
    (course.matrices, r"A\odot B = A", r"of shapes \(4, 3\) and \(3, 2\)"),
    (course.matrices, r"c^\top = c", "transpose of a number"),
    (course.matrices, r"\frac{c}{\mathbf u} = c", "division by shape"),
    (course.softmax, r"\mathbf 1^\top\hat{\mathbf y} = 2", "side 1 = side 2 fails at point 1: 1 "),
    (course.softmax, r"\sum_{k=4}^{2} z_k = 0", "from 4 up to 2"),
    (course.softmax, r"z_k = z_k \qquad \text{for } k > 9", "nothing was checked"),
    (course.softmax, r"z_k = z_k \qquad k = 1, \dots, 5", "1, …, 5 is printed, the model has"),
    (
        course.softmax,
        r"z_k = \begin{cases} z_k & k < 9 \\ 1 & \text{otherwise} \end{cases}",
        "never reached",
    ),
    (
        course.softmax,
        r"z_k = \begin{cases} z_k & k < 9 \\ 1 & k = 1 \end{cases}",
        "two cases apply",
    ),
    (course.softmax, r"0 = \begin{cases} 0 & k = 1 \end{cases}", "no case applies"),
    (course.network, r"\mathbf a^{(9)} = \mathbf x", "no layer 9"),
    (course.matrices, r"\mathbb E_{i \sim \mathbf u}[u_i] = 1", "a vector with sum 1"),
    (course.softmax, r"\frac{1}{0} = \frac{1}{0}", "fails at point 1: inf against inf"),
    (course.softmax, r"\ln(-1) = \ln(-1)", "nan against nan"),
]


@pytest.mark.parametrize(("model", "tex", "words"), FALSE)
def test_what_is_false_is_said(model, tex, words):
    with pytest.raises(Mismatch, match=words):
        check(tex, model)


def test_message_names_point_indices_and_component():
    with pytest.raises(Mismatch, match=r"side 2 = side 3 fails at point 1, k=2: "):
        check(r"\hat y_k = \hat y_k = [k = 1]\,\hat y_k", course.softmax)
    with pytest.raises(Mismatch, match=r"at point 1, component \(2, 1\): "):
        check(r"(1, 2)^\top = (1, 3)^\top", course.softmax)


def test_python_is_never_evaluated():
    for tex in (r"\operatorname{__import__}(1) = 1", "print(1) = 1", r"\text{exec} = 1", "a.b = 1"):
        with pytest.raises(ReadError):
            check(tex, course.matrices)


def test_canonical_names():
    assert canonical(r"\mathbf{\hat y}") == canonical(r"\hat{\boldsymbol{y}}") == "bf hat y"
    assert canonical(r"\operatorname{KL}") == canonical(r"\mathrm{KL}") == "KL"
    for tex in ("", "2", "x+y", r"\hat{x y}", r"\foo"):
        with pytest.raises(ReadError):
            canonical(tex)


def test_a_name_may_be_a_value_and_a_function():
    model = Model("both", lambda rng: {"H": 2.0, "p": rng.normal(size=3)}, functions={"H": np.sum})
    assert check(r"H(p) = \sum_{k=1}^{3} p_k, \qquad H = 2", model).relations == 2


def test_names_may_carry_words_and_primes():
    values = {r"\mathcal L_{\text{reg}}": 1.0, "w'": 2.0, r"w^{\text{new}}": 3.0, "w": 4.0}
    model = Model("words", lambda rng: values)
    check(r"\mathcal L_{\text{reg}} = 1, \qquad w' = 2, \qquad w^{\text{new}} = 3", model)
    with pytest.raises(ReadError, match="L_data is not in the model"):
        check(r"\mathcal L_{\text{data}} = 1", model)

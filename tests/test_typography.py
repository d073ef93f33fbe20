"""What is done to Temml's MathML, each touch on the smallest formula that shows it."""

import pytest
from browser import ROOT


@pytest.fixture(autouse=True)
def extensions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "_ext")


def typeset(tex: str) -> str:
    from mathml import typeset

    return typeset(tex, display=False)


def test_operators_in_an_exponent_close_up() -> None:
    assert '<mo lspace="0" rspace="0">+</mo>' in typeset("e^{a + b}")
    assert "<mo>+</mo>" in typeset("a + b")


def test_index_of_a_letter_with_tail_and_hat_is_lifted() -> None:
    assert '<mi class="lifted">k</mi>' in typeset(r"\hat y_k")
    assert "lifted" not in typeset(r"\hat x_k") + typeset("y_k")


def test_no_space_after_a_function_that_nothing_follows() -> None:
    assert "mspace" not in typeset(r"\varphi = \tanh")
    assert "mspace" in typeset(r"\tanh z")


def test_dots_are_no_operator() -> None:
    for tex in (r"z_1, \dots, z_C", r"a + \cdots + z"):
        assert "<mi>…</mi>" in typeset(tex) or "<mi>⋯</mi>" in typeset(tex)


def test_formula_is_spelled_on_one_line() -> None:
    from typography import spell

    assert spell(typeset(r"-\frac12")) == "−1/2"
    assert spell(typeset("e^{z_k}")) == "e^z_k"


@pytest.mark.parametrize(
    "tex", [r"\frac{1", r"\foo", "{", r"\left(", "a_1_2", r"\begin{aligned} a"]
)
def test_bad_tex_is_refused(tex: str) -> None:
    from mathml import TeXError

    with pytest.raises(TeXError):
        typeset(tex)


def test_fonts_keep_what_is_shown() -> None:
    from fonts import icon_characters, math_characters

    page = "<p>Q</p><math><mi>h</mi><mo>+</mo><mi>𝐳</mi></math>"
    assert math_characters([page]) == set(map(ord, "h+𝐳ℎ "))
    assert ord("√") in math_characters(["<math><msqrt><mn>2</mn></msqrt></math>"])
    assert icon_characters(r'a::before{content:"\f0c9"}b::after{content:"x"}') == {0xF0C9}


def test_statements_set_apart_are_formulas_of_their_own() -> None:
    from mathml import side_by_side

    assert side_by_side(r"a = b, \qquad c = d") == ["a = b, ", " c = d"]
    for whole in (r"\begin{cases} a \qquad b \end{cases}", r"\text{a \qquad b}", r"a\}\quad b"):
        assert side_by_side(whole) == [whole]

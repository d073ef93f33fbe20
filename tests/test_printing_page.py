"""The page for authors says of each line what happens to it."""

import re
from pathlib import Path

import pytest

from mlpkit import claim_models
from texcheck import Mismatch, ReadError, check

PAGE = Path(__file__).parent.parent / "chapters" / "printing_equations.md"
LINE = re.compile(r"(?P<tex>.+?) *% (read in (?P<model>\w+)|refused: (?P<words>.+))")


def lines():
    """(TeX, model, words of the refusal or None); a refused line takes the model above it."""
    found = []
    for block in re.findall(r"```tex\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S):
        model = None
        for line in block.splitlines():
            parts = LINE.fullmatch(line)
            assert parts, line
            model = parts["model"] or model
            found.append((parts["tex"], getattr(claim_models, model), parts["words"]))
    return found


LINES = lines()


@pytest.mark.parametrize(("tex", "model", "words"), LINES, ids=[tex for tex, _, _ in LINES])
def test_line_is_read_or_refused_as_the_page_says(tex, model, words):
    if words is None:
        check(tex, model)
        return
    with pytest.raises((ReadError, Mismatch), match=re.escape(words)):
        check(tex, model)


def test_each_rule_has_a_line_that_is_read_and_one_that_is_refused():
    blocks = re.findall(r"```tex\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert len(blocks) >= 14
    assert all("% read in" in block and "% refused:" in block for block in blocks)

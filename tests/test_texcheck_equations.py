"""All equations of our kind pass as printed; every slip by hand and by machine is refused."""

import json
from pathlib import Path

import pytest
from texcheck_equations import EQUATIONS
from texcheck_mutants import mutants

from texcheck import Mismatch, ReadError, check
from texcheck.grammar import Statement, read
from texcheck.lexer import relation_signs
from texcheck.report import check_statements

SURVIVORS = Path(__file__).with_name("texcheck_survivors.json")
IDS = [f"{i}-{model.name}" for i, (model, _, _) in enumerate(EQUATIONS)]
SLIPS = [(m, tex, *slip) for m, tex, slips in EQUATIONS for slip in slips]


@pytest.mark.parametrize(("model", "tex", "slips"), EQUATIONS, ids=IDS)
def test_equation_holds_as_printed(model, tex, slips):
    report = check(tex, model)
    assert report.relations == sum(len(s.relation.parts[1]) for s in read(tex, model))
    assert 0 < report.relations <= relation_signs(tex)
    assert report.points >= 2


@pytest.mark.parametrize(("model", "tex", "old", "new"), SLIPS)
def test_slip_is_refused(model, tex, old, new):
    assert tex.count(old) == 1
    with pytest.raises(Mismatch):
        check(tex.replace(old, new), model)


def test_there_are_enough_of_them():
    assert len(EQUATIONS) >= 100
    assert len(SLIPS) >= 300


def survivors():
    """Mutants that are not refused, and how many there were."""
    found, tried = {}, 0
    for model, tex, _ in EQUATIONS:
        for s, statement in enumerate(read(tex, model)):
            seen = {statement}
            for what, parts in mutants(tuple(statement), model):
                mutant = Statement(*parts)
                if mutant in seen:
                    continue
                seen.add(mutant)
                tried += 1
                try:
                    check_statements([mutant], model)
                except (Mismatch, ReadError):
                    continue
                found.setdefault(tex, []).append(f"{s}{what}")
    return found, tried


def test_one_node_mutants_are_refused_or_listed_as_true():
    """Each survivor stands in the file with the reason why it is no slip."""
    found, tried = survivors()
    listed = json.loads(SURVIVORS.read_text(encoding="utf-8"))
    assert tried >= 2500
    assert found == {tex: list(reasons) for tex, reasons in listed.items()}
    assert all(why.startswith("true") for reasons in listed.values() for why in reasons.values())


if __name__ == "__main__":
    # python tests/test_texcheck_equations.py lists what the file lacks
    known = json.loads(SURVIVORS.read_text(encoding="utf-8"))
    for tex, changes in survivors()[0].items():
        for change in changes:
            if change not in known.get(tex, {}):
                print(f"{tex}\n    {change}")

"""A test of the tests: each planted fault is caught by what its name says, and for that reason."""

import faults  # noqa: F401  registers them
import planting
import pytest

BY_CHECK = [one for one in planting.FAULTS if one.verdict == "check"]
BY_NBVAL = [one for one in planting.FAULTS if one.verdict == "nbval"]
LET_PASS = [one for one in planting.FAULTS if one.verdict in ("harmless", "open")]


def name(one):
    return one.name


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    return planting.run_nbval(planting.FAULTS, tmp_path_factory.mktemp("nbval"))


def test_the_sound_chapter_passes(tmp_path, replayed):
    sound = planting.Fault(lambda chapter: None, "harmless", "", "", False)
    assert planting.check(sound, tmp_path) == []


@pytest.mark.parametrize("one", BY_CHECK, ids=name)
def test_caught_by_check(one, tmp_path, replayed):
    messages = planting.check(one, tmp_path)
    assert any(one.says in message for message in messages), messages
    if one.cell:  # and by nbval too
        assert list(replayed[one.name]) == [one.cell]


@pytest.mark.parametrize("one", BY_NBVAL, ids=name)
def test_caught_by_nbval(one, tmp_path, replayed):
    assert planting.check(one, tmp_path) == [], "the verdict should be check"
    assert list(replayed[one.name]) == [one.cell]
    assert one.says in replayed[one.name][one.cell]


@pytest.mark.parametrize("one", LET_PASS, ids=name)
def test_let_pass(one, tmp_path, replayed):
    assert planting.check(one, tmp_path) == []
    assert not replayed.get(one.name)


def test_enough_and_no_two_alike():
    assert len({one.name for one in planting.FAULTS}) == len(planting.FAULTS) >= 35

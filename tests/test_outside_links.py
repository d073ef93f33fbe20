"""The weekly check of links to other hosts, tried on one of our own."""

from pathlib import Path

import outside_links
import pytest
from browser import serve


def test_dead_links_are_named_with_their_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "here.html").write_text("here")
    site = tmp_path / "site"
    site.mkdir()
    with serve(tmp_path) as address:
        (site / "a.html").write_text(
            f'<a href="{address}/here.html#part">x</a><a href="{address}/gone.html">y</a>'
            '<a href="b.html">z</a>'
        )
        assert outside_links.main(site) == 1
    out = capsys.readouterr().out
    assert f"{address}/gone.html: 404; linked from a.html" in out
    assert "2 links to other hosts, 1 dead" in out


def test_host_that_does_not_answer_is_dead() -> None:
    with serve(Path(__file__).parent) as address:
        pass
    assert "refused" in outside_links.fault(f"{address}/x")

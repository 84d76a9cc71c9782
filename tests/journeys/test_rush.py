"""Many people start a test at once and submit it at once, on the served site."""

from pathlib import Path

import pytest

from bench import quiz_rush
from tests.faults import saving
from tests.os2 import make_os2
from tests.serving import Installation, new_database

PEOPLE = 24  # python -m bench.quiz_rush does all 160


@pytest.mark.timeout(400)
def test_everybody_starts_and_submits_at_once_and_is_marked_right(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
):
    server = None if database == "sqlite" else request.getfixturevalue("postgres_server")
    installation = Installation(tmp_path / "instance", new_database(server))
    learners = saving.prepare(installation, lambda app: make_os2(app, PEOPLE))
    rushes, wrong = quiz_rush.run(installation, learners, within=0.1)
    assert [each.errors for each in rushes] == [[], []]
    assert [len(each.seconds) for each in rushes] == [PEOPLE, PEOPLE]
    assert wrong == []

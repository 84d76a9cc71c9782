"""kill -9 in the middle of issuing for many: no number missing or double, every file there."""

import pytest

from tests.faults import issuing, saving
from tests.serving import Installation

PEOPLE = 110  # more than one group; python -m bench.kill_rounds --what issuing has 160
KILLS = 3


@pytest.mark.timeout(500)
def test_every_certificate_is_issued_once_whatever_is_killed_meanwhile(installation: Installation):
    saving.prepare(installation, lambda app: issuing.lay_down(app, PEOPLE))
    hits = issuing.issue_under_kills(installation, PEOPLE, KILLS, seed=3)
    register = issuing.read_register(installation)
    assert register.states == {"valid": PEOPLE}
    assert len(register.numbers) == PEOPLE
    assert register.is_whole
    assert register.without_file == []
    assert hits > 0, "nothing was left to do when the kills came: the test has shown nothing"
    folder = installation.instance.parent / "kept"
    folder.mkdir()
    kept = {"LMS_BACKUP_TO": str(folder)}
    installation.lms("backup", "now", **kept)  # proved by restoring it
    installation.lms("check", "--deep", **kept)

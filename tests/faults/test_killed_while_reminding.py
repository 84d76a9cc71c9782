"""kill -9 in the middle of reminding: everybody gets one reminder, nobody two."""

import pytest

from tests.faults import reminding, saving
from tests.serving import Installation

PEOPLE = 100
KILLS = 2


@pytest.mark.one_database  # python -m bench.kill_reminders kills on both
@pytest.mark.timeout(300)
def test_everybody_is_reminded_once_whatever_is_killed_meanwhile(installation: Installation):
    def lay_down(app):
        reminding.lay_down(app, PEOPLE)
        return []

    saving.prepare(installation, lay_down)
    hits = reminding.remind_under_kills(installation, PEOPLE, KILLS, seed=4)
    assert reminding.read_reminded(installation).is_once_each(PEOPLE)
    assert hits > 0, "everybody was reminded before the kills came: the test has shown nothing"

"""kill -9 in the middle of a correction that moves many grades: all of it holds, or nothing."""

import pytest

from tests.faults import correcting, saving
from tests.serving import Installation

PEOPLE = 160
BEFORE = ("INSERT INTO corrections", "UPDATE attempt_items", "UPDATE attempts", "INSERT INTO grade")


@pytest.mark.timeout(500)
def test_a_correction_is_whole_or_not_there_and_made_again_once(installation: Installation):
    saving.prepare(installation, lambda app: correcting.lay_down(app, PEOPLE) or [])
    with saving.application(installation) as app, app.app_context():
        untouched = correcting.grades()
    assert untouched.corrections == untouched.changes == 0
    for where in (*BEFORE, "commit"):
        assert correcting.correct_and_die(installation, where) == -9, where
        with saving.application(installation) as app, app.app_context():
            assert correcting.grades() == untouched, where

    assert correcting.correct_and_die(installation, "after") == -9
    with saving.application(installation) as app, app.app_context():
        corrected = correcting.grades()
        assert corrected.corrections == 1
        moved = sum(a != b for a, b in zip(corrected.totals, untouched.totals, strict=True))
        assert corrected.changes == moved > 20
        correcting.correct()  # whoever saw no answer presses again
        assert correcting.grades() == corrected

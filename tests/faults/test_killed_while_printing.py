"""kill -9 in the middle of a printing, a stop and a resume: one file, and each original once."""

import pytest

from tests.faults import printing, saving
from tests.serving import Installation

PEOPLE = 60


@pytest.mark.one_database  # python -m bench.kill_rounds --what printing kills on both
@pytest.mark.timeout(300)
def test_a_printing_ends_in_one_file_whatever_is_killed_meanwhile(installation: Installation):
    saving.prepare(installation, lambda app: printing.lay_down_issued(app, PEOPLE))
    found = printing.print_under_kills(installation, 3, seed=2)
    assert found.hits > 0, "it was done before the kills came: the test has shown nothing"
    assert found.is_whole(PEOPLE), found

"""Which window may save, as a table of cases."""

import pytest

from lms.submissions.drafts import Kept, Stamp, Verdict, judge

CASES = [
    pytest.param(Kept(0, "", 0), Stamp("a", 1, 0), Verdict.TAKE, id="the first text is taken"),
    pytest.param(
        Kept(4, "b", 9), Stamp("a", 1, 4), Verdict.TAKE, id="who has seen the newest goes on"
    ),
    pytest.param(
        Kept(5, "b", 9), Stamp("a", 1, 4), Verdict.LATE, id="who has not seen it comes late"
    ),
    pytest.param(
        Kept(5, "a", 2), Stamp("a", 3, 1), Verdict.TAKE, id="a page follows on its own sending"
    ),
    pytest.param(
        Kept(5, "a", 3),
        Stamp("a", 3, 1, by_hand=False),
        Verdict.KNOWN,
        id="what a page sends twice is kept once",
    ),
    pytest.param(
        Kept(5, "a", 4),
        Stamp("a", 3, 1, by_hand=False),
        Verdict.KNOWN,
        id="what was overtaken on the way covers nothing",
    ),
    pytest.param(
        Kept(5, "a", 1),
        Stamp("a", 1, 5),
        Verdict.TAKE,
        id="a page that the browser shows again may be sent again by hand",
    ),
]


@pytest.mark.parametrize(("kept", "sent", "verdict"), CASES)
def test_no_window_covers_what_it_has_not_seen(kept, sent, verdict):
    assert judge(kept, sent) is verdict

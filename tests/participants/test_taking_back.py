"""What of an import can be taken back, as a table of cases."""

import pytest

from lms.participants.taking_back import Delta, Hold, RowNow, TakeBack, take_back

PHONE = Delta("phone", "+40740000001", "+40740000002")
WORK = Delta("organisation", "Asociația A", "Asociația B")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(
            RowNow(deed="new", is_place_there=True),
            TakeBack(place=True, person=True),
            id="who came with the list and did nothing goes with the place",
        ),
        pytest.param(
            RowNow(deed="new", is_place_there=True, has_signed_in=True),
            TakeBack(holds=(Hold.SIGNED_IN,)),
            id="who has signed in stays",
        ),
        pytest.param(
            RowNow(
                deed="new",
                is_place_there=True,
                place_tables=frozenset({"attempts", "lesson_progress"}),
            ),
            TakeBack(holds=(Hold.LEARNT,)),
            id="who has learnt stays, and it is said once",
        ),
        pytest.param(
            RowNow(deed="new", is_place_there=True, has_other_place=True),
            TakeBack(place=True, holds=(Hold.IN_USE_ELSEWHERE,)),
            id="a person with another place stays, this place goes",
        ),
        pytest.param(
            RowNow(deed="placed", is_place_there=True, has_signed_in=True),
            TakeBack(place=True),
            id="somebody known loses the place only, whether signed in or not",
        ),
        pytest.param(
            RowNow(deed="placed", is_place_there=True, place_tables=frozenset({"certificates"})),
            TakeBack(holds=(Hold.CERTIFIED,)),
            id="a place with a certificate stays",
        ),
        pytest.param(
            RowNow(deed="placed", is_place_there=True, place_is_withdrawn=True),
            TakeBack(holds=(Hold.WITHDRAWN,)),
            id="a withdrawal stays with its reason",
        ),
        pytest.param(
            RowNow(deed="new", is_place_there=True, place_tables=frozenset({"a_later_table"})),
            TakeBack(holds=(Hold.OTHER_RECORDS,)),
            id="a table that nobody thought of holds as well",
        ),
        pytest.param(
            RowNow(deed="new", is_place_there=True, mail_is_under_way=True),
            TakeBack(holds=(Hold.MAIL_UNDER_WAY,)),
            id="while a mail is being sent nothing is pulled away from under it",
        ),
        pytest.param(
            RowNow(deed="changed", changes=(PHONE,), values={"phone": PHONE.after}),
            TakeBack(changes=(PHONE,)),
            id="a fact that still is the list's goes back",
        ),
        pytest.param(
            RowNow(deed="changed", changes=(PHONE,), values={"phone": "+40740000003"}),
            TakeBack(holds=(Hold.CHANGED_SINCE,)),
            id="a fact changed since stays",
        ),
        pytest.param(
            RowNow(
                deed="changed",
                changes=(PHONE, WORK),
                values={"phone": PHONE.after},
                is_membership_as_left=False,
            ),
            TakeBack(changes=(PHONE,), holds=(Hold.CHANGED_SINCE,)),
            id="one fact goes back where another has moved on",
        ),
        pytest.param(
            RowNow(deed="unchanged"), TakeBack(), id="a row that did nothing undoes nothing"
        ),
        pytest.param(
            RowNow(deed="new", is_place_there=False),
            TakeBack(),
            id="a place that is gone already goes no second time",
        ),
    ],
)
def test_what_is_taken_back(row: RowNow, expected: TakeBack) -> None:
    assert take_back(row) == expected

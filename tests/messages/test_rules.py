"""Who can be written to, what is filled in, what a server meant: tables of cases."""

from __future__ import annotations

import pytest

from lms.messages.audience import Reach, WhyNot, why_not
from lms.messages.placeholders import Placeholder, fill, unknown, used
from lms.messages.server_answers import Meaning, meaning_of


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        pytest.param(Reach(False, False, True, True), None, id="an own address is written to"),
        pytest.param(Reach(False, False, False, False), WhyNot.NO_ADDRESS, id="no address"),
        pytest.param(Reach(False, False, True, False), WhyNot.SHARED_ADDRESS, id="an office's one"),
        pytest.param(Reach(False, True, True, True), WhyNot.SUSPENDED, id="suspended"),
        pytest.param(Reach(True, True, True, True), WhyNot.WITHDRAWN, id="withdrawn comes first"),
    ],
)
def test_who_can_be_written_to(reach: Reach, expected: WhyNot | None) -> None:
    assert why_not(reach) is expected


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("Bună ziua, {nume}, {ce lipsește} {Ce  Lipseste} {termen} {link} {curs}", []),
        ("{name} {what is missing} {deadline} {course} {LINK}", []),
        ("{numele} și {}, încă o dată {numele}", ["{numele}", "{}"]),
        ("{nume\n}", []),
        ("fără acolade }{", []),
    ],
)
def test_braces_that_mean_nothing_are_named(text: str, strange: list[str]) -> None:
    assert unknown(text) == strange


def test_a_value_with_braces_is_not_filled_in_again() -> None:
    values = {Placeholder.NAME: "{link}", Placeholder.LINK: "https://exemplu.example/secret"}
    assert fill("{nume}: {altceva} {LINK}", values) == (
        "{link}: {altceva} https://exemplu.example/secret"
    )
    assert used("{nume}", "{ce lipseste}") == {Placeholder.NAME, Placeholder.MISSING}


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (None, Meaning.NONE),
        ("550 5.1.1 User unknown", Meaning.NO_SUCH_ADDRESS),
        ("550 No such user here", Meaning.NO_SUCH_ADDRESS),
        ("552 5.2.2 Mailbox full", Meaning.MAILBOX_FULL),
        ("550 5.7.26 unauthenticated: SPF and DKIM failed", Meaning.NOT_TRUSTED),
        ("554 Message rejected as spam", Meaning.NOT_TRUSTED),
        ("451 4.7.1 Greylisted, try again later", Meaning.LATER),
        ("450 4.2.0 Greylisting in action", Meaning.LATER),
        ("421 4.7.28 too many messages", Meaning.TOO_MANY),
        ("[Errno 111] Connection refused", Meaning.SERVER_AWAY),
        ("given up: timed out", Meaning.SERVER_AWAY),
        ("535 5.7.8 Authentication credentials invalid", Meaning.SIGN_IN_REFUSED),
        ("unknown: connection broke off", Meaning.MAYBE_ARRIVED),
        ("too late: the hours in which it may be sent had passed", Meaning.TOO_LATE),
        ("needless: completed or stopped meanwhile", Meaning.NEEDLESS),
        ("the mail server knows only addresses of plain letters", Meaning.BAD_ADDRESS),
        ("571 Something nobody has heard of", Meaning.REFUSED),
    ],
)
def test_what_a_server_meant(answer: str | None, meaning: Meaning) -> None:
    assert meaning_of(answer) is meaning

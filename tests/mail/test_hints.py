"""What to look at after a mail server's answer; and no password travels in the open."""

from __future__ import annotations

import smtplib

import pytest

from lms.mail.hints import hint_for, records_of
from lms.mail.transport import ServerAway, Transport


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("535 5.7.8 Authentication credentials invalid", "password"),
        ("(535, b'5.7.8 Bad')", ""),
        ("550 5.7.26 Unauthenticated mail is not accepted due to SPF", "SPF"),
        ("550 5.1.1 No such user", "recipient"),
        ("553 5.7.1 Sender address rejected: not owned by user", "LMS_MAIL_FROM"),
        ("451 4.7.1 Greylisted", "later"),
        ("[Errno -2] Name or service not known", "mistyped"),
        ("[Errno 111] Connection refused", "587"),
        ("timed out", "587"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "smtps://"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "certificate"),
        ("something nobody has seen", ""),
    ],
)
def test_an_answer_has_its_hint(answer: str, word: str) -> None:
    hint = hint_for(answer)
    assert word in hint
    assert bool(hint) == bool(word)


def test_three_records_are_named_for_the_senders_domain() -> None:
    assert [r.name for r in records_of("example.ro")] == ["SPF", "DKIM", "DMARC"]
    assert all("example.ro" in r.look for r in records_of("example.ro"))


class Bare(smtplib.SMTP):
    """A server that offers no encryption, and would take a password."""

    asked: list[str] = []  # noqa: RUF012 -- one server

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()

    def ehlo_or_helo_if_needed(self) -> None:
        self.esmtp_features = {"auth": "PLAIN"}

    def login(self, user: str, *_: object, **__: object) -> tuple[int, bytes]:
        self.asked.append(user)
        return 235, b"OK"


def test_a_password_is_never_sent_where_nothing_is_encrypted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtplib, "SMTP", Bare)
    with (
        Transport("smtp://user:secret@mail.example.ro:587") as transport,
        pytest.raises(ServerAway, match="no encryption"),
    ):
        transport.greet()
    assert Bare.asked == []
    with Transport("smtp://user:secret@127.0.0.1:587") as transport:  # nobody else listens there
        transport._connect()
    assert Bare.asked == ["user"]

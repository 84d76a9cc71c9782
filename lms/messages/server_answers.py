"""What a mail server meant by its answer; pure."""

from __future__ import annotations

import enum
import re


class Meaning(enum.StrEnum):
    """What became of a mail, or what keeps it."""

    NONE = "none"
    NO_SUCH_ADDRESS = "no_such_address"
    MAILBOX_FULL = "mailbox_full"
    NOT_TRUSTED = "not_trusted"
    LATER = "later"
    TOO_MANY = "too_many"
    SERVER_AWAY = "server_away"
    SIGN_IN_REFUSED = "sign_in_refused"
    MAYBE_ARRIVED = "maybe_arrived"
    TOO_LATE = "too_late"
    NEEDLESS = "needless"
    BAD_ADDRESS = "bad_address"
    REFUSED = "refused"


_ORDER: tuple[tuple[str, Meaning], ...] = (
    (r"^unknown:", Meaning.MAYBE_ARRIVED),
    (r"^too late:", Meaning.TOO_LATE),
    (r"^needless:", Meaning.NEEDLESS),
    (r"\b5\.2\.2\b|\b4\.2\.2\b|^552\b|quota|mailbox (is )?full|over ?quota", Meaning.MAILBOX_FULL),
    (r"^53[0-9]\b|authentication|\b5\.7\.8\b", Meaning.SIGN_IN_REFUSED),
    (r"rate limit|too many|\b4\.7\.28\b|too fast|throttl", Meaning.TOO_MANY),
    (r"\b5\.7\.\d+|\bspf\b|\bdkim\b|\bdmarc\b|spam|blocked|blacklist|blocklist|relay|policy",
     Meaning.NOT_TRUSTED),
    (r"\b5\.1\.[0-9]+\b|^55[013]\b.*(user|mailbox|address|recipient|unknown|exist)|no such",
     Meaning.NO_SUCH_ADDRESS),
    (r"plain letters|is not one address", Meaning.BAD_ADDRESS),
    (r"timed? ?out|refused$|connection|unreachable|resolve|name or service|network|errno|\b421\b",
     Meaning.SERVER_AWAY),
    (r"^4\d\d\b|grey|try again|temporar", Meaning.LATER),
)  # fmt: skip


def meaning_of(answer: str | None) -> Meaning:
    """Tell what an answer as it was kept means; one that we don't know is a refusal."""
    text = (answer or "").strip().lower().removeprefix("given up: ")
    if not text:
        return Meaning.NONE
    for pattern, meaning in _ORDER:
        if re.search(pattern, text):
            return meaning
    return Meaning.REFUSED

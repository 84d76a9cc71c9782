"""What to look at when a mail server refuses, and what to tell the world about a domain: pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HINTS: tuple[tuple[str, str], ...] = (
    (
        r"offers no encryption",
        "Use the port that encrypts: smtps://…:465, or smtp://…:587 with STARTTLS.",
    ),
    (
        r"certificate verify failed|hostname mismatch",
        "The server's certificate is of another name: write the name that your provider gives.",
    ),
    (
        r"wrong version number|record layer|unexpected eof",
        "That port does not encrypt at once: use smtp:// with 587, or smtps:// with 465.",
    ),
    (
        r"^(535|534|530)|authentication",
        "User or password are wrong. Signs such as @ : / # in them are written %40 %3A %2F %23.",
    ),
    (
        r"^5(50|53|54).*(spf|dmarc|dkim|authenticat|policy)",
        "The domain's records do not allow this server to send: see SPF, DKIM and DMARC below.",
    ),
    (
        r"^5(50|51|53|54).*(sender|from|not owned|not allowed|relay)",
        "The server does not send for LMS_MAIL_FROM: use an address of the account's own domain.",
    ),
    (r"^5(50|51|53).*", "The server does not know the recipient, or won't take mail for it."),
    (r"^4\d\d", "The server asks to try later; the outbox does, with growing pauses."),
    (
        r"name or service not known|nodename|no address|name resolution",
        "The server's name is mistyped in LMS_SMTP_URL, or this machine can't resolve names.",
    ),
    (
        r"timed out|unreachable|refused",
        "Nobody answers there: check name and port. Many hosting providers block port 25: use 587.",
    ),
)


def hint_for(answer: str) -> str:
    """Return what to look at after an answer; empty where nothing fits."""
    for pattern, hint in _HINTS:
        if re.search(pattern, answer.strip(), re.IGNORECASE):
            return hint
    return ""


@dataclass(frozen=True)
class Record:
    """A DNS record that receivers look for, and the command that shows it."""

    name: str
    look: str
    wanted: str


def records_of(domain: str) -> tuple[Record, ...]:
    """Return what the world should find about a sender's domain."""
    return (
        Record("SPF", f"dig +short TXT {domain}", "v=spf1 … -all, naming the mail server"),
        Record(
            "DKIM",
            f"dig +short TXT SELECTOR._domainkey.{domain}",
            "v=DKIM1; k=rsa; p=… (your provider gives SELECTOR and key)",
        ),
        Record("DMARC", f"dig +short TXT _dmarc.{domain}", "v=DMARC1; p=quarantine; …"),
    )

"""A mail as bytes: headers that can't be forged from within, a text part and a plain HTML part."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from lms.mail.addresses import as_sent

_LONGEST_SUBJECT = 200
_LINK = re.compile(r"https?://\S*[^\s.,;:!?)\]>„”\"'’…]")  # what ends a sentence is no part of it


@dataclass(frozen=True)
class Letter:
    """What a mail says, to whom, and from whom."""

    to: str
    sender: str
    subject: str
    text: str
    html: str | None
    message_id: str
    at: datetime
    stop_url: str | None = None  # one click ends mails of this kind (RFC 8058)
    attached: tuple[str, bytes] | None = None  # a ZIP, with its name


def one_line(text: str) -> str:
    """Return the text as a header can hold it: one line, no control characters, not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST_SUBJECT else line[: _LONGEST_SUBJECT - 1] + "…"


def html_of(text: str, *, opens: str = "", site: str = "", colour: str = "#0b5c55") -> str:
    """Return paragraphs of plain text as HTML, each address as a link.

    The first paragraph that is nothing but an address of the site becomes a button with these
    words, if there are any, with the address below it: people see where it leads. An address that
    somebody wrote into a text of theirs never does.
    """
    parts = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        alone = paragraph.strip()
        if opens and _LINK.fullmatch(alone) and alone.startswith(site):
            parts.append(_button(html.escape(alone), html.escape(opens), colour))
            opens = ""
        else:
            parts.append(f"<p>{'<br>'.join(map(_line, paragraph.splitlines()))}</p>")
    return "\n".join(parts)


def _button(address: str, words: str, colour: str) -> str:
    look = "display:inline-block;padding:12px 20px;border-radius:6px;color:#ffffff;font-weight:600"
    return (
        f'<p style="margin:24px 0 8px"><a href="{address}" style="{look};background:{colour};'
        f'text-decoration:none">{words}</a></p>\n<p style="margin:0 0 24px;font-size:14px;'
        f'overflow-wrap:anywhere"><a href="{address}">{address}</a></p>'
    )


def _line(line: str) -> str:
    pieces, end = [], 0
    for match in _LINK.finditer(line):
        address = html.escape(match.group())
        pieces += [html.escape(line[end : match.start()]), f'<a href="{address}">{address}</a>']
        end = match.end()
    return "".join([*pieces, html.escape(line[end:])])


def build(letter: Letter) -> EmailMessage:
    """Build the message for its one recipient; raise ValueError where the address is none."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = _sender(letter.sender)
    message["To"] = Address(addr_spec=as_sent(letter.to))
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.stop_url:
        message["List-Unsubscribe"] = f"<{letter.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.attached:
        name, data = letter.attached
        message.add_attachment(data, maintype="application", subtype="zip", filename=name)
    return message


def sender_address(sender: str) -> str:
    """Return the bare address of a sender written as „Name <address>”."""
    return parseaddr(sender)[1]


def _sender(sender: str) -> Address:
    name, address = parseaddr(sender)
    return Address(display_name=one_line(name), addr_spec=address)

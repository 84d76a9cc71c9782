"""The words of a design filled with what one certificate says."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from lms.certificates.designs.design import Purpose, Words
from lms.certificates.numbering import display_code
from lms.certificates.wording import hours, long_date, period, wording

if TYPE_CHECKING:
    from lms.certificates.document import CertificateDocument

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)(?:\|([^{}]*))?\}")

FIXED: Final = frozenset(
    {
        "title",
        "preamble",
        "sentence",
        "course",
        "quoted_course",
        "issuers",
        "issuer_contact",
        "duration",
        "programme",
        "statements",
        "verify_page",
    }
)
"""What is the same on every certificate of an edition in one language."""

VARYING: Final = frozenset(
    {
        "holder",
        "number",
        "code",
        "period",
        "place",
        "issued_on",
        "expires_on",
        "model",
        "duplicate",
        "duplicate_number",
        "duplicate_date",
        "replaces",
        "marks",
        "note",
    }
)

PLACEHOLDERS: Final = FIXED | VARYING

NEEDED: Final = frozenset({"holder", "number", "code", "course", "title", "issued_on"})
"""What a design must show somewhere; `quoted_course` shows the course."""


@lru_cache(maxsize=4096)
def used(text: str) -> tuple[str, ...]:
    """Return the placeholders that a text names, known or not; a design asks them of each file."""
    return tuple(match[1] for match in _PLACEHOLDER.finditer(text))


def stray_braces(text: str) -> bool:
    """Whether braces stand where no placeholder is."""
    return bool(re.search(r"[{}]", _PLACEHOLDER.sub("", text)))


def is_fixed(words: Words) -> bool:
    """Whether a text is the same on every certificate of one design and edition."""
    return FIXED.issuperset(used(f"{words.ro}\n{words.en}"))


def values_of(document: CertificateDocument, purpose: Purpose) -> dict[str, str]:
    """Return what each placeholder stands for; several lines where there are several values."""
    words, locale = wording(document.locale), document.locale
    opening, closing = words.quotes
    duplicate = document.duplicate
    numbered = {"number": "", "day": ""}
    if duplicate:
        numbered = {"number": str(duplicate.number), "day": long_date(duplicate.on, locale)}
    notes = {
        Purpose.ELECTRONIC: document.seal_note or words.sealed,
        Purpose.ORIGINAL: words.original,
        Purpose.COPY: words.printed,
    }
    expires_on = document.expires_on
    marks = {
        "model": f"{words.model} · {words.model_note}" if document.is_model else "",
        "duplicate": words.duplicate.format(**numbered) if duplicate else "",
        "replaces": words.replaces.format(number=document.replaces) if document.replaces else "",
    }
    return {
        **marks,
        "marks": " · ".join(mark for mark in marks.values() if mark),
        "title": document.title,
        "preamble": words.preamble,
        "sentence": document.sentence,
        "course": document.course,
        "quoted_course": f"{opening}{document.course}{closing}" if document.course else "",
        "issuers": " · ".join(document.issuers),
        "issuer_contact": document.issuer_contact,
        "duration": hours(document.total_hours, locale),
        "programme": "\n".join(document.programme_lines),
        "statements": "\n".join(document.statements),
        "verify_page": page_address(document),
        "holder": document.holder,
        "number": document.number,
        "code": display_code(document.code),
        "period": period(document.period_from, document.period_to, locale),
        "place": document.place,
        "issued_on": long_date(document.issued_on, locale),
        "expires_on": long_date(expires_on, locale) if expires_on else "",
        "duplicate_number": numbered["number"],
        "duplicate_date": numbered["day"],
        "note": notes[purpose],
    }


def page_address(document: CertificateDocument) -> str:
    """Return the address as people type it; the code, printed in groups beside, completes it."""
    address = document.verify_url.removeprefix("https://").removeprefix("http://")
    return address.removesuffix(document.code)


def fill(text: str, values: dict[str, str]) -> tuple[str, ...]:
    """Fill a text; a line of it whose placeholder has no value and no fallback is left out."""
    lines: list[str] = []
    for line in text.split("\n"):
        missing = False

        def value(match: re.Match[str]) -> str:
            nonlocal missing
            found = values.get(match[1], "").strip() or (match[2] or "").strip()
            missing = missing or not found
            return found

        filled = _PLACEHOLDER.sub(value, line)
        if not missing:
            lines += [part for part in filled.split("\n") if part.strip()]
    return tuple(lines)

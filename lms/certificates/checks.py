"""Check what a certificate will say before a number is taken for it."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from PIL import Image

from lms import typography
from lms.certificates.designs import shipped
from lms.certificates.designs.composing import compose_what_fits
from lms.certificates.designs.design import Design, FactsBlock, Purpose, TextBlock, Words
from lms.certificates.designs.fitting import fit
from lms.certificates.designs.pictures import PNG, pixels
from lms.certificates.designs.placeholders import fill, used, values_of
from lms.certificates.designs.reserved import reserved_words
from lms.certificates.designs.vectors import NotDrawable, is_vector, read_drawing
from lms.certificates.document import CertificateDocument
from lms.certificates.numbering import normalise_code, parse_number


class ProblemKind(StrEnum):
    """What is wrong with one field."""

    EMPTY = "empty"
    GLYPH_MISSING = "glyph_missing"
    TOO_LONG = "too_long"
    CEDILLA = "cedilla"
    ALL_CAPS = "all_caps"
    ALL_LOWER = "all_lower"
    NOT_COMPOSED = "not_composed"  # marks apart from letters, stray spaces, invisible characters
    OVERCLAIM = "overclaim"  # a word that is kept for others: a warning with its reason
    HOURS_DIFFER = "hours_differ"
    PERIOD_REVERSED = "period_reversed"
    NUMBER_MALFORMED = "number_malformed"
    CODE_MALFORMED = "code_malformed"
    ADDRESS_MALFORMED = "address_malformed"
    LOGO_UNREADABLE = "logo_unreadable"
    LOGO_WITHOUT_WORDS = "logo_without_words"
    TOO_MANY = "too_many"


_TO_CONFIRM: Final = frozenset(
    {
        ProblemKind.CEDILLA,
        ProblemKind.ALL_CAPS,
        ProblemKind.ALL_LOWER,
        ProblemKind.HOURS_DIFFER,
        ProblemKind.OVERCLAIM,
    }
)


@dataclass(frozen=True)
class Problem:
    """One problem: the field as `CertificateDocument` names it, and what in it is wrong."""

    kind: ProblemKind
    field: str
    detail: str = ""

    @property
    def may_be_confirmed(self) -> bool:
        """Tell whether a person who knows better may let it stand: a name can have a cedilla."""
        return self.kind in _TO_CONFIRM


_CEDILLA: Final = re.compile("[ŞşŢţ]")
_LETTERED_FIELDS: Final = ("holder", "course", "place", "title", "sentence", "issuer_contact")
_LOGO_PIXELS: Final = 6_000_000
_LOGO_BYTES: Final = 1_000_000

_LIMITS: Final = {"logos": 4, "signatories": 2, "issuers": 4, "programme_lines": 3, "statements": 3}
_FIELDS: Final = {
    "quoted_course": "course",
    "programme": "programme_lines",
    "verify_page": "verify_url",
    "note": "seal_note",
}
"""The document's fields behind placeholders of another name."""


def check(document: CertificateDocument) -> list[Problem]:
    """List every problem, the worst for its reader first; an empty list may be numbered."""
    finders = (_empty, _letters, _name, _claims, _figures, _references, _counts, _logos, _fit)
    return [problem for find in finders for problem in find(document)]


def name_problems(name: str, design: Design | None = None) -> list[Problem]:
    """List what is wrong with a name alone, for the page where a person confirms it."""
    if not name.strip():
        return [Problem(ProblemKind.EMPTY, "holder")]
    fits = _name_fits(name, design or shipped.default())
    too_long = [] if fits else [Problem(ProblemKind.TOO_LONG, "holder", name)]
    return [*_text_problems("holder", name), *_name_case(name), *too_long]


def _name_fits(name: str, design: Design) -> bool:
    return all(
        fit((name,), block.type, block.box.across, block.box.high, block.lines)
        for block in design.blocks()
        if isinstance(block, TextBlock) and block.text.ro.strip() == "{holder}"
    )


def _texts(document: CertificateDocument) -> Iterator[tuple[str, str]]:
    """Go through every text that is printed, with its field's name."""
    for field in (*_LETTERED_FIELDS, "number", "verify_url", "seal_note"):
        yield field, getattr(document, field)
    for module in document.modules:
        yield "modules", module.title
        yield from (("modules", outcome) for outcome in module.outcomes)
    yield from (("issuers", issuer) for issuer in document.issuers)
    yield from (("programme_lines", line) for line in document.programme_lines)
    yield from (("statements", line) for line in document.statements)
    for signatory in document.signatories:
        yield "signatories", signatory.name
        yield "signatories", signatory.function


def _empty(document: CertificateDocument) -> Iterator[Problem]:
    optional = {"seal_note"}
    for field, text in _texts(document):
        if field not in optional and not text.strip():
            yield Problem(ProblemKind.EMPTY, field)
    for field in ("issuers", "signatories"):
        if not getattr(document, field):
            yield Problem(ProblemKind.EMPTY, field)
    if document.total_hours <= 0:
        yield Problem(ProblemKind.EMPTY, "total_hours")


def _letters(document: CertificateDocument) -> Iterator[Problem]:
    for field, text in _texts(document):
        yield from _text_problems(field, text)


@lru_cache(maxsize=1024)
def _text_problems(field: str, text: str) -> tuple[Problem, ...]:
    return tuple(_found_in(field, text))


def _found_in(field: str, text: str) -> Iterator[Problem]:
    if missing := typography.missing_glyphs(text):
        yield Problem(ProblemKind.GLYPH_MISSING, field, missing)
    if found := _CEDILLA.findall(text):
        yield Problem(ProblemKind.CEDILLA, field, "".join(dict.fromkeys(found)))
    invisible = any(unicodedata.category(character)[0] == "C" for character in text)
    if invisible or text != " ".join(unicodedata.normalize("NFC", text).split()):
        yield Problem(ProblemKind.NOT_COMPOSED, field)


def _name(document: CertificateDocument) -> Iterator[Problem]:
    if document.holder.strip():
        yield from _name_case(document.holder)


def _name_case(name: str) -> Iterator[Problem]:
    """Question a name in one case only; initials and short particles don't count."""
    words = [word for word in re.findall(r"[^\W\d_]+", name) if len(word) > 2]
    if any(word.isupper() for word in words):
        yield Problem(ProblemKind.ALL_CAPS, "holder", name)
    if words and all(word.islower() for word in words):
        yield Problem(ProblemKind.ALL_LOWER, "holder", name)


def _fit(document: CertificateDocument) -> Iterator[Problem]:
    """Compose the page as it will be drawn, and see what finds no room."""
    readable = tuple(logo for logo in document.logos if _readable(logo.png))
    drawn = replace(document, logos=readable)
    if _names_holder_in_a_table(drawn.design):
        yield from _room_for_all(drawn)
        return
    yield from _room_for_all(replace(drawn, holder=""))
    values = values_of(drawn, Purpose.ELECTRONIC)
    for block in drawn.design.blocks():
        if isinstance(block, TextBlock) and "holder" in used(block.text.of(drawn.locale)):
            lines, box = fill(block.text.of(drawn.locale), values), block.box
            if not fit(lines, block.type, box.across, box.high, block.lines):
                yield Problem(ProblemKind.TOO_LONG, "holder", " ".join(lines))


@lru_cache(maxsize=64)
def _names_holder_in_a_table(design: Design) -> bool:
    return any("holder" in used(words.ro + words.en) for words in _rows(design))


def _rows(design: Design) -> Iterator[Words]:
    """Go through the texts of tables; only whole tables tell what fits."""
    for block in design.blocks():
        if isinstance(block, FactsBlock):
            yield from (words for row in block.rows for words in (row.label, row.value))


@lru_cache(maxsize=64)
def _room_for_all(document: CertificateDocument) -> tuple[Problem, ...]:
    """See what finds no room; asked without the holder's name it is the same for an edition."""
    found = []
    for misfit in compose_what_fits(document.design, document).misfits:
        fields = [_FIELDS.get(name, name) for name in misfit.placeholders] or ["design"]
        found += [Problem(ProblemKind.TOO_LONG, field, misfit.text) for field in fields]
    return (*found, *_notes(document))


def _notes(document: CertificateDocument) -> Iterator[Problem]:
    """The note differs by what a page is drawn for; each must fit."""
    notes = {values_of(document, purpose)["note"] for purpose in Purpose}
    for block in document.design.blocks():
        if isinstance(block, TextBlock) and "note" in used(block.text.of(document.locale)):
            box = block.box
            for note in notes:
                if not fit((note,), block.type, box.across, box.high, block.lines):
                    yield Problem(ProblemKind.TOO_LONG, "design", note)


def _claims(document: CertificateDocument) -> Iterator[Problem]:
    for field in ("title", "sentence"):
        for found in reserved_words(getattr(document, field)):
            yield Problem(ProblemKind.OVERCLAIM, field, found.word)


def _figures(document: CertificateDocument) -> Iterator[Problem]:
    if document.modules:
        total = sum((module.hours for module in document.modules), Decimal(0))
        if total != document.total_hours:
            yield Problem(ProblemKind.HOURS_DIFFER, "total_hours", str(total))
    if document.period_to < document.period_from:
        yield Problem(ProblemKind.PERIOD_REVERSED, "period_to")


def _references(document: CertificateDocument) -> Iterator[Problem]:
    number = parse_number(document.number)
    if number is None or str(number) != document.number:
        yield Problem(ProblemKind.NUMBER_MALFORMED, "number", document.number)
    if normalise_code(document.code) != document.code:
        yield Problem(ProblemKind.CODE_MALFORMED, "code", document.code)
    web = document.verify_url.startswith(("https://", "http://"))
    if not (web and document.verify_url.isascii() and document.code in document.verify_url):
        yield Problem(ProblemKind.ADDRESS_MALFORMED, "verify_url", document.verify_url)


def _counts(document: CertificateDocument) -> Iterator[Problem]:
    for field, limit in _LIMITS.items():
        if len(getattr(document, field)) > limit:
            yield Problem(ProblemKind.TOO_MANY, field, str(limit))


def _logos(document: CertificateDocument) -> Iterator[Problem]:
    for logo in document.logos:
        if not logo.alt.strip():
            yield Problem(ProblemKind.LOGO_WITHOUT_WORDS, "logos")
        if not _readable(logo.png):
            yield Problem(ProblemKind.LOGO_UNREADABLE, "logos", logo.alt)


@lru_cache(maxsize=64)
def _readable(png: bytes) -> bool:
    """Open a logo as the page will; its size is read from the header before it is unpacked."""
    if is_vector(png):
        return _is_drawable(png)
    if not png.startswith(PNG) or len(png) > _LOGO_BYTES or len(png) < 33:
        return False
    across, high = pixels(png)
    if not 0 < across * high <= _LOGO_PIXELS:
        return False
    try:
        with Image.open(io.BytesIO(png)) as picture:
            picture.load()
    except (OSError, ValueError, SyntaxError, struct.error):
        return False
    return True


def _is_drawable(data: bytes) -> bool:
    try:
        read_drawing(data)
    except NotDrawable:
        return False
    return True

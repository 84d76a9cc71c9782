"""The words on a certificate that aren't data, in Romanian and in English.

They stand here and not in the translation catalogues: a certificate drawn again in ten years
must say what it said, whatever a catalogue says by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal, get_decimal_symbol

from lms.certificates.designs.design import Locale


@dataclass(frozen=True)
class Wording:
    """Every fixed phrase of the page, in one language."""

    title: str
    number: str
    preamble: str
    sentence: str
    modules: str
    hours: str
    period: str
    duration: str
    place: str
    issued_on: str
    programme: str
    verify: str
    code: str
    contact: str
    sealed: str
    original: str
    printed: str
    copy: str
    duplicate: str
    replaces: str
    model: str
    model_note: str
    qr_alt: str
    facts_note: str
    link_alt: str
    quotes: tuple[str, str]


ROMANIAN: Final = Wording(
    title="Certificat de participare",
    number="Seria și numărul",
    preamble="Se certifică faptul că",
    sentence="a parcurs și a promovat cursul",
    modules="Modulele parcurse",
    hours="ore",
    period="Perioada",
    duration="Durata",
    place="Locul desfășurării",
    issued_on="Data eliberării",
    programme="Proiectul",
    verify="Verificați acest certificat la adresa",
    code="cu codul",
    contact="Emitent",
    sealed="Exemplar electronic: sigiliul se verifică în fișierul PDF.",
    original="Exemplar pentru semnare olografă; există și în formă electronică, sigilat.",
    printed="Copie tipărită; certificatul există și în formă electronică, sigilat.",
    copy="COPIE",
    duplicate="DUPLICAT nr. {number} din {day}",
    replaces="Înlocuiește certificatul {number}",
    model="MODEL",
    model_note="exemplu, fără valoare",
    qr_alt="Cod QR cu adresa de verificare",
    facts_note="Ce scrie pe certificat, pentru programe",
    link_alt="Pagina de verificare a acestui certificat",
    quotes=("„", "”"),
)

ENGLISH: Final = Wording(
    title="Certificate of participation",
    number="Series and number",
    preamble="This is to certify that",
    sentence="has followed and passed the course",
    modules="Modules completed",
    hours="hours",
    period="Period",
    duration="Duration",
    place="Held at",
    issued_on="Date of issue",
    programme="Project",
    verify="Verify this certificate at",
    code="with the code",
    contact="Issuer",
    sealed="Electronic copy: its seal is verified in the PDF file.",
    original="To be signed by hand; the certificate also exists in electronic form, sealed.",
    printed="Printed copy; the certificate also exists in electronic form, sealed.",
    copy="COPY",
    duplicate="DUPLICATE no. {number} of {day}",
    replaces="Replaces the certificate {number}",
    model="MODEL",
    model_note="exemplu, fără valoare · specimen, of no value",
    qr_alt="QR code with the address for verification",
    facts_note="What the certificate says, for programs",
    link_alt="The page that verifies this certificate",
    quotes=("“", "”"),
)


def wording(locale: Locale) -> Wording:
    """Return the phrases of a language."""
    return ENGLISH if locale == "en" else ROMANIAN


@lru_cache(maxsize=1024)
def figure(amount: Decimal, locale: Locale) -> str:
    """Write a figure with the language's decimal sign."""
    return format_decimal(amount, locale=_region(locale), decimal_quantization=False)


def per_cent(amount: Decimal, locale: Locale) -> str:
    """Write a share in per cent: 92,5 %; 92.5% in English."""
    return figure(amount, locale) + (" %" if locale == "ro" else "%")


def decimal_sign(locale: Locale) -> str:
    """Return the sign between whole and part."""
    return get_decimal_symbol(_region(locale))


@lru_cache(maxsize=1024)
def hours(amount: Decimal, locale: Locale) -> str:
    """Write hours with the right form of the noun: 1 oră, 18,5 ore, 24 de ore."""
    number = figure(amount, locale)
    if locale == "en":
        return f"{number} hour" if amount == 1 else f"{number} hours"
    if amount == 1:
        return f"{number} oră"
    if amount != amount.to_integral_value() or amount == 0 or 1 <= amount % 100 <= 19:
        return f"{number} ore"
    return f"{number} de ore"


@lru_cache(maxsize=1024)
def long_date(day: date, locale: Locale) -> str:
    """Write a date in words: 22 noiembrie 2026."""
    return format_date(day, "d MMMM y", locale=_region(locale))


@lru_cache(maxsize=1024)
def period(first: date, last: date, locale: Locale) -> str:
    """Write a period once over what both ends share: 3–28 noiembrie 2026."""
    end = long_date(last, locale)
    if first == last:
        return end
    region = _region(locale)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    if first.year == last.year:
        return f"{format_date(first, 'd MMMM', locale=region)} – {end}"
    return f"{long_date(first, locale)} – {end}"


def _region(locale: Locale) -> str:
    return "en_GB" if locale == "en" else "ro_RO"

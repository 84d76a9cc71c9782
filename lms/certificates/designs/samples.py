"""What a design is looked at with: the longest and strangest names there are, or invented data."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.accounts.models import Person
from lms.certificates import drafting
from lms.certificates.designs.design import Design, Locale
from lms.certificates.document import CertificateDocument, ModuleLine, Signatory
from lms.certificates.numbering import format_number
from lms.certificates.wording import ENGLISH, ROMANIAN
from lms.courses.models import Edition, Enrolment, EnrolmentState

INVENTED: Final = (
    "Ștefania-Ioana Țurcanu",
    "Ion Ionescu",
    "Alexandrina-Constantina-Georgiana Hortopan-Constantinescu-Ștefănescu",
    "Wass-Kászonyi Erzsébet-Magdolna Nyíregyházi-Szőke",
)
_MOST: Final = 3000
_ORDINARY: Final = frozenset("abcdefghijklmnopqrstuvwxyzăâîșț -")


def names(most: int = 8) -> list[str]:
    """Return names of participants that are hardest to print, and invented ones after them."""
    rows = db.session().execute(
        sa.select(Person.given_names, Person.family_name)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.state == EnrolmentState.ACTIVE)
        .distinct()
        .order_by(Person.family_name, Person.given_names)
        .limit(_MOST)
    )
    found = [f"{given} {family}".strip() for given, family in rows]
    return list(dict.fromkeys([*hardest(found, most), *INVENTED]))


def hardest(found: Iterable[str], most: int) -> list[str]:
    """Choose the longest, the strangest and the shortest of some names."""
    everybody = sorted(set(found))
    longest = sorted(everybody, key=len, reverse=True)[: most // 2]
    strangest = sorted(everybody, key=strangeness, reverse=True)[: most // 2]
    shortest = sorted(everybody, key=len)[:1]
    strange = [name for name in strangest if strangeness(name)]
    return list(dict.fromkeys([*longest, *strange, *shortest]))[:most]


def strangeness(name: str) -> int:
    """Count the letters that a Romanian typist seldom meets; marks apart count double."""
    plain = unicodedata.normalize("NFC", name).lower()
    marks = sum(unicodedata.combining(sign) > 0 for sign in plain)
    return sum(sign not in _ORDINARY for sign in plain) + marks


def document(design: Design, name: str, locale: Locale = "ro") -> CertificateDocument:
    """Say what the newest edition's certificate would look like; invented where there is none."""
    edition = (
        db.session()
        .scalars(
            sa.select(Edition)
            .options(joinedload(Edition.programme), joinedload(Edition.course))
            .order_by(Edition.id.desc())
            .limit(1)
        )
        .first()
    )
    today = clock.today("Europe/Bucharest")
    if edition is not None:
        return drafting.specimen(edition, name, design, issued_on=today, locale=locale)
    return _invented(design, name, today, locale)


def example(design: Design, name: str) -> CertificateDocument:
    """Say the same, marked as an example of no value: it leaves the site as a file."""
    return replace(document(design, name), is_model=True)


def _invented(design: Design, name: str, today: date, locale: Locale) -> CertificateDocument:
    words = ENGLISH if locale == "en" else ROMANIAN
    look = drafting.look_of(design)
    outcomes = ("Descrieți pașii unei proceduri.", "Scrieți un plan simplu.")
    modules = tuple(
        ModuleLine(title, Decimal(hours), outcomes)
        for title, hours in (("Primul modul", "2.5"), ("Al doilea modul", "3"), ("Al treilea", "2"))
    )
    return CertificateDocument(
        number=format_number("MODEL", today.year, 1),
        code=drafting.PLACEHOLDER_CODE,
        verify_url=drafting.address_of(drafting.PLACEHOLDER_CODE),
        title=words.title,
        holder=name,
        sentence=words.sentence,
        course="Un curs inventat pentru previzualizare",
        modules=modules,
        total_hours=sum((module.hours for module in modules), Decimal(0)),
        period_from=today,
        period_to=today,
        place="online",
        issued_on=today,
        issuers=("Asociația Exemplu",),
        issuer_contact="certificate@example.org",
        signatories=(
            Signatory("Prenume Numescu", "Președinte"),
            Signatory("Alt Numescu", "Manager de proiect"),
        ),
        programme_lines=("Titlul proiectului",),
        statements=("Aici stă mențiunea finanțatorului.",),
        locale=locale,
        design=design,
        backgrounds=look.backgrounds,
        own_pictures=look.own_pictures,
    )

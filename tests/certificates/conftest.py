"""A certificate that can be varied, and seals made once for the whole run."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from PIL import Image, ImageDraw

from lms.certificates.document import CertificateDocument, Logo, ModuleLine, Signatory
from lms.certificates.numbering import code_from_bytes, format_number
from lms.certificates.render import sealed
from lms.certificates.signing.file_key import create_seal
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.verification import TrustedSeal
from lms.certificates.wording import ROMANIAN
from tests.certificates.authorities import Authorities, authorities

SEALED_AT = datetime(2026, 11, 22, 12, 5, 1, tzinfo=UTC)

MODULES = (
    ("Cadrul legal al finanțărilor nerambursabile", "2.5"),
    ("Parteneriatul social în comunitățile mici", "3"),
    ("Principii, definiții, proceduri", "3"),
    ("Întocmirea cererii de finanțare și a bugetului", "2"),
    ("Selecția publică de proiecte și comisia de evaluare", "3"),
    ("Contractul, plata și decontarea cheltuielilor", "3.5"),
    ("Monitorizarea, controlul și raportarea", "2"),
    ("Formularea propunerilor de politici publice alternative", "2"),
)

MakeDocument = Callable[..., CertificateDocument]


def code_of(seed: str) -> str:
    """Make a code that is the same in every run."""
    return code_from_bytes(hashlib.sha256(seed.encode()).digest())


def make(**changes: Any) -> CertificateDocument:
    """Make a complete certificate of invented people, with what a test wants otherwise."""
    code = changes.pop("code", code_of("Ștefania-Ioana Țurcanu"))
    document = CertificateDocument(
        number=format_number("OS2", 2026, 123),
        code=code,
        verify_url=f"https://cursuri.example.org/v/{code}",
        title=ROMANIAN.title,
        holder="Ștefania-Ioana Țurcanu",
        sentence=ROMANIAN.sentence,
        course="Parteneriat social și finanțare nerambursabilă",
        modules=tuple(ModuleLine(title, Decimal(hours)) for title, hours in MODULES),
        total_hours=Decimal(21),
        period_from=date(2026, 9, 14),
        period_to=date(2026, 11, 20),
        place="online și la Târgu Exemplu",
        issued_on=date(2026, 11, 22),
        issuers=("Asociația Orașelor Exemplu", "Fundația Comunități Inventate"),
        issuer_contact="certificate@example.org",
        signatories=(
            Signatory("Mihaela Popescu-Exemplu", "Reprezentant legal"),
            Signatory("Ion Țărănescu", "Manager de proiect"),
        ),
        programme_lines=("„Comunități care lucrează împreună”", "Cod proiect 000000"),
        statements=("Aici stă mențiunea finanțatorului.",),
    )
    return replace(document, **changes)


def make_logo(alt: str = "O siglă inventată", colour: str = "#225588") -> Logo:
    """Draw a logo with a transparent ground."""
    picture = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((10, 10, 110, 110), fill=colour)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Logo(alt, out.getvalue())


def trusted(*seals: PadesSeal) -> list[TrustedSeal]:
    """Pin seals, as a service pins those it signed with."""
    return [TrustedSeal.of(seal) for seal in seals]


@pytest.fixture
def make_document() -> MakeDocument:
    return make


@pytest.fixture(scope="session")
def seal(tmp_path_factory: pytest.TempPathFactory) -> PadesSeal:
    return create_seal(
        tmp_path_factory.mktemp("seals") / "seal",
        organisation="Asociația Orașelor Exemplu",
        is_model=False,
        now=SEALED_AT,
    )


@pytest.fixture(scope="session")
def lookalike(tmp_path_factory: pytest.TempPathFactory) -> PadesSeal:
    """A seal that a forger made: every name is the same, the key is another."""
    return create_seal(
        tmp_path_factory.mktemp("forger") / "seal",
        organisation="Asociația Orașelor Exemplu",
        is_model=False,
        now=SEALED_AT,
    )


@pytest.fixture(scope="session")
def signed(seal: PadesSeal) -> bytes:
    """One certificate, drawn and sealed as it is issued."""
    return sealed(make(), seal, at=SEALED_AT)


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authorities]:
    """Authorities for certificates and timestamps, answering on this machine."""
    with authorities(tmp_path_factory.mktemp("authorities")) as found:
        yield found


@pytest.fixture
def offices(foreign: Authorities, app: Flask) -> Iterator[Authorities]:
    """The same, with the application set to ask them for timestamps."""
    foreign.forget()
    before = app.config["LMS"]
    app.config["LMS"] = replace(
        before, tsa_url=foreign.tsa_url, tsa_roots=str(foreign.folder / "tsa-root.crt")
    )
    yield foreign
    app.config["LMS"] = before

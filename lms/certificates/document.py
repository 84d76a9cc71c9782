"""What a certificate says, as data: the facts frozen in the register when a number is taken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from lms.certificates.badge_facts import BadgeFacts

Locale = Literal["ro", "en"]

FORMAT: Final = 1
"""Version of the stored facts; raised when their meaning changes, never reused."""

FACTS_FILE: Final = "certificat.json"
"""The facts' canonical text travels under this name in every file."""


@dataclass(frozen=True)
class ModuleLine:
    """One module as printed; hours as the programme declares them."""

    title: str
    hours: Decimal


@dataclass(frozen=True)
class Signatory:
    """A person who signs by hand, with the function printed under the name."""

    name: str
    function: str


@dataclass(frozen=True)
class Logo:
    """A picture for the row on top: PNG bytes, and words for those who can't see it."""

    alt: str
    png: bytes

    @property
    def sha256(self) -> str:
        """Name the picture by its content; the facts hold this and not the bytes."""
        return hashlib.sha256(self.png).hexdigest()


@dataclass(frozen=True)
class CertificateDocument:
    """All that a certificate says; two equal documents render to the same bytes.

    `verify_url` is the full address in the QR code, frozen as printed. `place` is where the
    course was held ("online" included). `programme_lines` are the project's title and codes;
    `statements` the sentences a funder demands. Of `signatories` the first signs on the left.
    `seal_note` names the electronic seal and its level on the signed copy. `badge` is not printed.
    """

    number: str
    code: str
    verify_url: str
    title: str
    holder: str
    sentence: str
    course: str
    modules: tuple[ModuleLine, ...]
    total_hours: Decimal
    period_from: date
    period_to: date
    place: str
    issued_on: date
    issuers: tuple[str, ...]
    issuer_contact: str
    signatories: tuple[Signatory, ...]
    programme_lines: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    logos: tuple[Logo, ...] = ()
    seal_note: str = ""
    is_model: bool = False
    locale: Locale = "ro"
    badge: BadgeFacts | None = None

    def to_facts(self) -> dict[str, Any]:
        """Return the facts as plain values for a JSON column; logos by hash, bytes left out."""
        return {
            "format": FORMAT,
            "number": self.number,
            "code": self.code,
            "verify_url": self.verify_url,
            "title": self.title,
            "holder": self.holder,
            "sentence": self.sentence,
            "course": self.course,
            "modules": [{"title": m.title, "hours": _plain(m.hours)} for m in self.modules],
            "total_hours": _plain(self.total_hours),
            "period_from": self.period_from.isoformat(),
            "period_to": self.period_to.isoformat(),
            "place": self.place,
            "issued_on": self.issued_on.isoformat(),
            "issuers": list(self.issuers),
            "issuer_contact": self.issuer_contact,
            "signatories": [{"name": s.name, "function": s.function} for s in self.signatories],
            "programme_lines": list(self.programme_lines),
            "statements": list(self.statements),
            "logos": [{"alt": logo.alt, "sha256": logo.sha256} for logo in self.logos],
            "seal_note": self.seal_note,
            "is_model": self.is_model,
            "locale": self.locale,
            "badge": self.badge.to_plain() if self.badge else None,
        }

    def to_json(self) -> str:
        """Write the facts canonically: the same facts are the same text, and so the same hash."""
        return json.dumps(
            self.to_facts(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )

    @classmethod
    def from_facts(
        cls, facts: Mapping[str, Any], pictures: Mapping[str, bytes] | None = None
    ) -> CertificateDocument:
        """Rebuild a document; `pictures` gives the logos' bytes by SHA-256.

        A logo that isn't given, or whose bytes aren't those that were frozen, is a ValueError:
        a certificate is never printed again with another picture.
        """
        if facts.get("format") != FORMAT:
            raise ValueError(f"facts of format {facts.get('format')!r}, expected {FORMAT}")
        return cls(
            number=facts["number"],
            code=facts["code"],
            verify_url=facts["verify_url"],
            title=facts["title"],
            holder=facts["holder"],
            sentence=facts["sentence"],
            course=facts["course"],
            modules=tuple(ModuleLine(m["title"], Decimal(m["hours"])) for m in facts["modules"]),
            total_hours=Decimal(facts["total_hours"]),
            period_from=date.fromisoformat(facts["period_from"]),
            period_to=date.fromisoformat(facts["period_to"]),
            place=facts["place"],
            issued_on=date.fromisoformat(facts["issued_on"]),
            issuers=tuple(facts["issuers"]),
            issuer_contact=facts["issuer_contact"],
            signatories=tuple(Signatory(s["name"], s["function"]) for s in facts["signatories"]),
            programme_lines=tuple(facts["programme_lines"]),
            statements=tuple(facts["statements"]),
            logos=tuple(_logo(entry, pictures or {}) for entry in facts["logos"]),
            seal_note=facts["seal_note"],
            is_model=facts["is_model"],
            locale=facts["locale"],
            badge=BadgeFacts.from_plain(facts.get("badge")),
        )

    @classmethod
    def from_json(
        cls, text: str, pictures: Mapping[str, bytes] | None = None
    ) -> CertificateDocument:
        """Rebuild a document from its canonical text; see `from_facts`."""
        return cls.from_facts(json.loads(text), pictures)


def _plain(figure: Decimal) -> str:
    """Write a figure without exponent or idle zeros: 2.50 and 2.5 are the same hours."""
    return f"{figure.normalize():f}"


def _logo(entry: Mapping[str, str], pictures: Mapping[str, bytes]) -> Logo:
    png = pictures.get(entry["sha256"])
    if png is None:
        raise ValueError(f"the logo {entry['sha256']} is missing")
    logo = Logo(entry["alt"], png)
    if logo.sha256 != entry["sha256"]:
        raise ValueError(f"the logo {entry['sha256']} has other bytes than were frozen")
    return logo

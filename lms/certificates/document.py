"""What a certificate says, as data: the facts frozen in the register when a number is taken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from lms.certificates.badge_facts import BadgeFacts
from lms.certificates.designs import shipped
from lms.certificates.designs.design import Design, Locale, PictureBlock

FORMAT: Final = 1
"""Version of the stored facts; raised when their meaning changes, never reused."""

FACTS_FILE: Final = "certificat.json"
"""The facts' canonical text travels under this name in every file."""


@dataclass(frozen=True)
class ModuleLine:
    """One module as printed; hours as the programme declares them.

    `outcomes` are what it teaches, for the annex; `result` is the holder's own, and empty
    unless the programme prints results.
    """

    title: str
    hours: Decimal
    outcomes: tuple[str, ...] = ()
    result: str = ""


@dataclass(frozen=True)
class Logo:
    """A picture for a slot: PNG bytes, and words for those who can't see it."""

    alt: str
    png: bytes
    slot: int = 0

    @property
    def sha256(self) -> str:
        """Name the picture by its content; the facts hold this and not the bytes."""
        return hashlib.sha256(self.png).hexdigest()


@dataclass(frozen=True)
class Signatory:
    """A person who signs by hand, with the function printed under the name.

    `scan` is a picture of the signature; only a copy on paper may show it.
    """

    name: str
    function: str
    scan: Logo | None = None


@dataclass(frozen=True)
class Duplicate:
    """What a duplicate says of itself: the how-manieth it is, and its day."""

    number: int
    on: date


@dataclass(frozen=True)
class CertificateDocument:
    """All that a certificate says; two equal documents render to the same bytes.

    `verify_url` is the full address in the QR code, frozen as printed. `place` is where the
    course was held ("online" included). `programme_lines` are the project's title and codes;
    `statements` the sentences a funder demands. Of `signatories` the first signs on the left.
    `seal_note` names the electronic seal and its level on the signed copy. `replaces` is the
    number of the certificate that this one corrects. `backgrounds` are the pictures of the
    design's pages, empty where a page has none, `own_pictures` those of its blocks. `badge` is
    not printed.
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
    expires_on: date | None = None
    replaces: str = ""
    duplicate: Duplicate | None = None
    design: Design = field(default_factory=shipped.default)
    backgrounds: tuple[bytes, ...] = ()
    own_pictures: tuple[Logo, ...] = ()
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
            "modules": [
                {
                    "title": m.title,
                    "hours": _plain(m.hours),
                    "outcomes": list(m.outcomes),
                    "result": m.result,
                }
                for m in self.modules
            ],
            "total_hours": _plain(self.total_hours),
            "period_from": self.period_from.isoformat(),
            "period_to": self.period_to.isoformat(),
            "place": self.place,
            "issued_on": self.issued_on.isoformat(),
            "issuers": list(self.issuers),
            "issuer_contact": self.issuer_contact,
            "signatories": [
                {
                    "name": s.name,
                    "function": s.function,
                    "scan": s.scan.sha256 if s.scan else None,
                }
                for s in self.signatories
            ],
            "programme_lines": list(self.programme_lines),
            "statements": list(self.statements),
            "logos": [
                {"alt": logo.alt, "sha256": logo.sha256, "slot": logo.slot} for logo in self.logos
            ],
            "seal_note": self.seal_note,
            "is_model": self.is_model,
            "locale": self.locale,
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            "replaces": self.replaces,
            "duplicate": {"number": self.duplicate.number, "on": self.duplicate.on.isoformat()}
            if self.duplicate
            else None,
            "design": {"name": self.design.name.ro, "sha256": self.design.sha256},
            "badge": self.badge.to_plain() if self.badge else None,
        }

    def to_json(self) -> str:
        """Write the facts canonically: the same facts are the same text, and so the same hash."""
        return json.dumps(
            self.to_facts(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )

    @classmethod
    def from_facts(
        cls,
        facts: Mapping[str, Any],
        pictures: Mapping[str, bytes] | None = None,
        designs: Mapping[str, Design] | None = None,
    ) -> CertificateDocument:
        """Rebuild a document; `pictures` and `designs` are given by SHA-256.

        One that isn't given, or isn't the one that was frozen, is a ValueError: a certificate is
        never printed again with another picture or in another design. Shipped designs are known.
        """
        if facts.get("format") != FORMAT:
            raise ValueError(f"facts of format {facts.get('format')!r}, expected {FORMAT}")
        held = pictures or {}
        design = _design(facts["design"]["sha256"], designs or {})
        duplicate = facts["duplicate"]
        return cls(
            number=facts["number"],
            code=facts["code"],
            verify_url=facts["verify_url"],
            title=facts["title"],
            holder=facts["holder"],
            sentence=facts["sentence"],
            course=facts["course"],
            modules=tuple(
                ModuleLine(m["title"], Decimal(m["hours"]), tuple(m["outcomes"]), m["result"])
                for m in facts["modules"]
            ),
            total_hours=Decimal(facts["total_hours"]),
            period_from=date.fromisoformat(facts["period_from"]),
            period_to=date.fromisoformat(facts["period_to"]),
            place=facts["place"],
            issued_on=date.fromisoformat(facts["issued_on"]),
            issuers=tuple(facts["issuers"]),
            issuer_contact=facts["issuer_contact"],
            signatories=tuple(
                Signatory(s["name"], s["function"], _picture(s["scan"], s["name"], held))
                for s in facts["signatories"]
            ),
            programme_lines=tuple(facts["programme_lines"]),
            statements=tuple(facts["statements"]),
            logos=tuple(
                logo
                for entry in facts["logos"]
                if (logo := _picture(entry["sha256"], entry["alt"], held, entry["slot"]))
            ),
            seal_note=facts["seal_note"],
            is_model=facts["is_model"],
            locale=facts["locale"],
            expires_on=_day(facts["expires_on"]),
            replaces=facts["replaces"],
            duplicate=Duplicate(duplicate["number"], date.fromisoformat(duplicate["on"]))
            if duplicate
            else None,
            design=design,
            backgrounds=_backgrounds(design, held),
            own_pictures=_own_pictures(design, held),
            badge=BadgeFacts.from_plain(facts.get("badge")),
        )

    @classmethod
    def read_only(cls, facts: Mapping[str, Any]) -> CertificateDocument:
        """Read facts whose pictures and design may be lost: for comparing, never for drawing."""
        people = [{**person, "scan": None} for person in facts["signatories"]]
        design = {"name": "", "sha256": shipped.default().sha256}
        return cls.from_facts({**facts, "logos": [], "signatories": people, "design": design})

    @classmethod
    def from_json(
        cls,
        text: str,
        pictures: Mapping[str, bytes] | None = None,
        designs: Mapping[str, Design] | None = None,
    ) -> CertificateDocument:
        """Rebuild a document from its canonical text; see `from_facts`."""
        return cls.from_facts(json.loads(text), pictures, designs)


def _plain(figure: Decimal) -> str:
    """Write a figure without exponent or idle zeros: 2.50 and 2.5 are the same hours."""
    return f"{figure.normalize():f}"


def pictures_of(facts: Mapping[str, Any], designs: Mapping[str, Design]) -> list[str]:
    """List the hashes of the pictures that a certificate shows."""
    found = [logo["sha256"] for logo in facts["logos"]]
    found += [person["scan"] for person in facts["signatories"] if person["scan"]]
    design = designs.get(facts["design"]["sha256"])
    return [*found, *(design.pictures() if design else ())]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _design(sha256: str, designs: Mapping[str, Design]) -> Design:
    design = designs.get(sha256) or shipped.by_hash(sha256)
    if design is None:
        raise ValueError(f"the design {sha256} is missing")
    if design.sha256 != sha256:
        raise ValueError(f"the design {sha256} is another than was frozen")
    return design


def _backgrounds(design: Design, pictures: Mapping[str, bytes]) -> tuple[bytes, ...]:
    found = [_picture(page.background or None, "", pictures) for page in design.pages]
    return tuple(each.png if each else b"" for each in found) if any(found) else ()


def _own_pictures(design: Design, pictures: Mapping[str, bytes]) -> tuple[Logo, ...]:
    blocks = (block for block in design.blocks() if isinstance(block, PictureBlock))
    found = (_picture(block.sha256, block.alt.ro, pictures) for block in blocks)
    return tuple(each for each in found if each)


def _picture(
    sha256: str | None, alt: str, pictures: Mapping[str, bytes], slot: int = 0
) -> Logo | None:
    if sha256 is None:
        return None
    png = pictures.get(sha256)
    if png is None:
        raise ValueError(f"the picture {sha256} is missing")
    picture = Logo(alt, png, slot)
    if picture.sha256 != sha256:
        raise ValueError(f"the picture {sha256} has other bytes than were frozen")
    return picture

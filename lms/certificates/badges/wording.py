"""The words of a badge that aren't data; frozen in code, as a certificate's are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lms.certificates.designs.design import Locale


@dataclass(frozen=True)
class BadgeWording:
    """Every fixed phrase of a badge, in one language."""

    narrative: str
    description: str
    modules: str
    hours: str
    evidence: str
    evidence_narrative: str
    file_note: str


ROMANIAN: Final = BadgeWording(
    narrative="Titularul certificatului {sentence} „{course}”. Durata: {hours}. "
    "Perioada: {period}. Locul: {place}.",
    description="Cursul „{course}”, {hours}.",
    modules="Modulele parcurse:",
    hours="Durata, în ore",
    evidence="Verificarea certificatului",
    evidence_narrative="La această adresă emitentul arată ce scrie pe certificat și dacă este "
    "valabil.",
    file_note="Insigna electronică a certificatului (Open Badges 3.0), pentru programe",
)

ENGLISH: Final = BadgeWording(
    narrative="The holder of the certificate {sentence} “{course}”. Duration: {hours}. "
    "Period: {period}. Held at: {place}.",
    description="The course “{course}”, {hours}.",
    modules="Modules completed:",
    hours="Duration in hours",
    evidence="Verification of the certificate",
    evidence_narrative="At this address the issuer shows what the certificate says and whether "
    "it is valid.",
    file_note="The certificate's electronic badge (Open Badges 3.0), for programs",
)


def badge_wording(locale: Locale) -> BadgeWording:
    """Return the phrases of a language."""
    return ENGLISH if locale == "en" else ROMANIAN

"""What a programme needs before numbers may be given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_ISSUERS = 4


class Requirement(StrEnum):
    """One thing that gets printed, or is asked for before anything is."""

    TITLE = "title"
    SHORT_NAME = "short_name"
    FUNDER = "funder"
    CONTRACT_NUMBER = "contract_number"
    PROJECT_CODE = "project_code"
    ISSUERS = "issuers"
    ISSUER_CONTACT = "issuer_contact"
    PLACE = "place"
    FUNDING_STATEMENT = "funding_statement"
    CERTIFICATE_TITLE = "certificate_title"
    SIGNATORY_1 = "signatory_1"
    SIGNATORY_2 = "signatory_2"
    RETAIN_UNTIL = "retain_until"
    EDITION = "edition"


@dataclass(frozen=True)
class Printed:
    """What a programme says, as far as anything is asked of it."""

    title: str
    short_name: str
    funder: str | None
    contract_number: str | None
    project_code: str | None
    issuers: Sequence[str]
    issuer_contact: str | None
    place: str | None
    funding_statement: str | None
    certificate_title: str
    signatories: Sequence[tuple[str, str]]
    has_retention: bool
    editions: int


def missing(printed: Printed) -> tuple[Requirement, ...]:
    """List what is missing, in the order of the page.

    Logos may stay empty: their places are printed empty, never filled with somebody's sign.
    """
    have = {
        Requirement.TITLE: printed.title,
        Requirement.SHORT_NAME: printed.short_name,
        Requirement.FUNDER: printed.funder,
        Requirement.CONTRACT_NUMBER: printed.contract_number,
        Requirement.PROJECT_CODE: printed.project_code,
        Requirement.ISSUERS: printed.issuers,
        Requirement.ISSUER_CONTACT: printed.issuer_contact,
        Requirement.PLACE: printed.place,
        Requirement.FUNDING_STATEMENT: printed.funding_statement,
        Requirement.CERTIFICATE_TITLE: printed.certificate_title,
        Requirement.SIGNATORY_1: _signs(printed.signatories, 0),
        Requirement.SIGNATORY_2: _signs(printed.signatories, 1),
        Requirement.RETAIN_UNTIL: printed.has_retention,
        Requirement.EDITION: printed.editions,
    }
    return tuple(requirement for requirement in Requirement if not have[requirement])


def _signs(signatories: Sequence[tuple[str, str]], at: int) -> bool:
    return len(signatories) > at and all(part.strip() for part in signatories[at])

"""What a list says about a person, and what we know of somebody already here: the same facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from lms.participants.columns import Field
from lms.people_names import display_name, fold

KindCode = Literal["ngo", "public_authority", "other"]
AreaCode = Literal["urban", "rural"]


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """A person's facts under the names of the fields; empty where nothing is known.

    `phone` is in E.164 form, `county` a code, `cui` without „RO”.
    """

    family_name: str
    given_names: str
    email: str = ""
    phone: str = ""
    organisation: str = ""
    kind: KindCode | None = None
    cui: str = ""
    function: str = ""
    county: str = ""
    group: str = ""
    area: AreaCode | None = None

    @property
    def display_name(self) -> str:
        """The name as it is printed."""
        return display_name(self.family_name, self.given_names)

    @property
    def name_key(self) -> tuple[str, ...]:
        """What is equal for one name, whichever way round and with or without diacritics."""
        return tuple(sorted(fold(f"{self.family_name} {self.given_names}").split()))

    @property
    def email_key(self) -> str:
        """What is equal for one address."""
        return self.email.casefold()

    @property
    def organisation_key(self) -> str:
        """What is equal for one organisation as lists write it."""
        return fold(self.organisation)

    def works_with(self, other: PersonFacts) -> bool:
        """Tell whether both name one organisation, by its code or by its name."""
        same_code = bool(self.cui) and self.cui == other.cui
        same_name = bool(self.organisation_key) and self.organisation_key == other.organisation_key
        return same_code or same_name

    def value_of(self, field: Field) -> str:
        """Return a fact as text; a full name's two halves are asked for apart."""
        return str(getattr(self, field.value) or "")


@dataclass(frozen=True, kw_only=True)
class KnownPerson(PersonFacts):
    """Somebody already here. Staff are found like others, and never changed by a list."""

    id: int
    is_staff: bool = False


class Problem(StrEnum):
    """Why a row can't be taken as it stands."""

    MISSING_NAME = "missing_name"
    BAD_EMAIL = "bad_email"
    BAD_PHONE = "bad_phone"
    UNKNOWN_COUNTY = "unknown_county"
    BAD_CUI = "bad_cui"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_AREA = "unknown_area"
    TOO_LONG = "too_long"


class Notice(StrEnum):
    """What a person should look at; the row can be taken all the same."""

    CEDILLA = "cedilla"
    CAPITALS = "capitals"
    ODD_NAME = "odd_name"
    NAME_SPLIT = "name_split"
    SAME_EMAIL = "same_email"
    SAME_NAME_IN_ORGANISATION = "same_name_in_organisation"
    KIND_GUESSED = "kind_guessed"
    KIND_MISSING = "kind_missing"
    CUI_OF_ANOTHER_NAME = "cui_of_another_name"


@dataclass(frozen=True)
class Finding:
    """One thing found in a row: where, in which value, what is offered instead, and beside which.

    `other_row` is the earlier row that it is about.
    """

    what: Problem | Notice
    field: Field
    value: str = ""
    offered: str = ""
    other_row: int | None = None


@dataclass(frozen=True, kw_only=True)
class RosterRow(PersonFacts):
    """One row of a list, read: typed facts, and what is wrong or worth a look."""

    number: int
    problems: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

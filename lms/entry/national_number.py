"""The national number (CNP): read, checked, masked. The one place that knows how it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError
from stdnum.ro import cnp

LENGTH = 13
_SHOWN = 4
# Alba to Vrancea, Bucharest with its six sectors, Călărași, Giurgiu. The library lets more through:
# sectors that are no more, and codes that name no county.
_COUNTIES = frozenset({*(f"{n:02}" for n in range(1, 47)), "51", "52"})
_CENTURIES = {"1": 1900, "2": 1900, "3": 1800, "4": 1800, "5": 2000, "6": 2000}


class NumberFault(StrEnum):
    """Why a number is no national number."""

    LENGTH = "length"
    DATE = "date"
    IN_FUTURE = "in_future"
    COUNTY = "county"
    CHECK_DIGIT = "check_digit"
    FIRST_DIGIT = "first_digit"


@dataclass(frozen=True)
class NationalNumber:
    """A number that is well made; it never shows itself by accident."""

    digits: str = field(repr=False)

    def __str__(self) -> str:
        return masked(self.digits)

    @property
    def birth_date(self) -> date | None:
        """The date of birth; None for residents from abroad, whose century it doesn't say."""
        if self.digits[0] not in _CENTURIES:
            return None
        return cnp.get_birth_date(self.digits)


class NumberRefused(Exception):
    """The text is no national number; it doesn't hold the text."""

    def __init__(self, fault: NumberFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def read_number(text: str, *, today: date) -> NationalNumber:
    """Read what somebody typed, spaces and hyphens or not; raise NumberRefused."""
    digits = cnp.compact(text)
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise NumberRefused(NumberFault.LENGTH)
    if digits[0] == "0":
        raise NumberRefused(NumberFault.FIRST_DIGIT)
    if digits[7:9] not in _COUNTIES:
        raise NumberRefused(NumberFault.COUNTY)
    try:
        cnp.validate(digits)
    except InvalidChecksum:
        raise NumberRefused(NumberFault.CHECK_DIGIT) from None
    except (InvalidFormat, InvalidLength):
        raise NumberRefused(NumberFault.LENGTH) from None
    except ValidationError:
        raise NumberRefused(NumberFault.DATE) from None
    number = NationalNumber(digits)
    if number.birth_date is not None and number.birth_date > today:
        raise NumberRefused(NumberFault.IN_FUTURE)
    return number


def masked(digits: str) -> str:
    """Hide all but the last digits: •••••••••1234."""
    return "•" * (LENGTH - _SHOWN) + digits[-_SHOWN:]


def contradicts(number: NationalNumber, born: date | None) -> bool:
    """Whether the number says another date of birth than the person."""
    return born is not None and number.birth_date is not None and number.birth_date != born

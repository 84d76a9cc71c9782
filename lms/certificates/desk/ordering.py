"""Orders of the register's lines, as Romanian lists sort them."""

from __future__ import annotations

from collections.abc import Sequence

from lms.certificates.desk.settings import Order
from lms.certificates.queries import RegisterLine
from lms.counties import COUNTIES
from lms.people_names import person_sort_key, sort_key_ro


def ordered(lines: Sequence[RegisterLine], order: Order) -> list[RegisterLine]:
    """Order lines that come in the numbers' order."""
    makers = {Order.NAME: by_name, Order.ORGANISATION: by_organisation, Order.COUNTY: by_county}
    return makers.get(order, list)(lines)


def by_name(lines: Sequence[RegisterLine]) -> list[RegisterLine]:
    """Order lines by the holder's family name, as Romanian lists do."""
    return sorted(
        lines, key=lambda line: (person_sort_key(line.family_name, line.given_names), line.number)
    )


def by_county(lines: Sequence[RegisterLine]) -> list[RegisterLine]:
    """Order lines by county, then by organisation and name."""
    return sorted(by_organisation(lines), key=lambda line: sort_key_ro(county_name(line.county)))


def by_organisation(lines: Sequence[RegisterLine]) -> list[RegisterLine]:
    """Order lines by organisation, then by name: a bundle for each."""
    return sorted(by_name(lines), key=lambda line: sort_key_ro(line.organisation))


def county_name(code: str) -> str:
    """Name a county by its code."""
    return COUNTIES[code].name if code in COUNTIES else code

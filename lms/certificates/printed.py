"""What stands on a certificate's page, from its frozen facts, for pages and programs to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lms.certificates.wording import period


@dataclass(frozen=True)
class PrintedFields:
    """Every field printed on page one, ready to be shown beside the paper."""

    title: str
    number: str
    holder: str
    sentence: str
    course: str
    modules: tuple[tuple[str, Decimal], ...]
    total_hours: Decimal
    period: str
    place: str
    issued_on: date
    issuers: tuple[str, ...]
    issuer_contact: str
    signatories: tuple[tuple[str, str], ...]
    programme_lines: tuple[str, ...]
    statements: tuple[str, ...]
    verify_url: str
    locale: str

    def to_plain(self) -> dict[str, Any]:
        """Return the fields as plain values that JSON can hold."""
        plain = asdict(self)
        plain["total_hours"] = str(self.total_hours)
        plain["modules"] = [{"title": t, "hours": str(h)} for t, h in self.modules]
        plain["signatories"] = [{"name": n, "function": f} for n, f in self.signatories]
        plain["issued_on"] = self.issued_on.isoformat()
        return plain


def printed_fields(facts: Mapping[str, Any]) -> PrintedFields:
    """Read the printed fields from a certificate's frozen facts; logos aside."""
    return PrintedFields(
        title=facts["title"],
        number=facts["number"],
        holder=facts["holder"],
        sentence=facts["sentence"],
        course=facts["course"],
        modules=tuple((m["title"], Decimal(m["hours"])) for m in facts["modules"]),
        total_hours=Decimal(facts["total_hours"]),
        period=period(
            date.fromisoformat(facts["period_from"]),
            date.fromisoformat(facts["period_to"]),
            facts["locale"],
        ),
        place=facts["place"],
        issued_on=date.fromisoformat(facts["issued_on"]),
        issuers=tuple(facts["issuers"]),
        issuer_contact=facts["issuer_contact"],
        signatories=tuple((s["name"], s["function"]) for s in facts["signatories"]),
        programme_lines=tuple(facts["programme_lines"]),
        statements=tuple(facts["statements"]),
        verify_url=facts["verify_url"],
        locale=facts["locale"],
    )

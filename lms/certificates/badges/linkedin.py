"""The address that fills LinkedIn's form for a certificate; nothing is sent before it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode


def form_address(facts: Mapping[str, Any], expires_on: date | None) -> str:
    """Write what the form asks for: title, issuer, month, and where to verify."""
    issued_on = date.fromisoformat(facts["issued_on"])
    values: dict[str, str | int] = {
        "startTask": "CERTIFICATION_NAME",
        "name": f"{facts['title']}: {facts['course']}",
        "organizationName": ", ".join(facts["issuers"]),
        "issueYear": issued_on.year,
        "issueMonth": issued_on.month,
        "certUrl": facts["verify_url"],
        "certId": facts["number"],
    }
    if expires_on is not None:
        values |= {"expirationYear": expires_on.year, "expirationMonth": expires_on.month}
    return f"https://www.linkedin.com/profile/add?{urlencode(values)}"

"""Judge the badge that travels in a sealed file: its signature, and whether it says the same.

The seal covers the badge as it covers the page; yet whoever reads the badge alone reads no page.
So what both say is compared, from the facts that are enclosed in the same file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from lms.certificates.badge_facts import BadgeFacts
from lms.certificates.badge_outcome import CredentialOutcome
from lms.certificates.badges.checking import CredentialVerdict, RegisterRow, check_credential
from lms.certificates.badges.credential import Site, identifiers, status_of
from lms.certificates.verification import PdfVerdict


def of_file(
    seen: PdfVerdict,
    keys: Mapping[str, bytes],
    *,
    withdrawn: Mapping[str, bytes] | None = None,
    now: datetime,
) -> CredentialVerdict | None:
    """Judge the badge in a file that is intact; None where it has none."""
    if seen.badge is None:
        return None
    try:
        facts = json.loads(seen.facts or "")
    except ValueError:
        return CredentialVerdict(CredentialOutcome.MALFORMED)
    return check_attached(seen.badge, facts, keys, withdrawn=withdrawn, now=now)


def check_attached(
    jwt: str,
    facts: Mapping[str, Any],
    keys: Mapping[str, bytes],
    *,
    withdrawn: Mapping[str, bytes] | None = None,
    now: datetime,
) -> CredentialVerdict:
    """Judge a file's badge by trusted keys and the facts of the same file.

    Whether it was revoked isn't asked: who has the register asks it, and nobody else can know.
    """
    known = {**(withdrawn or {}), **keys}
    try:
        row = RegisterRow(str(facts["number"]), str(facts["holder"]), str(facts["code"]))
        found = check_credential(jwt, known, row=row, now=now)
        if found.outcome is CredentialOutcome.OTHER_CERTIFICATE or found.said is None:
            return found
        odd = next(differing(found.said, facts), "")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return CredentialVerdict(CredentialOutcome.MALFORMED)
    if odd:
        return replace(found, outcome=CredentialOutcome.OTHER_CERTIFICATE, detail=odd)
    if found.kid not in keys:
        return replace(found, outcome=CredentialOutcome.WITHDRAWN_KEY)
    return found


def differing(said: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[str]:
    """Name each member of a badge that says otherwise than the certificate's facts."""
    subject = said["credentialSubject"]
    badge = BadgeFacts.from_plain(facts["badge"])
    pairs = {
        "id": (said["id"], facts["verify_url"]),
        "issuer": (said["issuer"]["name"], ", ".join(facts["issuers"])),
        "name": (str(said.get("name")).startswith("MODEL · "), facts["is_model"]),
        "identifier": (subject["identifier"], identifiers(facts, badge) if badge else None),
        "achievement": (subject["achievement"]["name"], facts["course"]),
        "result": (subject["result"][0]["value"], facts["total_hours"]),
        "activityStartDate": (subject["activityStartDate"][:10], facts["period_from"]),
        "activityEndDate": (subject["activityEndDate"][:10], facts["period_to"]),
        "validUntil": (said.get("validUntil", ""), badge.valid_until if badge else None),
        "credentialStatus": (
            said["credentialStatus"],
            status_of(badge, Site.of(facts["verify_url"])) if badge else None,
        ),
    }
    yield from (name for name, (one, other) in pairs.items() if one != other)

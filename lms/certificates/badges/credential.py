"""A certificate as an Open Badges 3.0 credential (W3C Verifiable Credential 2.0), as plain data.

Everything comes from the frozen facts and the instant of reservation, so that the same row says the
same for ever. The site speaks as `did:web` of the address that is printed on the certificate.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlsplit

from lms.certificates.badge_facts import BadgeFacts
from lms.certificates.badges.status_list import list_of, place_in
from lms.certificates.badges.wording import BadgeWording, badge_wording
from lms.certificates.wording import hours, period, wording

VC_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
OB_CONTEXT: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
STATUS_PATH: Final = "/badges/status/"
PURPOSE: Final = "revocation"


@dataclass(frozen=True)
class Site:
    """The address from which the site speaks as an issuer."""

    origin: str

    @classmethod
    def of(cls, address: str) -> Site:
        """Find it in any of its addresses, such as a printed one."""
        parts = urlsplit(address)
        return cls(f"{parts.scheme}://{parts.netloc}")

    @property
    def did(self) -> str:
        """The issuer's name: did:web of host and port."""
        return "did:web:" + quote(urlsplit(self.origin).netloc, safe="")

    def key_id(self, kid: str) -> str:
        """Name one of the issuer's keys."""
        return f"{self.did}#{kid}"

    def status_list(self, number: int) -> str:
        """The address of a status list."""
        return f"{self.origin}{STATUS_PATH}{number}"


def credential(
    facts: Mapping[str, Any], badge: BadgeFacts, *, valid_from: datetime
) -> dict[str, Any]:
    """Say what a certificate's facts say, as an AchievementCredential."""
    site = Site.of(facts["verify_url"])
    words = badge_wording(facts["locale"])
    name = f"{facts['title']}: {facts['course']}"
    said: dict[str, Any] = {
        "@context": [VC_CONTEXT, OB_CONTEXT],
        "id": facts["verify_url"],
        "type": ["VerifiableCredential", "AchievementCredential"],
        "name": f"MODEL · {name}" if facts["is_model"] else name,
        "issuer": _profile(facts, site),
        "validFrom": instant(valid_from),
        "credentialSubject": _subject(facts, badge, words),
        "evidence": [
            {
                "id": facts["verify_url"],
                "type": ["Evidence"],
                "name": words.evidence,
                "narrative": words.evidence_narrative,
            }
        ],
        "credentialStatus": status_of(badge, site),
    }
    if facts["is_model"]:
        said["description"] = wording(facts["locale"]).model_note
    if badge.valid_until:
        said["validUntil"] = badge.valid_until
    return said


def claims(said: Mapping[str, Any]) -> dict[str, Any]:
    """Add the JWT's own claims, each equal to a member, as Open Badges 3.0 asks."""
    found = {
        **said,
        "iss": said["issuer"]["id"],
        "jti": said["id"],
        "sub": said["credentialSubject"]["id"],
        "nbf": seconds(said["validFrom"]),
    }
    if "validUntil" in said:
        found["exp"] = seconds(said["validUntil"])
    return found


def instant(moment: datetime) -> str:
    """Write an instant to the second, in UTC."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def seconds(text: str) -> int:
    """Count an instant's seconds since 1970; what is no instant with its zone is a ValueError."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return int(moment.timestamp())


def _profile(facts: Mapping[str, Any], site: Site) -> dict[str, Any]:
    return {
        "id": site.did,
        "type": ["Profile"],
        "name": ", ".join(facts["issuers"]),
        "url": site.origin,
    }


def status_of(badge: BadgeFacts, site: Site) -> dict[str, Any]:
    """Say where a badge's place in the status lists is."""
    address = site.status_list(list_of(badge.index))
    place = str(place_in(badge.index))
    return {
        "id": f"{address}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": PURPOSE,
        "statusListIndex": place,
        "statusListCredential": address,
    }


def _subject(facts: Mapping[str, Any], badge: BadgeFacts, words: BadgeWording) -> dict[str, Any]:
    results = _results(facts, badge, words)
    return {
        "id": _urn(f"holder {badge.salt}"),
        "type": ["AchievementSubject"],
        "identifier": identifiers(facts, badge),
        "licenseNumber": facts["number"],
        "activityStartDate": _midnight(facts["period_from"]),
        "activityEndDate": _midnight(facts["period_to"]),
        "achievement": _achievement(facts, words, badge, [about for about, _result in results]),
        "result": [result for _about, result in results],
    }


def identifiers(facts: Mapping[str, Any], badge: BadgeFacts) -> list[dict[str, Any]]:
    """Say who holds it: the name as printed, and what only those who know it can confirm."""
    name = {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": facts["holder"],
        "identityType": "name",
    }
    hashes = (("systemId", badge.identity), ("emailAddress", badge.email))
    return [
        name,
        *(
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": value,
                "identityType": kind,
                "salt": badge.salt,
            }
            for kind, value in hashes
            if value
        ),
    ]


def _achievement(
    facts: Mapping[str, Any], words: BadgeWording, badge: BadgeFacts, results: list[dict[str, Any]]
) -> dict[str, Any]:
    locale = facts["locale"]
    total = hours(Decimal(facts["total_hours"]), locale)
    first, last = (date.fromisoformat(facts[f"period_{end}"]) for end in ("from", "to"))
    narrative = words.narrative.format(
        sentence=facts["sentence"],
        course=facts["course"],
        hours=total,
        period=period(first, last, locale),
        place=facts["place"],
    )
    if badge.tells_modules and facts["modules"]:
        lines = (f"- {m['title']} ({hours(Decimal(m['hours']), locale)})" for m in facts["modules"])
        narrative = "\n".join((narrative, "", words.modules, "", *lines))
    return {
        "id": _achievement_id(facts),
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": facts["course"],
        "description": words.description.format(course=facts["course"], hours=total),
        "criteria": {"narrative": narrative},
        "creator": _profile(facts, Site.of(facts["verify_url"])),
        "inLanguage": locale,
        "resultDescription": results,
    }


def _achievement_id(facts: Mapping[str, Any]) -> str:
    """Name what was achieved: the same for all who took this course from these issuers."""
    parts = (Site.of(facts["verify_url"]).origin, *facts["issuers"], facts["course"])
    return _urn("achievement " + "\n".join((*parts, *facts["programme_lines"])))


def _results(
    facts: Mapping[str, Any], badge: BadgeFacts, words: BadgeWording
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Pair what can be attained with what was: the hours, and each module where it may be told."""
    achievement = _achievement_id(facts)
    of_hours = _urn(f"{achievement} hours")
    found = [
        (
            _result_of(of_hours, words.hours, "ext:Hours"),
            {"type": ["Result"], "resultDescription": of_hours, "value": facts["total_hours"]},
        )
    ]
    for module in facts["modules"] if badge.tells_modules else ():
        name = f"{module['title']} ({hours(Decimal(module['hours']), facts['locale'])})"
        urn = _urn(f"{achievement} module {name}")
        attained = {"type": ["Result"], "resultDescription": urn, "status": "Completed"}
        found.append((_result_of(urn, name, "Status"), attained))
    return found


def _result_of(urn: str, name: str, kind: str) -> dict[str, Any]:
    return {"id": urn, "type": ["ResultDescription"], "name": name, "resultType": kind}


def _midnight(day: str) -> str:
    return f"{day}T00:00:00Z"


def _urn(text: str) -> str:
    """Make a name of a text, the same each time, that can't be traced back to it."""
    digest = hashlib.sha256(f"atestat {text}".encode()).digest()
    return uuid.UUID(bytes=digest[:16], version=5).urn

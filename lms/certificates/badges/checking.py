"""Judge a badge: its signature, its form, its days, its status, and whether it fits the register.

Pure: whoever calls brings the keys that are trusted and the status lists that were fetched.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lms.certificates.badge_outcome import CredentialOutcome
from lms.certificates.badges import jws
from lms.certificates.badges.credential import PURPOSE, VC_CONTEXT, Site, claims
from lms.certificates.badges.jws import NotJws, Token
from lms.certificates.badges.status_list import (
    NotStatusList,
    decode,
    is_set,
)

_OB_CONTEXTS: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context"
_HEADER: Final = frozenset({"alg", "kid", "jwk", "typ"})  # Open Badges 3.0 allows no other
_CLAIMS: Final = ("iss", "jti", "sub", "nbf", "exp")
_MOST_LINKS: Final = 6
_PLACE: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class RegisterRow:
    """What the register says of a certificate, as far as a badge repeats it."""

    number: str
    name: str
    code: str


@dataclass(frozen=True)
class CredentialVerdict:
    """The outcome; what the badge says is given only where its signature holds."""

    outcome: CredentialOutcome
    detail: str = ""
    kid: str = ""
    said: Mapping[str, Any] | None = None

    @property
    def is_good(self) -> bool:
        """Tell whether the badge may be relied on."""
        return self.outcome is CredentialOutcome.VALID

    @property
    def number(self) -> str:
        """The certificate's number, as signed."""
        return str(self.said["credentialSubject"]["licenseNumber"]) if self.said else ""

    @property
    def name(self) -> str:
        """The holder's name, as signed."""
        return _name(self.said["credentialSubject"]) or "" if self.said else ""

    @property
    def code(self) -> str:
        """The certificate's code, as signed."""
        return str(self.said["id"]).rpartition("/")[2] if self.said else ""


class _Fault(Exception):
    """The badge breaks a rule; the text names it."""


def check_credential(
    jwt: str,
    keys: Mapping[str, bytes],
    status: Mapping[str, bytes] | None = None,
    *,
    row: RegisterRow | None = None,
    now: datetime,
) -> CredentialVerdict:
    """Judge a badge by trusted keys (kid → 32 bytes) and status lists (address → bits).

    Without `status` nothing is said about revocation: whoever has the register asks it. With
    `row` the badge must speak of that certificate.
    """
    try:
        token = jws.read(jwt.strip())
        kid = _key_named(token)
    except NotJws as error:
        return CredentialVerdict(CredentialOutcome.UNREADABLE, str(error))
    if kid not in keys:
        return CredentialVerdict(CredentialOutcome.UNKNOWN_KEY, kid=kid)
    if not token.is_signed_by(keys[kid]):
        return CredentialVerdict(CredentialOutcome.BAD_SIGNATURE, kid=kid)
    try:
        _require_form(token)
    except _Fault as fault:
        return CredentialVerdict(CredentialOutcome.MALFORMED, str(fault), kid)
    found = CredentialVerdict(CredentialOutcome.VALID, "", kid, token.payload)
    if row is not None and (row.number, row.name, row.code) != (
        found.number,
        found.name,
        found.code,
    ):
        return replace(found, outcome=CredentialOutcome.OTHER_CERTIFICATE)
    outcome = _standing(token.payload, status, now)
    return replace(found, outcome=outcome)


def read_status_list(jwt: str, keys: Mapping[str, bytes]) -> tuple[str, bytes] | None:
    """Read a signed status list: its address and its bits; None where it can't be trusted."""
    try:
        token = jws.read(jwt.strip())
        if _key_named(token) not in keys or not token.is_signed_by(keys[_key_named(token)]):
            return None
        subject = token.payload["credentialSubject"]
        if subject["type"] != "BitstringStatusList" or subject["statusPurpose"] != PURPOSE:
            return None
        if token.payload["issuer"] != token.payload["iss"]:
            return None
        return str(token.payload["id"]), decode(subject["encodedList"])
    except (NotJws, NotStatusList, KeyError, TypeError, AttributeError):
        return None


def keys_of_chain(jwt: str, roots: Iterable[x509.Certificate], *, at: datetime) -> dict[str, bytes]:
    """Return the key that a badge carries, where its chain leads to a trusted root.

    For a checker that has only the root. A key that was withdrawn since isn't known to it.
    """
    try:
        token = jws.read(jwt.strip())
        jwk = token.header.get("jwk")
        public = jws.public_of(jwk)
        if public is None or not isinstance(jwk, Mapping):
            return {}
        links = [x509.load_der_x509_certificate(der) for der in _links(jwk)]
    except (NotJws, ValueError, TypeError):
        return {}
    trusted = set(roots)
    if not links or not _leads_to(links, trusted, at):
        return {}
    own = links[0].public_key()
    if not isinstance(own, Ed25519PublicKey) or own.public_bytes_raw() != public:
        return {}
    return {jws.thumbprint(public): public}


def carried_key(jwt: str) -> dict[str, bytes]:
    """Return the key that a badge carries, whoever made it: it tells integrity, and no more."""
    try:
        public = jws.public_of(jws.read(jwt.strip()).header.get("jwk"))
    except NotJws:
        return {}
    return {jws.thumbprint(public): public} if public is not None else {}


def _links(jwk: Mapping[str, Any]) -> list[bytes]:
    written = jwk.get("x5c")
    if not isinstance(written, list) or len(written) > _MOST_LINKS:
        return []
    return [base64.b64decode(link, validate=True) for link in written]


def _leads_to(links: list[x509.Certificate], roots: set[x509.Certificate], at: datetime) -> bool:
    """Tell whether each link is issued by the next, and the last by (or is) a trusted root."""
    if any(not link.not_valid_before_utc <= at <= link.not_valid_after_utc for link in links):
        return False
    try:
        for link, issuer in pairwise(links):
            basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
            if not basic.value.ca:
                return False
            link.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    return links[-1] in roots or any(_issued_by(links[-1], root) for root in roots)


def _issued_by(link: x509.Certificate, root: x509.Certificate) -> bool:
    try:
        link.verify_directly_issued_by(root)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _key_named(token: Token) -> str:
    """Return the kid; the header must be of the one form that is issued here. Raises NotJws."""
    header = token.header
    if set(header) - _HEADER or header.get("alg") != "EdDSA" or header.get("typ") != "JWT":
        raise NotJws("another header than a badge's")
    kid = header.get("kid")
    if not isinstance(kid, str) or "#" not in kid:
        raise NotJws("names no key")
    named = kid.rpartition("#")[2]
    if "jwk" in header:
        public = jws.public_of(header["jwk"])
        if public is None or jws.thumbprint(public) != named:
            raise NotJws("carries another key than it names")
    return named


def _require_form(token: Token) -> None:
    """Ask for what Open Badges 3.0 requires of an AchievementCredential. Raises _Fault."""
    said = token.payload
    context = said.get("@context")
    if not isinstance(context, list) or context[:1] != [VC_CONTEXT] or len(context) < 2:
        raise _Fault("@context")
    if not str(context[1]).startswith(_OB_CONTEXTS):
        raise _Fault("@context")
    types = said.get("type")
    if not isinstance(types, list) or "VerifiableCredential" not in types:
        raise _Fault("type")
    if not {"AchievementCredential", "OpenBadgeCredential"} & set(map(str, types)):
        raise _Fault("type")
    _require_members(said)
    try:
        wanted = claims({k: v for k, v in said.items() if k not in _CLAIMS})
        Site.of(str(said["id"]))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise _Fault("validFrom or validUntil") from error
    for name in _CLAIMS:
        if said.get(name) != wanted.get(name):
            raise _Fault(name)
    if Site.of(str(said["id"])).did != said["issuer"]["id"]:
        raise _Fault("issuer")
    if str(token.header["kid"]).rpartition("#")[0] != said["issuer"]["id"]:
        raise _Fault("kid")


def _require_members(said: Mapping[str, Any]) -> None:
    subject = _object(said, "credentialSubject")
    achievement = _object(subject, "achievement")
    issuer = _object(said, "issuer")
    texts: list[tuple[Mapping[str, Any], str]] = [
        (said, "id"),
        (said, "validFrom"),
        (issuer, "id"),
        (subject, "id"),
        (subject, "licenseNumber"),
        (achievement, "id"),
        (achievement, "name"),
        (achievement, "description"),
        (_object(achievement, "criteria"), "narrative"),
    ]
    for holder, name in texts:
        if not isinstance(holder.get(name), str) or not holder[name]:
            raise _Fault(name)
    for holder, kind in (
        (issuer, "Profile"),
        (subject, "AchievementSubject"),
        (achievement, "Achievement"),
    ):
        if not isinstance(holder.get("type"), list) or kind not in holder["type"]:
            raise _Fault(f"type of {kind}")
    if _name(subject) is None:
        raise _Fault("identifier")
    if "vc" in said or "vp" in said:  # forbidden by the standard, since they can say otherwise
        raise _Fault("vc")


def _object(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = holder.get(name)
    if not isinstance(found, Mapping):
        raise _Fault(name)
    return found


def _name(subject: Mapping[str, Any]) -> str | None:
    """Return the one name in clear that a subject is identified by."""
    found = subject.get("identifier")
    entries = found if isinstance(found, list) else []
    names = [
        entry.get("identityHash")
        for entry in entries
        if isinstance(entry, Mapping)
        and entry.get("identityType") == "name"
        and entry.get("hashed") is False
    ]
    return names[0] if len(names) == 1 and isinstance(names[0], str) else None


def _standing(
    said: Mapping[str, Any], status: Mapping[str, bytes] | None, now: datetime
) -> CredentialOutcome:
    """Judge status before days: what was revoked is said to be so, also when it has expired."""
    if status is not None:
        found = _revoked(said, status)
        if found is not None:
            return found
    moment = now.timestamp()
    if moment < said["nbf"]:
        return CredentialOutcome.NOT_YET_VALID
    if moment > said.get("exp", moment):
        return CredentialOutcome.EXPIRED
    return CredentialOutcome.VALID


def _revoked(said: Mapping[str, Any], status: Mapping[str, bytes]) -> CredentialOutcome | None:
    entry = said.get("credentialStatus")
    if not isinstance(entry, Mapping) or entry.get("type") != "BitstringStatusListEntry":
        return CredentialOutcome.STATUS_UNKNOWN
    place = entry.get("statusListIndex")
    bits = status.get(str(entry.get("statusListCredential")))
    if bits is None or not isinstance(place, str) or not _PLACE.fullmatch(place):
        return CredentialOutcome.STATUS_UNKNOWN
    if entry.get("statusPurpose") != PURPOSE or int(place) >= 8 * len(bits):
        return CredentialOutcome.STATUS_UNKNOWN
    return CredentialOutcome.REVOKED if is_set(bits, int(place)) else None

"""What a stranger gets to know: a code or a file judged against the register."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import replace

from flask import current_app

from lms import clock, db
from lms.certificates import queries, sealing, seals
from lms.certificates.badge_outcome import CredentialOutcome
from lms.certificates.badges import keyring
from lms.certificates.badges.attached import of_file
from lms.certificates.errors import TooManyChecks
from lms.certificates.levels import approving, signatories, trusting
from lms.certificates.levels.level import best
from lms.certificates.models import Certificate
from lms.certificates.numbering import CODE_LENGTH, normalise_code, signs_in
from lms.certificates.states import HOLDER_ERASED
from lms.certificates.verification import (
    UPLOAD_LIMIT,
    Outcome,
    PdfOutcome,
    PdfVerdict,
    RegisterEntry,
    Verdict,
    foreign_host,
    host_of,
    judge,
    run_limited,
)
from lms.config import Settings

# No certificate has this code, and looking it up takes as long as any other.
_NOBODYS_CODE = "0" * 27
_WAIT_SECONDS = 20.0
_inspections = threading.BoundedSemaphore(2)

# Outcomes whose page shows who holds the certificate. A corrected one keeps the former name to
# itself, and what was never issued shows nobody.
SHOWS_HOLDER = frozenset({Outcome.VALID, Outcome.MODEL, Outcome.EXPIRED, Outcome.REVOKED})

_OF_THE_REGISTER = frozenset({Outcome.IMAGE_ONLY, Outcome.BADGE_WRONG})


def shows_holder(verdict: Verdict, found: Certificate | None) -> bool:
    """Tell whether the answer names the holder; a name that is no longer borne is never shown."""
    # Whoever shows a picture with the code on it may compare it with what the register says.
    outcome = verdict.standing if verdict.outcome in _OF_THE_REGISTER else verdict.outcome
    if found is None or outcome not in SHOWS_HOLDER:
        return False
    if outcome is not Outcome.REVOKED:
        return True
    name = found.enrolment.person.full_name
    return bool(found.facts["holder"].split() == name.split())


def entry_of(certificate: Certificate) -> RegisterEntry:
    """Gather what judging needs of a certificate."""
    holder = str(certificate.facts["holder"])
    return RegisterEntry(
        number=certificate.number,
        code=certificate.code,
        state=certificate.state,
        is_model=certificate.is_model,
        sha256s=frozenset(file.sha256 for file in certificate.files),
        expires_on=certificate.expires_on,
        ended_at=certificate.ended_at,
        holder="" if holder == HOLDER_ERASED else holder,
        hosts=_hosts(certificate),
    )


def signers_of(verdict: Verdict, found: Certificate | None) -> list[approving.Signed]:
    """Name the signatories who signed the file that was judged, or the best that is kept."""
    if found is None:
        return []
    if verdict.file_matches is None:
        return approving.signed_by(best(found.files))
    return [
        approving.named(found.enrolment.edition.programme_id, each)
        for each in (verdict.later.approvals if verdict.file_matches else ())
    ]


def check_code(typed: str) -> tuple[Verdict, Certificate | None]:
    """Answer for a code as it was typed; a malformed one is looked up like an unknown one."""
    code = normalise_code(typed)
    found = queries.by_code(code or _NOBODYS_CODE)
    host = foreign_host(typed, _hosts(found)) if found else ""
    verdict = _judged(None, None, found)
    standing = verdict.outcome if found else None
    return replace(verdict, leads_to=host, standing=standing), found


def is_of_wrong_length(typed: str) -> bool:
    """Tell whether something other than an address has too few or too many signs for a code.

    The length is printed on every certificate, so this tells nothing of the register. Codes of
    the right length are all answered alike, whether they are malformed or only unknown.
    """
    return "/" not in typed and signs_in(typed) != CODE_LENGTH


def leads_elsewhere(typed: str) -> bool:
    """Tell whether what was typed or scanned is an address of another site."""
    return bool(foreign_host(typed, _settings().hosts))


def _hosts(found: Certificate) -> frozenset[str]:
    """Return the hosts that a certificate's QR code may lead to: the printed one, and ours now."""
    return frozenset({host_of(found.verify_url), *_settings().hosts})


def _settings() -> Settings:
    settings: Settings = current_app.config["LMS"]
    return settings


def inspect(data: bytes) -> PdfVerdict:
    """Inspect an uploaded file in a process of its own; nothing of it is kept.

    Raises TooManyChecks where too many others are being inspected just now.
    """
    if len(data) > UPLOAD_LIMIT:
        return PdfVerdict(PdfOutcome.TOO_LARGE, sha256="")
    trust = trusting.trust()
    if not db.is_writing():
        db.end_reading()  # looking at the file takes its time
    if not _inspections.acquire(timeout=_WAIT_SECONDS):
        raise TooManyChecks
    try:
        with tempfile.TemporaryFile() as file:  # without a name: it ends with this request
            file.write(data)
            file.flush()
            return run_limited(file, trusted=seals.trusted(), later=trust)
    finally:
        _inspections.release()


def check_file(
    seen: PdfVerdict, sha256: str, asked_code: str = ""
) -> tuple[Verdict, Certificate | None]:
    """Answer for a file that was inspected; `asked_code` is the code whose page it was given on."""
    found: Certificate | None = None
    if asked := normalise_code(asked_code):
        found = queries.by_code(asked)
    if found is None:
        found = queries.by_sha256(sha256)
    if found is None and seen.claimed_code and (claimed := normalise_code(seen.claimed_code)):
        found = queries.by_code(claimed)
    return _judged(seen, sha256, found), found


def _judged(seen: PdfVerdict | None, sha256: str | None, found: Certificate | None) -> Verdict:
    if found is None:
        verdict = judge(seen, sha256, None, clock.today("UTC"))
        verdict = replace(verdict, picture=seen.picture if seen is not None else "")
    else:
        zone = found.enrolment.edition.programme.zone
        seen = _by_its_programme(seen, found)
        verdict = judge(seen, sha256, entry_of(found), clock.today(zone), _badge_of(seen))
    fingerprint = seen.seal_fingerprint if seen is not None else None
    later = seen.later if seen is not None else verdict.later
    return replace(verdict, later=later, seal_stolen_since=sealing.stolen_since(fingerprint))


def _by_its_programme(seen: PdfVerdict | None, found: Certificate) -> PdfVerdict | None:
    """Refuse a signatory who was pinned for another programme than the certificate's."""
    if seen is None or not seen.later.approvals:
        return seen
    pins = signatories.pins_of(found.enrolment.edition.programme_id)
    for each in seen.later.approvals:
        if not any(signatories.admits(pin, each) for pin in pins):
            return replace(seen, outcome=PdfOutcome.MANY_SIGNATURES, stranger=each.name)
    return seen


def _badge_of(seen: PdfVerdict | None) -> CredentialOutcome | None:
    if seen is None or seen.badge is None:
        return None
    keys = keyring.known()
    found = of_file(seen, keys.good, withdrawn=keys.withdrawn, now=clock.now())
    return found.outcome if found else None

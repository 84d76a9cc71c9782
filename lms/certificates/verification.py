"""Judge a code or an uploaded file against the register, and say so in one of a few outcomes.

Reading a stranger's PDF is done by `inspection`, and on a server only through `run_limited`:
in a process of its own, with little time and memory. Judging is pure.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess  # only our own module is started, with fixed arguments
import sys
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

from lms.certificates.badge_outcome import CredentialOutcome
from lms.certificates.levels.later import Later, Trust
from lms.certificates.signing.api import Signer
from lms.certificates.states import CertificateState

SIZE_LIMIT: Final = 4 * 1024 * 1024
"""Bytes of a certificate's file; one with logos is far smaller."""

UPLOAD_LIMIT: Final = 12 * 1024 * 1024
"""Bytes of an uploaded file that are looked at at all: a telephone's picture is larger."""

_ROOT: Final = Path(__file__).parents[2]  # where the package `lms` is found
_ENVIRONMENT: Final = ("PATH", "PYTHONPATH", "LANG", "TZ")  # no setting, and so no secret


@dataclass(frozen=True)
class TrustedSeal:
    """A seal that this service signs or once signed with, pinned by its certificate."""

    certificate_pem: bytes
    chain_pem: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, signer: Signer) -> TrustedSeal:
        """Pin the seal that a signer signs with."""
        return cls(signer.certificate_pem, signer.chain_pem)


class PdfOutcome(StrEnum):
    """What a file shows by itself, before the register is asked."""

    INTACT = "intact"  # one signature, by a pinned seal, over the whole file, nothing added
    CHANGED = "changed"  # the signature doesn't match the bytes it covers
    ADDED_TO = "added_to"  # something was put before, after or beside what was signed
    MANY_SIGNATURES = "many_signatures"
    UNKNOWN_SIGNER = "unknown_signer"
    NO_SIGNATURE = "no_signature"
    IMAGE = "image"  # a photograph or scan, not a document
    NOT_PDF = "not_pdf"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"  # damaged, encrypted, or made to exhaust the reader


@dataclass(frozen=True)
class PdfVerdict:
    """What inspection found; `claimed_code` is what the file says or shows, true or not.

    `claimed_address` is what its QR code holds, where one was read. `facts` and `badge` are the
    texts enclosed in a file that is intact, and only there; an empty badge can't be read.
    `picture` is what was given, small (JPEG in base64), where no code was read on it.
    """

    outcome: PdfOutcome
    sha256: str
    signed_at: datetime | None = None
    seal_fingerprint: str | None = None
    claimed_code: str | None = None
    facts: str | None = None
    later: Later = Later()  # what stands after the seal, where all of it may
    stranger: str | None = None  # who else has signed, and may not
    claimed_address: str = ""
    badge: str | None = None
    picture: str = ""

    def to_json(self) -> str:
        """Write the verdict as one line for the process that waits for it."""
        facts = asdict(self)
        facts["signed_at"] = self.signed_at.isoformat() if self.signed_at else None
        facts["later"] = self.later.to_plain()
        return json.dumps(facts)

    @classmethod
    def from_json(cls, text: str) -> PdfVerdict:
        """Read what `to_json` wrote; anything else is a ValueError, KeyError or TypeError."""
        facts = json.loads(text)
        signed_at = facts["signed_at"]
        return cls(
            outcome=PdfOutcome(facts["outcome"]),
            sha256=facts["sha256"],
            signed_at=datetime.fromisoformat(signed_at) if signed_at else None,
            seal_fingerprint=facts["seal_fingerprint"],
            claimed_code=facts["claimed_code"],
            facts=facts["facts"],
            later=Later.from_plain(facts["later"]),
            stranger=facts["stranger"],
            claimed_address=facts["claimed_address"],
            badge=facts["badge"],
            picture=facts["picture"],
        )


@dataclass(frozen=True)
class RegisterEntry:
    """What the register holds on a certificate, as far as judging needs it.

    `sha256s` are the hashes of every file kept for it; `expires_on` is the last valid day in
    the programme's zone. `holder` is the name as printed; empty once it was erased.
    `hosts` are those that its QR code may lead to.
    """

    number: str
    code: str
    state: CertificateState
    is_model: bool
    sha256s: frozenset[str]
    expires_on: date | None = None
    ended_at: datetime | None = None
    superseded_by: str | None = None
    holder: str = ""
    hosts: frozenset[str] = frozenset()


class Outcome(StrEnum):
    """The answer a stranger gets."""

    VALID = "valid"
    MODEL = "model"  # genuine, from a demonstration: an example without value
    IN_PREPARATION = "in_preparation"  # numbered; the signed file isn't kept yet
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    EXPIRED = "expired"
    VOID = "void"
    CHANGED_AFTER_ISSUE = "changed_after_issue"
    OTHER_CERTIFICATE = "other_certificate"  # a genuine file, of another code than was asked
    BADGE_WRONG = "badge_wrong"  # the file is the register's own; the badge in it is not good
    NOT_IN_REGISTER = "not_in_register"  # sealed by us, yet the register doesn't know it
    NOT_OURS = "not_ours"
    NO_SIGNATURE = "no_signature"
    IMAGE_ONLY = "image_only"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    CODE_UNKNOWN = "code_unknown"


@dataclass(frozen=True)
class Verdict:
    """The outcome, with the entry it speaks of; the page shows the entry's printed fields.

    `file_matches` is None where no file was judged. An entry may stand beside a refused file:
    then the certificate is real and the file isn't it; `standing` is what the register says of
    it. `leads_to` is the foreign host that a picture's QR code leads to.
    """

    outcome: Outcome
    entry: RegisterEntry | None = None
    file_matches: bool | None = None
    signed_at: datetime | None = None
    seal_stolen_since: datetime | None = None
    later: Later = Later()  # what stands after the seal of a file that was judged
    standing: Outcome | None = None
    leads_to: str = ""
    stranger: str = ""  # who else has signed the file, and may not
    badge: CredentialOutcome | None = None  # of the badge in a file that is the register's own
    picture: str = ""  # what was given, where somebody must read the code on it

    @property
    def was_stamped_before_theft(self) -> bool:
        """Tell whether a known authority vouches that the file was there before the theft."""
        at, since = self.later.stamped_at, self.seal_stolen_since
        return at is not None and since is not None and at < since

    @property
    def is_good(self) -> bool:
        """Tell whether what was shown may be relied on."""
        return self.outcome is Outcome.VALID


_REFUSED: Final = {
    PdfOutcome.UNKNOWN_SIGNER: Outcome.NOT_OURS,
    PdfOutcome.NO_SIGNATURE: Outcome.NO_SIGNATURE,
    PdfOutcome.IMAGE: Outcome.IMAGE_ONLY,
    PdfOutcome.NOT_PDF: Outcome.UNREADABLE,
    PdfOutcome.UNREADABLE: Outcome.UNREADABLE,
    PdfOutcome.TOO_LARGE: Outcome.TOO_LARGE,
    PdfOutcome.CHANGED: Outcome.CHANGED_AFTER_ISSUE,
    PdfOutcome.ADDED_TO: Outcome.CHANGED_AFTER_ISSUE,
    PdfOutcome.MANY_SIGNATURES: Outcome.CHANGED_AFTER_ISSUE,
}


_STANDS: Final = frozenset({Outcome.VALID, Outcome.MODEL})


def judge(
    pdf_verdict: PdfVerdict | None,
    sha256: str | None,
    register_entry: RegisterEntry | None,
    today: date,
    badge: CredentialOutcome | None = None,
) -> Verdict:
    """Answer for a code alone (no verdict, no hash) or for an uploaded file.

    For a file pass the entry that its SHA-256 or, failing that, its claimed code leads to; the
    hash is taken of the bytes received, never from the file's own words. `today` is the day in
    the programme's zone. `badge` is what became of the badge in the file: a wrong one leaves no
    file plainly valid.
    """
    if pdf_verdict is None:
        if register_entry is None:
            return Verdict(Outcome.CODE_UNKNOWN)
        return Verdict(_standing(register_entry, today), register_entry)
    if pdf_verdict.outcome is not PdfOutcome.INTACT:
        return Verdict(
            _REFUSED[pdf_verdict.outcome],
            register_entry,
            False,
            pdf_verdict.signed_at,
            standing=_standing(register_entry, today) if register_entry else None,
            leads_to=foreign_host(pdf_verdict.claimed_address, register_entry.hosts)
            if register_entry
            else "",
            stranger=pdf_verdict.stranger or "",
        )
    if register_entry is None:
        return Verdict(Outcome.NOT_IN_REGISTER, None, False, pdf_verdict.signed_at)
    is_kept = sha256 == pdf_verdict.sha256 and sha256 in register_entry.sha256s
    if not is_kept or not _agrees(pdf_verdict, register_entry):
        # Intact, and yet not a file that was kept for this entry.
        other = pdf_verdict.claimed_code != register_entry.code
        outcome = Outcome.OTHER_CERTIFICATE if other else Outcome.NOT_IN_REGISTER
        return Verdict(outcome, register_entry, False, pdf_verdict.signed_at)
    standing = _standing(register_entry, today)
    is_odd = badge is not None and not badge.fits and standing in _STANDS
    return Verdict(
        Outcome.BADGE_WRONG if is_odd else standing,
        register_entry,
        True,
        pdf_verdict.signed_at,
        standing=standing,
        badge=badge,
    )


def _agrees(verdict: PdfVerdict, entry: RegisterEntry) -> bool:
    """Tell whether code, number and name in an intact file are those of the register.

    Its hash says so already; these are asked for themselves, should the hash ever be wrong.
    """
    try:
        said = json.loads(verdict.facts or "")
        number, code, holder = said["number"], said["code"], said["holder"]
    except (ValueError, KeyError, TypeError):
        return False
    is_named = not entry.holder or holder == entry.holder
    return bool(is_named and (number, code) == (entry.number, entry.code)) and (
        verdict.claimed_code in (None, entry.code)
    )


def host_of(address: str) -> str:
    """Return the host that an address leads to; empty where it is no address."""
    if "/" not in address:
        return ""
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return address


def foreign_host(address: str, own: Collection[str]) -> str:
    """Return the host that an address leads to where it is none of ours."""
    host = host_of(address)
    return "" if host in own else host


def _standing(entry: RegisterEntry, today: date) -> Outcome:
    ended = {
        CertificateState.RESERVED: Outcome.IN_PREPARATION,
        CertificateState.SUPERSEDED: Outcome.SUPERSEDED,
        CertificateState.REVOKED: Outcome.REVOKED,
        CertificateState.VOID: Outcome.VOID,
    }
    if entry.state in ended:
        return ended[entry.state]
    if entry.expires_on is not None and today > entry.expires_on:
        return Outcome.EXPIRED
    return Outcome.MODEL if entry.is_model else Outcome.VALID


def run_limited(
    file: Path | IO[bytes],
    *,
    trusted: Sequence[TrustedSeal],
    later: Trust | None = None,
    seconds: int = 10,
    megabytes: int = 512,
) -> PdfVerdict:
    """Inspect a file in a process of its own; what exhausts its limits is unreadable.

    The process gets none of the service's settings. An open file is handed over by its number, so
    that it needs no name on the disk.
    """
    numbers = [] if isinstance(file, Path) else [file.fileno()]
    path = str(file.resolve()) if isinstance(file, Path) else f"/dev/fd/{numbers[0]}"
    order = json.dumps(
        {
            "path": path,
            "seconds": seconds,
            "megabytes": megabytes,
            "trusted": [_seal_to_plain(seal) for seal in trusted],
            "later": (later or Trust()).to_plain(),
        }
    )
    try:
        done = subprocess.run(  # fixed arguments: the order goes by stdin
            [sys.executable, "-m", "lms.certificates.inspect_process"],
            input=order,
            capture_output=True,
            text=True,
            timeout=seconds + 5,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            check=True,
            pass_fds=numbers,
        )
        return PdfVerdict.from_json(done.stdout)
    except (subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return PdfVerdict(PdfOutcome.UNREADABLE, sha256="")


def seal_from_plain(plain: dict[str, Any]) -> TrustedSeal:
    """Read a pinned seal from the order that `run_limited` gives."""
    certificate, *chain = (base64.b64decode(link) for link in plain["links"])
    return TrustedSeal(certificate, tuple(chain))


def _seal_to_plain(seal: TrustedSeal) -> dict[str, Any]:
    links = (seal.certificate_pem, *seal.chain_pem)
    return {"links": [base64.b64encode(link).decode() for link in links]}

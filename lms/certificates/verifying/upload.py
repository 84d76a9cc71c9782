"""Inspect whatever a stranger gives: a sealed file, a copy of one, a scan, a photograph."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from lms.certificates.inspection import inspect_pdf
from lms.certificates.levels.later import Trust
from lms.certificates.verification import PdfOutcome, PdfVerdict, TrustedSeal

_LOOKED_AT: Final = frozenset(
    {
        PdfOutcome.NO_SIGNATURE,
        PdfOutcome.CHANGED,
        PdfOutcome.UNKNOWN_SIGNER,
        PdfOutcome.UNREADABLE,
        PdfOutcome.TOO_LARGE,
    }
)


def inspect_upload(
    data: bytes, *, trusted: Sequence[TrustedSeal], later: Trust | None = None
) -> PdfVerdict:
    """Inspect a file; where it isn't an original, also look for the code that can be read on it."""
    verdict = inspect_pdf(data, trusted=trusted, later=later)
    with contextlib.suppress(Exception):  # a hostile picture may break its reader in any way
        if verdict.outcome is PdfOutcome.IMAGE:
            return _with_picture(verdict, data)
        if verdict.outcome in _LOOKED_AT and data.startswith(b"%PDF-"):
            return _with_pages(verdict, data)
    return verdict


def _with_picture(verdict: PdfVerdict, data: bytes) -> PdfVerdict:
    from lms.certificates.verifying.picture import read_picture  # only where one is looked at

    found = read_picture(data)
    return replace(
        verdict,
        claimed_code=found.code,
        claimed_address=found.address,
        picture=base64.b64encode(found.shown).decode(),
    )


def _with_pages(verdict: PdfVerdict, data: bytes) -> PdfVerdict:
    from lms.certificates.verifying.picture import read_pages

    found = read_pages(data)
    outcome = verdict.outcome
    if outcome is PdfOutcome.UNREADABLE and b"/Encrypt" not in data:
        outcome = PdfOutcome.NO_SIGNATURE  # a lax reader could: it is some copy
    if found.is_picture and outcome in (PdfOutcome.NO_SIGNATURE, PdfOutcome.TOO_LARGE):
        outcome = PdfOutcome.IMAGE
    return replace(
        verdict,
        outcome=outcome,
        claimed_code=verdict.claimed_code or found.code,
        claimed_address=found.address,
        picture=base64.b64encode(found.shown).decode() if outcome is PdfOutcome.IMAGE else "",
    )

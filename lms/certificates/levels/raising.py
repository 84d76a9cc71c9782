"""Bring kept files to the level that is set, behind everybody's back: issuing never waits for it.

Each step appends to the file before, is checked as a stranger would check it, and is kept at once
with its hash: what was done when a process dies is done. What fails is tried again, ever later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from flask import current_app

from lms import clock, db
from lms.certificates import register, seals
from lms.certificates.inspection import inspect_pdf
from lms.certificates.levels import trusting
from lms.certificates.levels.authority import Authority, Desk, desk
from lms.certificates.levels.files import best_files
from lms.certificates.levels.later import Later, Trust
from lms.certificates.levels.level import ORDER, Level, next_level, rank
from lms.certificates.models import Certificate, CertificateFile, LevelTry
from lms.certificates.signing.api import SealError
from lms.certificates.states import HOLDER_ERASED, CertificateState
from lms.certificates.verification import PdfOutcome, TrustedSeal
from lms.config import Settings
from lms.files import store
from lms.jobs import aside, queue

log = structlog.get_logger()

BATCH = 40
RENEW_BEFORE = timedelta(days=90)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True)
class _Order:
    """One file on its way up."""

    certificate_id: int
    level: Level
    approvals: int
    renewal: int
    sha256: str
    engine: str
    seal_fingerprint: str
    signed_by: list[Any]
    is_renewal: bool


@dataclass(frozen=True)
class Raised:
    """What came of a look at the files."""

    kept: int = 0
    failed: int = 0

    def __add__(self, other: Raised) -> Raised:
        return Raised(self.kept + other.kept, self.failed + other.failed)


def raise_levels(*, limit: int = BATCH) -> Raised:
    """Bring up to `limit` files to the level that is set; none where no authority is.

    Opens its own transactions; call it with none open. Raises RootsUnusable.
    """
    found = trusting.authority()
    if found is None:
        return Raised()
    trust = trusting.trust()
    orders = _due(limit)
    return asyncio.run(_all(orders, found, seals.trusted(), trust)) if orders else Raised()


def _due(limit: int) -> list[_Order]:
    """Find valid certificates whose best file is below the level, or whose timestamp ends soon."""
    settings: Settings = current_app.config["LMS"]
    now = clock.now()
    enough = [level.value for level in ORDER[rank(settings.tsa_level) :]]
    most = _most_signed()
    is_there = sa.exists().where(
        CertificateFile.certificate_id == Certificate.id,
        CertificateFile.approvals == most,
        CertificateFile.level.in_(enough),
        sa.or_(
            CertificateFile.level != Level.ARCHIVED.value,
            CertificateFile.stamped_until > now + RENEW_BEFORE,
        ),
    )
    ids = db.session().scalars(
        sa.select(Certificate.id)
        .outerjoin(LevelTry, LevelTry.certificate_id == Certificate.id)
        .where(
            Certificate.state == CertificateState.VALID,
            Certificate.facts["holder"].as_string() != HOLDER_ERASED,
            sa.or_(LevelTry.next_at.is_(None), LevelTry.next_at <= now),
            ~is_there,
        )
        .order_by(LevelTry.tries.nulls_first(), Certificate.id)
        .limit(limit)
    )
    files = best_files(list(ids))
    orders = [_order(key, file, settings.tsa_level) for key, file in sorted(files.items())]
    db.end_reading()
    return orders


def _most_signed() -> sa.ScalarSelect[int]:
    """Select the most signatories that any file of the certificate bears."""
    other = sa.orm.aliased(CertificateFile)
    return (
        sa.select(sa.func.max(other.approvals))
        .where(other.certificate_id == Certificate.id)
        .correlate(Certificate)
        .scalar_subquery()
    )


def _order(certificate_id: int, file: CertificateFile, target: str) -> _Order:
    return _Order(
        certificate_id,
        Level(file.level),
        file.approvals,
        file.renewal,
        file.sha256,
        file.engine,
        file.seal_fingerprint,
        list(file.signed_by),
        is_renewal=next_level(file.level, target) is None,
    )


async def _all(
    orders: Sequence[_Order], authority: Authority, sealed: Sequence[TrustedSeal], trust: Trust
) -> Raised:
    """Work on all orders at one desk, few at a time."""
    settings: Settings = current_app.config["LMS"]
    free = asyncio.Semaphore(settings.tsa_parallel)
    chains = [pem for seal in sealed for pem in (seal.certificate_pem, *seal.chain_pem)]
    anchors = [pin.anchor_pem for pin in trust.signatories]
    async with desk(authority, chains=chains, anchors=anchors) as opened:
        work = _Work(opened, free, sealed, trust, settings.tsa_level)
        done = await asyncio.gather(*(work.raise_one(order) for order in orders))
    return sum(done, Raised())


class NotAsExpected(Exception):
    """What was made doesn't verify as what it should be; it isn't kept."""


@dataclass(frozen=True)
class _Work:
    """What the orders of a batch share."""

    desk: Desk
    free: asyncio.Semaphore
    sealed: Sequence[TrustedSeal]
    trust: Trust
    target: str

    async def raise_one(self, order: _Order) -> Raised:
        """Take one file up to the target, keeping each level; what goes wrong is written down."""
        kept = 0
        try:
            data = store.get(register.store_folder(), order.sha256)
            if order.is_renewal:
                return Raised(await self._renew(order, data))
            level: Level | None = order.level
            while level and (level := next_level(level, self.target)):
                async with self.free:
                    data = await self._next(data, level)
                kept += await self._keep(order, data, level, order.renewal)
        except Exception as error:  # whatever it is, it is this file's, and it is tried again
            _note_failure(order, error)
            return Raised(kept, 1)
        return Raised(kept)

    async def _next(self, data: bytes, level: Level) -> bytes:
        if level is Level.EVIDENCED:
            return await self.desk.add_evidence(data)
        return await self.desk.timestamp(data)

    async def _renew(self, order: _Order, data: bytes) -> int:
        """Put another timestamp over a file, with what the last one needs to be verified."""
        async with self.free:
            data = await self.desk.timestamp(await self.desk.add_evidence(data))
        return await self._keep(order, data, order.level, order.renewal + 1)

    async def _keep(self, order: _Order, data: bytes, level: Level, renewal: int) -> int:
        later = await asyncio.to_thread(self._checked, data, level, order.approvals)
        return _keep(order, data, later, renewal)

    def _checked(self, data: bytes, level: Level, approvals: int) -> Later:
        """Look at a file as a stranger would, before it is kept."""
        verdict = inspect_pdf(data, trusted=self.sealed, later=self.trust)
        later = verdict.later
        if verdict.outcome is not PdfOutcome.INTACT or later.level is not level:
            raise NotAsExpected(f"{verdict.outcome.value}, {later.level.value} for {level.value}")
        if not all(stamp.is_trusted for stamp in later.stamps):
            raise NotAsExpected("a timestamp of an unknown authority")
        if len(later.approvals) != approvals:
            raise NotAsExpected("another number of signatories")
        return later


def _keep(order: _Order, data: bytes, later: Later, renewal: int) -> int:
    """Store a file and enter it in the register; return 0 where it is there already."""
    sha256 = store.put(register.store_folder(), data)
    now = clock.now()
    with db.writing() as session:
        certificate = session.scalars(
            sa.select(Certificate)
            .where(Certificate.id == order.certificate_id)
            .with_for_update(of=Certificate)
        ).one()
        if certificate.facts["holder"] == HOLDER_ERASED:
            return 0
        tried = session.get(LevelTry, certificate.id)
        if tried is not None:
            session.delete(tried)
        return register.keep_file(
            certificate,
            CertificateFile(
                level=later.level.value,
                sha256=sha256,
                size=len(data),
                engine=order.engine,
                seal_fingerprint=order.seal_fingerprint,
                created_at=now,
                approvals=order.approvals,
                renewal=renewal,
                stamped_at=later.stamped_at,
                stamped_until=later.stamped_until,
                signed_by=order.signed_by,
            ),
            by=None,
        )


def _note_failure(order: _Order, error: Exception) -> None:
    """Write down what went wrong, and try again after a pause that doubles each time."""
    log.warning("level not reached", certificate=order.certificate_id, error=str(error))
    with db.writing() as session:
        found = session.get(LevelTry, order.certificate_id)
        tries = (found.tries if found else 0) + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries - 1, 20))
        if found is None:
            found = LevelTry(certificate_id=order.certificate_id)
            session.add(found)
        found.tries, found.next_at = tries, clock.now() + pause
        found.last_error = f"{type(error).__name__}: {error}"[:500]


@queue.task("certificates.levels", sweep_seconds=60)
def sweep() -> None:
    """Look for files to raise, beside all other work."""
    settings: Settings = current_app.config["LMS"]
    if settings.tsa_url:
        aside.start("certificates.levels", _until_none_is_due)


def _until_none_is_due() -> None:
    """Go on until nothing is due; what failed isn't, for a while."""
    try:
        while (done := raise_levels()) != Raised():
            log.info("levels", kept=done.kept, failed=done.failed)
    except SealError as error:
        log.warning("levels stand still", reason=str(error))

"""Keeping checkpoints of the chains beside the database, and holding the chains to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import structlog
from flask import current_app

from lms import clock, db
from lms.audit import services as audit
from lms.audit.models import AuditEntry
from lms.certificates import seals
from lms.certificates.checkpoint_file import (
    RECORD,
    SERIES,
    ChainEnd,
    Checkpoint,
    NotACheckpoint,
    fingerprint_of,
    is_signed,
    newest_of_each_day,
    read_checkpoints,
    write_checkpoints,
)
from lms.certificates.models import RegisterEntry
from lms.certificates.signing.api import SealError
from lms.config import Settings
from lms.files.durable import write_whole
from lms.jobs import queue

log = structlog.get_logger()

FOLDER: Final = "checkpoints"
EVERY: Final = 3600
PUBLISHED: Final = 400  # days
_LATE: Final = timedelta(hours=1)  # no transaction stays open so long
_AT_ONCE: Final = 500


def _settings() -> Settings:
    settings: Settings = current_app.config["LMS"]
    return settings


def folder() -> Path:
    """Where they are kept: one file each, never changed."""
    return _settings().folder(FOLDER)


def kept() -> list[Checkpoint]:
    """Read all that are kept here, in the order of time. Raises NotACheckpoint."""
    found: list[Checkpoint] = []
    for path in sorted(folder().glob("*.json")):
        try:
            found += read_checkpoints(path.read_bytes())
        except NotACheckpoint as error:
            raise NotACheckpoint(f"{path.name}: {error}") from error
    return sorted(found, key=lambda checkpoint: checkpoint.at)


# Keeping ---------------------------------------------------------------------------------------


@queue.task("certificates.checkpoint", sweep_seconds=EVERY)
def keep_regularly() -> None:
    """Keep a checkpoint once an hour."""
    keep()


def keep() -> Checkpoint | None:
    """Sign where the chains end, and keep it; nothing where nothing was added since.

    Opens its own transactions; call it with none open. Without a usable seal none is made.
    """
    while _extended() >= _AT_ONCE:
        pass
    found = ends()
    db.end_reading()
    newest = _newest()
    if not found or (newest is not None and newest.ends == found):
        return newest
    try:
        seal = seals.signer()
        plain = Checkpoint(
            at=clock.now(),
            site=_settings().base_url,
            ends=found,
            previous=newest.sha256 if newest else "",
            seal=seal.fingerprint,
        )
        signed = replace(plain, signature=seal.sign_text(plain.signed_bytes()))
    except SealError as error:
        log.warning("no checkpoint was made", error=str(error) or type(error).__name__)
        return None
    name = f"{signed.at:%Y%m%dT%H%M%S%fZ}-{signed.sha256[:8]}.json"
    write_whole(folder() / name, write_checkpoints([signed], ()))
    return signed


def _extended() -> int:
    with db.writing():
        return audit.extend_chain(limit=_AT_ONCE)


def _newest() -> Checkpoint | None:
    """Read the newest one; a damaged one is the verifier's to find, and stops nobody here."""
    for path in sorted(folder().glob("*.json"), reverse=True):
        try:
            return read_checkpoints(path.read_bytes())[-1]
        except NotACheckpoint:
            log.warning("a checkpoint can't be read", file=path.name)
    return None


def ends() -> tuple[ChainEnd, ...]:
    """Read where each chain ends now."""
    session = db.session()
    found = []
    last = session.execute(
        sa.select(AuditEntry.sequence, AuditEntry.chain_hash)
        .where(AuditEntry.sequence.is_not(None))
        .order_by(AuditEntry.sequence.desc())
        .limit(1)
    ).first()
    if last is not None:
        found.append(ChainEnd(RECORD, last[0] or 0, (last[1] or b"").hex()))
    newest = sa.select(RegisterEntry.series, sa.func.max(RegisterEntry.sequence).label("last"))
    last_ones = newest.group_by(RegisterEntry.series).subquery()
    rows = session.execute(
        sa.select(RegisterEntry.series, RegisterEntry.sequence, RegisterEntry.chain_hash)
        .join(
            last_ones,
            sa.and_(
                last_ones.c.series == RegisterEntry.series,
                last_ones.c.last == RegisterEntry.sequence,
            ),
        )
        .order_by(RegisterEntry.series)
    )
    found += [ChainEnd(SERIES + row[0], row[1], row[2].hex()) for row in rows]
    return tuple(found)


def published() -> bytes:
    """Return what the public address hands out: the last checkpoint of each day; from files alone.

    One that can't be read is left out here: the verifier tells of it.
    """
    found = []
    for path in sorted(folder().glob("*.json")):
        try:
            found += read_checkpoints(path.read_bytes())
        except NotACheckpoint:
            log.warning("a checkpoint can't be read", file=path.name)
    found.sort(key=lambda checkpoint: checkpoint.at)
    used = {checkpoint.seal for checkpoint in found}
    by = [seal for seal in seals.trusted() if fingerprint_of(seal) in used]
    return write_checkpoints(newest_of_each_day(found)[-PUBLISHED:], by)


# Holding the chains to them --------------------------------------------------------------------


class Breach(StrEnum):
    """What a checkpoint shows of a chain."""

    UNSIGNED = "unsigned"  # the checkpoint itself was made or changed by somebody else
    GAP = "gap"  # the checkpoint before it is gone
    CUT = "cut"  # the chain is shorter than it was
    REBUILT = "rebuilt"  # the same link has another hash
    BACKDATED = "backdated"  # added after the checkpoint, and says it is older


@dataclass(frozen=True)
class BreachFound:
    """One breach: by which checkpoint, in which chain, at which link."""

    breach: Breach
    at: datetime
    chain: str = ""
    link: int = 0


def breaches(checkpoints: Sequence[Checkpoint], *, are_all: bool) -> list[BreachFound]:
    """Hold the chains to checkpoints; `are_all` where none of those between may be missing.

    One that no seal of ours has signed shows nothing of the chains.
    """
    trusted = seals.trusted()
    known = {checkpoint.sha256 for checkpoint in checkpoints}
    found, good, is_first = [], [], True
    for checkpoint in checkpoints:
        if not is_signed(checkpoint, trusted):
            found.append(BreachFound(Breach.UNSIGNED, checkpoint.at))
            continue
        is_first = is_first and not checkpoint.previous  # two may have begun at once
        if are_all and not is_first and checkpoint.previous not in known:
            found.append(BreachFound(Breach.GAP, checkpoint.at))
        good.append(checkpoint)
    held = _hashes(good)
    for checkpoint in good:
        for end in checkpoint.ends:
            link = held[end.chain].get(end.count)
            if link is None:
                found.append(BreachFound(Breach.CUT, checkpoint.at, end.chain, end.count))
            elif link != end.last_hash:
                found.append(BreachFound(Breach.REBUILT, checkpoint.at, end.chain, end.count))
    return [*found, *_backdated(good)]


def _hashes(checkpoints: Sequence[Checkpoint]) -> dict[str, dict[int, str]]:
    """Read the hashes of the links that checkpoints name, by chain and number."""
    asked: defaultdict[str, set[int]] = defaultdict(set)
    for checkpoint in checkpoints:
        for end in checkpoint.ends:
            asked[end.chain].add(end.count)
    found: dict[str, dict[int, str]] = {}
    for chain, wanted in asked.items():
        numbers, (model, of_chain) = sorted(wanted), _model(chain)
        found[chain] = {}
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            rows = db.session().execute(
                sa.select(model.sequence, model.chain_hash).where(
                    of_chain, model.sequence.in_(some)
                )
            )
            found[chain].update((row[0], row[1].hex()) for row in rows)
    return found


def _model(chain: str) -> tuple[Any, sa.ColumnElement[bool]]:
    if chain == RECORD:
        return AuditEntry, sa.true()
    return RegisterEntry, RegisterEntry.series == chain.removeprefix(SERIES)


def _backdated(checkpoints: Sequence[Checkpoint]) -> Iterator[BreachFound]:
    """Find links after a checkpoint that claim to be older than it: inserted, and then chained."""
    newest: dict[str, tuple[datetime, int]] = {}
    for checkpoint in checkpoints:
        for end in checkpoint.ends:
            newest[end.chain] = (checkpoint.at, end.count)
    for chain, (at, count) in newest.items():
        model, of_chain = _model(chain)
        first = db.session().scalar(
            sa.select(sa.func.min(model.sequence)).where(
                of_chain, model.sequence > count, model.at < at - _LATE
            )
        )
        if first is not None:
            yield BreachFound(Breach.BACKDATED, at, chain, first)

"""The record's and the register's chains: unbroken, and as long as they once were.

A chain shows what was changed or taken from within it, and not that its end was cut off. So the
worker writes each chain's last link into a file beside the database every minute, and the doctor
asks for it. Once an hour the seal signs where the chains end: such checkpoints, kept elsewhere,
also tell a chain that was made anew after an edit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from flask import current_app

from lms import append_only, db, schema
from lms.audit import services as audit
from lms.audit.models import AuditEntry
from lms.certificates import checkpoints
from lms.certificates.checkpoint_file import SERIES, Checkpoint, NotACheckpoint
from lms.certificates.checkpoints import Breach, BreachFound
from lms.certificates.models import RegisterEntry
from lms.checks.database import has_schema
from lms.checks.registry import Problem, Scope, Sentence, check, error, lazy, warning
from lms.config import Settings
from lms.jobs.queue import task

RECORD = "record"
RESTORE = lazy("Restore the last good backup beside it, compare, and put back what is missing.")


@dataclass(frozen=True)
class Link:
    """One link of a chain."""

    sequence: int
    chain_hash: str


def _last_links() -> dict[str, Link]:
    """Read the last link of each chain; the register has one for each series."""
    session = db.session()
    found = {}
    record = session.execute(
        sa.select(AuditEntry.sequence, AuditEntry.chain_hash)
        .where(AuditEntry.sequence.is_not(None))
        .order_by(AuditEntry.sequence.desc())
        .limit(1)
    ).first()
    if record is not None and record[0] is not None and record[1] is not None:
        found[RECORD] = Link(record[0], record[1].hex())
    newest = sa.select(RegisterEntry.series, sa.func.max(RegisterEntry.sequence).label("last"))
    ends = newest.group_by(RegisterEntry.series).subquery()
    rows = session.execute(
        sa.select(RegisterEntry.series, RegisterEntry.sequence, RegisterEntry.chain_hash).join(
            ends,
            sa.and_(ends.c.series == RegisterEntry.series, ends.c.last == RegisterEntry.sequence),
        )
    )
    found.update({series: Link(sequence, link.hex()) for series, sequence, link in rows})
    return found


def _kept(settings: Settings) -> dict[str, Link]:
    try:
        plain = json.loads((settings.instance / schema.ANCHORS).read_text(encoding="utf-8"))
        return {name: Link(**link) for name, link in plain.items()}
    except (FileNotFoundError, ValueError, TypeError):
        return {}


@task("upkeep.anchors", sweep_seconds=60)
def keep_last_links() -> None:
    """Write down where each chain ends; an end that went back is left as it was known."""
    settings: Settings = current_app.config["LMS"]
    kept, found = _kept(settings), _last_links()
    db.end_reading()
    longer = {
        name: link
        for name, link in found.items()
        if name not in kept or link.sequence > kept[name].sequence
    }
    if not longer:
        return
    path = settings.instance / schema.ANCHORS
    fresh = path.with_suffix(".new")
    values = {name: asdict(link) for name, link in sorted({**kept, **longer}.items())}
    fresh.write_text(json.dumps(values, indent=1), encoding="utf-8")
    fresh.chmod(0o600)
    fresh.replace(path)


def _holds(name: str, link: Link) -> bool:
    model = AuditEntry if name == RECORD else RegisterEntry
    statement = sa.select(model.chain_hash).where(model.sequence == link.sequence)
    if name != RECORD:
        statement = statement.where(RegisterEntry.series == name)
    found = db.session().scalar(statement)
    return found is not None and found.hex() == link.chain_hash


@check(
    "store.chain-ends",
    Scope.DEEP,
    endangers=lazy("The newest acts, or certificates, were taken out without a trace."),
)
def chains_are_as_long_as_they_were(settings: Settings) -> Iterator[Problem]:
    """The last links that were written down beside the database are in it still."""
    if not has_schema():
        return
    for sentence in end_faults(settings):
        yield error(sentence, RESTORE)


def _cut(name: str, link: Link) -> Sentence:
    if name == RECORD:
        return lazy(
            "The record of acts went on to entry %(entry)s, which is gone or another one.",
            entry=link.sequence,
        )
    return lazy(
        "The register of %(name)s went on to entry %(entry)s, which is gone or another one.",
        name=name,
        entry=link.sequence,
    )


@check(
    "store.append-only",
    Scope.COMMAND,
    endangers=lazy("An entry could be edited by hand, and would be found only afterwards."),
)
def guards_are_up(_settings: Settings) -> Iterator[Problem]:
    """The database itself refuses to edit or remove entries."""
    if not has_schema():
        return
    for table in append_only.missing(db.session().connection()):
        yield warning(
            lazy("The database would let somebody edit rows of %(table)s.", table=table),
            lazy("Run lms upgrade: it puts the guards up again."),
        )


@check(
    "store.checkpoints",
    Scope.DEEP,
    endangers=lazy("The record, or the register, was changed and its chain made anew."),
)
def checkpoints_hold(_settings: Settings) -> Iterator[Problem]:
    """The chains are still those that the seal has signed for."""
    if not has_schema():
        return
    for sentence in checkpoint_faults():
        yield error(sentence, RESTORE)


def checkpoint_faults(given: Sequence[Checkpoint] | None = None) -> Iterator[Sentence]:
    """Say what is wrong by the checkpoints kept here, or by those that somebody brings."""
    try:
        known = checkpoints.kept() if given is None else given
    except NotACheckpoint as fault:
        yield lazy("A checkpoint of the chains can’t be read: %(why)s.", why=fault)
        return
    for found in checkpoints.breaches(known, are_all=given is None):
        yield _breach(found)


def _breach(found: BreachFound) -> Sentence:
    at = f"{found.at:%Y-%m-%d %H:%M:%S} UTC"
    chain = found.chain.removeprefix(SERIES)
    match found.breach:
        case Breach.UNSIGNED:
            return lazy("The checkpoint of %(at)s isn’t signed by this site’s seal.", at=at)
        case Breach.GAP:
            return lazy("The checkpoint before that of %(at)s is gone.", at=at)
        case Breach.CUT:
            return lazy(
                "“%(chain)s” had %(link)s entries on %(at)s, and has fewer now.",
                chain=chain,
                link=found.link,
                at=at,
            )
        case Breach.REBUILT:
            return lazy(
                "“%(chain)s” was made anew: entry %(link)s isn’t what was signed on %(at)s.",
                chain=chain,
                link=found.link,
                at=at,
            )
    return lazy(
        "Entry %(link)s of “%(chain)s” came after %(at)s, and claims to be older.",
        chain=chain,
        link=found.link,
        at=at,
    )


@check(
    "store.audit-chain",
    Scope.DEEP,
    endangers=lazy("The record no longer proves who did what."),
)
def record_is_unbroken(_settings: Settings) -> Iterator[Problem]:
    """An edited, added or removed act breaks the chain from there on; so do edited values."""
    if not has_schema():
        return
    for sentence in record_faults():
        yield error(sentence, RESTORE)


def record_faults() -> Iterator[Sentence]:
    """Say what is wrong within the record."""
    broken = audit.find_break()
    if broken is not None:
        yield lazy("The record of acts was changed at entry %(entry)s.", entry=broken)
    altered = audit.find_altered_values()
    if altered is not None:
        yield lazy("The values of act %(entry)s are not those that were recorded.", entry=altered)


def end_faults(settings: Settings) -> Iterator[Sentence]:
    """Say which chain doesn't reach what the worker saw a minute ago."""
    for name, link in _kept(settings).items():
        if not _holds(name, link):
            yield _cut(name, link)

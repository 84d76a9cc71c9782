"""Keep files handed in as an answer: each change is an answer more, nothing is written over."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from lms import db
from lms.files.models import StoredFile
from lms.quizzes import queries
from lms.quizzes.errors import AttemptClosed, OddAnswer
from lms.quizzes.models import Attempt, AttemptItem, ResponseVersion
from lms.quizzes.question_types.upload.rules import (
    Files,
    HandedFile,
    Upload,
    answer_of,
    files_in,
    with_files,
)
from lms.quizzes.rules.merging import Standing
from lms.quizzes.rules.settings import parse_settings
from lms.quizzes.services import saving

OWNER: Final = AttemptItem.__tablename__
MOST_BYTES: Final = 60 * 1024 * 1024  # that an attempt keeps, with what was replaced


class QuestionLeft(Exception):
    """The question takes no more answers: one has gone on for good. Nothing was changed."""


@dataclass(frozen=True)
class HandedIn:
    """Say what stands now, and which files were not taken."""

    files: Files
    no_room: Files = ()  # as many as are asked for stand there
    no_space: Files = ()  # the attempt keeps no more bytes


def change_files(
    attempt: Attempt,
    item_id: int,
    sent: Sequence[HandedFile] = (),
    *,
    drop: str = "",
    key: str,
    now: datetime,
    writer: str = "",
) -> HandedIn:
    """Add files whose bytes stand in the store, or take one out of the answer.

    The attempt is locked. The same form again changes nothing, nor does the same content.
    Raises OddAnswer, AttemptClosed, and QuestionLeft.
    """
    items = queries.paper_of(attempt.id, [item_id])
    question = items[0].question if len(items) == 1 else None
    if not isinstance(question, Upload):
        raise OddAnswer
    item = items[0]
    settings = parse_settings(attempt.quiz_version.settings)
    held = files_in(item.payload)
    if not saving.takes_answers(attempt, settings, now):
        raise AttemptClosed(0)
    own_key = _key(key, sent, drop)
    if _is_known(item_id, own_key):
        return HandedIn(held)
    if saving.left_behind(attempt, settings, items):
        raise QuestionLeft
    fitting, no_space = _fitting(attempt.id, item_id, sent)
    standing, no_room = with_files(question, held, fitting, drop=drop)
    if standing != held:
        db.session().add(
            ResponseVersion(
                item_id=item_id,
                sequence=item.last + 1,
                idempotency_key=own_key,
                payload=answer_of(standing),
                revision_id=item.revision_id,
                received_at=now,
                given_at=now,
                seen=item.sequence,
                writer=writer,
                standing=Standing.COUNTS,
            )
        )
        _keep(item_id, [file for file in standing if file not in held], now)
    return HandedIn(standing, no_room, no_space)


def _key(key: str, sent: Sequence[HandedFile], drop: str) -> str:
    told = "\n".join([key, drop, *(file.sha256 for file in sent)])
    return hashlib.sha256(told.encode()).hexdigest()


def _is_known(item_id: int, key: str) -> bool:
    found = sa.select(ResponseVersion.id).where(
        ResponseVersion.item_id == item_id, ResponseVersion.idempotency_key == key
    )
    return db.session().scalar(found) is not None


def _of_item(item_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(StoredFile.owner_type == OWNER, StoredFile.owner_id == item_id)


def _fitting(attempt_id: int, item_id: int, sent: Sequence[HandedFile]) -> tuple[Files, Files]:
    """Part what the attempt still has space for from what it hasn't."""
    session = db.session()
    items = sa.select(AttemptItem.id).where(AttemptItem.attempt_id == attempt_id)
    kept = sa.select(sa.func.sum(StoredFile.size)).where(
        StoredFile.owner_type == OWNER, StoredFile.owner_id.in_(items)
    )
    known = set(session.scalars(sa.select(StoredFile.sha256).where(_of_item(item_id))))
    total = int(session.scalar(kept) or 0)
    fitting, no_space = [], []
    for file in sent:
        size = 0 if file.sha256 in known else file.size
        if total + size > MOST_BYTES:
            no_space.append(file)
            continue
        total += size
        known.add(file.sha256)
        fitting.append(file)
    return tuple(fitting), tuple(no_space)


def _keep(item_id: int, fresh: Sequence[HandedFile], now: datetime) -> None:
    """Name files that are new to the answer; one that was taken out and comes again is known."""
    session = db.session()
    known = set(session.scalars(sa.select(StoredFile.sha256).where(_of_item(item_id))))
    session.add_all(
        StoredFile(
            sha256=file.sha256,
            size=file.size,
            media_type=file.media_type,
            name=file.name[:255],
            owner_type=OWNER,
            owner_id=item_id,
            created_at=now,
            created_by_id=None,
        )
        for file in fresh
        if file.sha256 not in known
    )
    session.flush()  # the answer that names them, and they, stand or fall together


def file_of(attempt_id: int, item_id: int, sha256: str) -> StoredFile | None:
    """Find a file of an attempt's question, also one that another has taken the place of."""
    return db.session().scalar(
        sa.select(StoredFile)
        .join(AttemptItem, AttemptItem.id == StoredFile.owner_id)
        .where(
            _of_item(item_id),
            AttemptItem.attempt_id == attempt_id,
            StoredFile.sha256 == sha256,
        )
    )

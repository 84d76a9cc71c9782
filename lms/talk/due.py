"""Answers of the trainer, for a learner's home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import url_for

from lms.courses import due
from lms.courses.due import Due, Row
from lms.courses.queries import Standing
from lms.talk.models import Post, Thread
from lms.talk.plain_text import opening_of
from lms.web.i18n import format_date
from lms.web.i18n import gettext as _

_SOURCE = "trainer's answer"
FRESH = timedelta(days=14)


class NewAnswers:
    """Answers what a learner's home asks of questions to the trainer."""

    def rows(self) -> Sequence[sa.Select[*tuple[Any, ...]]]:
        """Select when each question of places was last answered, with how it begins."""
        return (
            sa.select(
                Thread.enrolment_id,
                sa.literal(_SOURCE),
                Thread.id,
                sa.func.max(Post.posted_at),
                due.NO_TIME,
                sa.func.substr(Thread.text, 1, 200),
                due.NO_TEXT,
            )
            .join(Post, Post.thread_id == Thread.id)
            .where(Thread.enrolment_id.in_(due.PLACES), Post.is_answer)
            .group_by(Thread.id),
        )

    def tell(self, standing: Standing, rows: Sequence[Row], now: datetime) -> list[Due]:
        """Name what was answered in the last two weeks."""
        return [
            Due(
                at=row.at,
                title=_("The trainer has answered you"),
                detail=" · ".join(
                    (opening_of(row.text or "", 80), format_date(row.at, standing.place.zone))
                ),
                href=url_for("talk.thread", thread_id=row.number),
                icon="mail",
                is_message=True,
                is_answer=True,
            )
            for row in rows
            if row.source == _SOURCE and row.at is not None and row.at >= now - FRESH
        ]

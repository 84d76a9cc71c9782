"""The newest messages, for a learner's home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import url_for

from lms.courses import due
from lms.courses.due import Due, Row
from lms.courses.queries import Standing
from lms.messages import own
from lms.messages.models import Message, MessageRecipient
from lms.web.i18n import current_locale, format_date
from lms.web.i18n import gettext as _

_SOURCE = "message"
FRESH = timedelta(days=14)


class NewestMessages:
    """Answers what a learner's home asks of messages."""

    def rows(self) -> Sequence[sa.Select[*tuple[Any, ...]]]:
        """Select what was written to places, with its subject in both languages."""
        return (
            sa.select(
                MessageRecipient.enrolment_id,
                sa.literal(_SOURCE),
                Message.id,
                Message.sent_at,
                due.NO_TIME,
                Message.subject,
                Message.subject_en,
            )
            .join(Message, Message.id == MessageRecipient.message_id)
            .where(MessageRecipient.enrolment_id.in_(due.PLACES), own.is_meant()),
        )

    def tell(self, standing: Standing, rows: Sequence[Row], now: datetime) -> list[Due]:
        """Name what was written in the last two weeks."""
        told = []
        for row in rows:
            if row.source != _SOURCE or row.at is None or row.at < now - FRESH:
                continue
            subject = (row.note if current_locale() == "en" else None) or row.text or ""
            told.append(
                Due(
                    at=row.at,
                    title=own.bare(subject),
                    detail=_("written on %(date)s", date=format_date(row.at)),
                    href=url_for("messages.mine", _anchor=f"m{row.number}"),
                    icon="mail",
                    is_message=True,
                )
            )
        return told

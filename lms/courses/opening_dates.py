"""The days on which modules open, for a learner's home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import url_for

from lms.courses.closed import why_closed
from lms.courses.due import Due, Row
from lms.courses.queries import Standing
from lms.web.i18n import current_locale

SHOWN = 2


class OpeningDates:
    """Answers what a learner's home asks of the modules' days; they come with the place."""

    def rows(self) -> Sequence[sa.Select[*tuple[Any, ...]]]:
        """Ask nothing: the course's outline and the learner's place say it all."""
        return ()

    def tell(self, standing: Standing, rows: Sequence[Row], now: datetime) -> list[Due]:
        """Say which modules open next, and what else they wait for."""
        zone = ZoneInfo(standing.place.zone)
        told = []
        for module in standing.outline.modules:
            closed = standing.closed_modules.get(module.id)
            if closed is None or closed.on is None or standing.completed_at is not None:
                continue
            course = url_for("courses.course", slug=standing.outline.slug)
            told.append(
                Due(
                    at=datetime.combine(closed.on, time.min, zone),
                    title=f"{module.position}. {module.title(current_locale())}",
                    detail=why_closed(standing, module),
                    href=f"{course}#{module.slug}",
                    icon="book",
                )
            )
        return sorted(told, key=lambda each: each.at)[:SHOWN]

"""A programme that asks at entry, and answers to it."""

from __future__ import annotations

from datetime import UTC, datetime

from lms import db
from lms.courses.models import Programme
from lms.entry.indicator_sets import IndicatorSet
from lms.entry.services import settings
from lms.entry.services.settings import Wanted
from lms.entry.shelf import SHIPPED, parsed
from tests.cast import Cast

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
ESF_PLUS = "esf-plus-2021-2027"
ESF = "esf-2014-2020"
VALID_CNP = "2850327226087"  # a woman born on 27 March 1985, in Iași

FIRST_PAGE = {
    "q-birth-day": "27",
    "q-birth-month": "3",
    "q-birth-year": "1985",
    "q-gender": "woman",
    "q-labour": "employed",
    "q-education": "isced-6",
    "q-rural": "village",
    "q-homeless": "housed",
}
SECOND_PAGE = {"q-disability": "no", "q-origin": "here", "q-minority": "refused"}
ANSWERS = {
    "birth": "1985-03-27",
    "gender": "woman",
    "labour": "employed",
    "education": "isced-6",
    "rural": "village",
    "homeless": "housed",
    "disability": "no",
    "origin": "here",
    "minority": "refused",
}


def shipped(set_id: str) -> IndicatorSet:
    return parsed((SHIPPED / f"{set_id}.yaml").read_text(encoding="utf-8"))


def ask(cast: Cast, set_id: str | None = ESF_PLUS, *, purpose: str = "", **more: str) -> None:
    """Let the cast's programme ask; with a purpose it asks for national numbers too."""
    with cast.app.app_context(), db.writing() as session:
        programme = session.get_one(Programme, cast.programme_id)
        wanted = Wanted(
            set_id,
            asks_national_number=bool(purpose),
            national_number_purpose=purpose or None,
            **more,
        )
        instance = cast.app.config["LMS"].instance
        settings.choose(programme, wanted, instance=instance, by=cast.persons["registrar"], now=NOW)

"""What the demonstration's learners said at entry: a plan, without chance."""

from __future__ import annotations

from datetime import date, datetime

from flask import current_app

from lms.courses.models import Programme
from lms.courses.services.progress import locked_enrolment
from lms.entry.indicator_sets import REFUSED
from lms.entry.models import Source
from lms.entry.services import answers, settings
from lms.entry.services.settings import Wanted

SET = "esf-plus-2021-2027"
_LABOUR = (*(["employed"] * 16), "unemployed-up-to-12", "inactive-other", "unemployed-over-12")
_SCHOOL = ("isced-6", "isced-7", "isced-3", "isced-6", "isced-7", "isced-4", "isced-6", "isced-8")
_PLAIN = ("no", "no", "no", "no", "no", "no", "yes", "no", REFUSED, "no", "no")


def ask(programme: Programme, *, now: datetime) -> None:
    """Let the programme ask what the shipped set asks."""
    instance = current_app.config["LMS"].instance
    settings.choose(programme, Wanted(SET), instance=instance, by=None, now=now)


def answer(enrolment_id: int, place: int, *, now: datetime) -> None:
    """Say what the participant at a place of the list says; one in 23 leaves the last page open."""
    enrolment = locked_enrolment(enrolment_id)
    given = _answers(place)
    if place % 23 == 22:
        given = {q: v for q, v in given.items() if q not in ("disability", "origin", "minority")}
    source = Source.REGISTRAR if place % 9 == 8 else Source.LEARNER
    answers.save(enrolment, given, source=source, by=enrolment.person_id, now=now)


def _answers(place: int) -> dict[str, str]:
    born = date(1962 + (place * 7) % 41, 1 + place % 12, 1 + (place * 5) % 28)
    return {
        "birth": born.isoformat(),
        "gender": "man" if place % 3 == 0 else "woman",
        "labour": _LABOUR[place % len(_LABOUR)],
        "education": _SCHOOL[place % len(_SCHOOL)],
        "rural": "village" if place % 5 in (1, 3) else "town",
        "homeless": "housed",
        "disability": _PLAIN[place % len(_PLAIN)],
        "origin": REFUSED if place % 29 == 7 else "here",
        "minority": _PLAIN[(place * 3) % len(_PLAIN)],
    }

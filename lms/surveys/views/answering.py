"""The learner's way through the questionnaire: the form, and thanks with what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import Actor, reads, writes
from lms.courses.activities import Activity
from lms.courses.outline import Outline
from lms.courses.queries import Place, Standing
from lms.courses.views.learning import HOME_PANELS, CoursePage, load_course
from lms.surveys import queries, services
from lms.surveys.models import SurveyVersion
from lms.surveys.permissions import SEE_QUESTIONNAIRE, SUBMIT_QUESTIONNAIRE
from lms.surveys.provider import PREFIX
from lms.surveys.questions import LONGEST_TEXT, Fault, Questionnaire, load, read_answers
from lms.surveys.views import bp
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render


@dataclass(frozen=True)
class FormPage:
    """A course's questionnaire as one person meets it; staff see it without a place."""

    course_id: int
    outline: Outline
    standing: Standing | None
    activity: Activity
    version: SurveyVersion

    @property
    def place(self) -> Place | None:
        """The place that it would be submitted for."""
        return self.standing.place if self.standing else None

    @property
    def person_id(self) -> int | None:
        """Who would submit it, for the rules of access."""
        return self.place.person_id if self.place else None

    @property
    def is_submitted(self) -> bool:
        """Whether it was submitted before."""
        return self.standing is not None and _is_done(self.standing, self.activity)

    @property
    def is_open(self) -> bool:
        """Whether all that comes before it is done."""
        return self.standing is not None and self.standing.is_open(self.activity)


def _is_done(standing: Standing, activity: Activity) -> bool:
    return activity.key in standing.evidence.activities_done


def _activity(page: CoursePage | None) -> Activity | None:
    """Return the questionnaire among what stands at a course's end."""
    end = page.outline.end if page is not None else ()
    return next((a for a in end if a.key.startswith(PREFIX)), None)


def load_form(actor: Actor, *, locked: bool, slug: str) -> FormPage | None:
    """Load a course's questionnaire through a place on the course, or for staff."""
    page = load_course(actor, locked=locked, slug=slug)
    activity = _activity(page)
    if page is None or activity is None:
        return None
    version = queries.shown_version(slug, locked=locked)
    if version is None:
        return None
    return FormPage(page.course_id, page.outline, page.standing, activity, version)


def load_end(actor: Actor, *, locked: bool, slug: str) -> CoursePage | None:
    """Load a course that has a questionnaire; what it asks is not needed any more."""
    page = load_course(actor, locked=locked, slug=slug)
    return None if _activity(page) is None else page


@dataclass(frozen=True)
class Typed:
    """What was typed, and what is wrong with it, by question."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    is_outdated: bool = False


@bp.get("/courses/<slug>/questionnaire")
@reads(SEE_QUESTIONNAIRE, load_form)
def form(page: FormPage) -> Response | str:
    """Show the questionnaire; whoever has submitted it is thanked instead."""
    if page.is_submitted:
        return redirect(url_for("surveys.thanks", slug=page.outline.slug))
    return _draw(page, Typed())


def _draw(page: FormPage, typed: Typed) -> str:
    return render(
        "surveys/form.html",
        page=page,
        outline=page.outline,
        questionnaire=load(page.version.content),
        typed=typed,
        longest_text=LONGEST_TEXT,
    )


@bp.post("/courses/<slug>/questionnaire")
@writes(SUBMIT_QUESTIONNAIRE, load_form)
def submit(page: FormPage) -> Response:
    """Take the answers, all or none; what was typed is shown again where something is missing."""
    assert page.place is not None
    thanks = redirect(url_for("surveys.thanks", slug=page.outline.slug))
    if page.is_submitted:
        return thanks
    if not page.is_open:
        flash(_("The questionnaire opens at the end of the course."), "info")
        return redirect(url_for("courses.course", slug=page.outline.slug))
    questionnaire = load(page.version.content)
    values = {q.id: request.form.get(q.field, "") for q in questionnaire.questions}
    read = read_answers(questionnaire, values)
    is_outdated = request.form.get("version") != str(page.version.number)
    if read.faults or is_outdated:
        faults = {key: _fault(questionnaire, key, fault) for key, fault in read.faults.items()}
        return make_response(_draw(page, Typed(values, faults, is_outdated)), 422)
    services.submit(
        page.place.enrolment_id,
        page.version,
        read.answers,
        now=clock.now(),
        zone=page.place.zone,
    )
    return thanks


def _fault(questionnaire: Questionnaire, question_id: str, fault: Fault) -> str:
    if fault is Fault.TOO_LONG:
        return ngettext(
            "Shorten this text to at most %(num)s character.",
            "Shorten this text to at most %(num)s characters.",
            LONGEST_TEXT,
        )
    if fault is Fault.MISSING:
        kinds = {q.id: q.kind.value for q in questionnaire.questions}
        if kinds[question_id] == "text":
            return _("Write an answer here.")
    return _("Choose one of the answers.")


@bp.get("/courses/<slug>/questionnaire/thanks")
@reads(SEE_QUESTIONNAIRE, load_end)
def thanks(page: CoursePage) -> Response | str:
    """Thank, and say what comes next."""
    activity = _activity(page)
    if activity is None or page.standing is None or not _is_done(page.standing, activity):
        return redirect(url_for("surveys.form", slug=page.outline.slug))
    return render(
        "surveys/thanks.html",
        outline=page.outline,
        standing=page.standing,
        panels=[panel(page.standing.place) for panel in HOME_PANELS],
    )

"""The learner's two short pages before the first lesson."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import reads, writes
from lms.courses.models import Enrolment
from lms.entry import rules, words
from lms.entry.errors import AnswersRefused, EntryFrozen, NothingAsked, NumberContradicts
from lms.entry.forms import AnswersForm, NumberForm, answers_form
from lms.entry.indicator_sets import IndicatorSet
from lms.entry.models import EntryRecord, EntrySettings, Source
from lms.entry.national_number import NationalNumber, NumberRefused, read_number
from lms.entry.permissions import ANSWER_ENTRY
from lms.entry.services import answers as services
from lms.entry.services import numbers
from lms.entry.services.settings import set_of, settings_of
from lms.entry.views.blueprint import bp, me, own_place, unkept
from lms.errors import Hidden
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/learn/entry/<slug>", defaults={"page": 1})
@bp.get("/learn/entry/<slug>/<int:page>")
@reads(ANSWER_ENTRY, own_place)
def ask(enrolment: Enrolment, page: int) -> Response:
    """Ask a page of questions; once all is answered, show what was said."""
    settings, asked = _asked(enrolment)
    entry = services.record_of(enrolment)
    if entry is not None and entry.completed_at is not None:
        return _answered_page(enrolment, settings, asked, entry)
    if page not in asked.pages:
        raise Hidden
    form = answers_form(asked.on_page(page), services.current(entry))
    return _question_page(enrolment, settings, asked, page, form, NumberForm())


@bp.post("/learn/entry/<slug>", defaults={"page": 1})
@bp.post("/learn/entry/<slug>/<int:page>")
@writes(ANSWER_ENTRY, own_place)
def answer(enrolment: Enrolment, page: int) -> Response:
    """Keep a page's answers, and go on to what is still open."""
    settings, asked = _asked(enrolment)
    if page not in asked.pages:
        raise Hidden
    now = clock.now()
    form, number_form = answers_form(asked.on_page(page)), NumberForm.posted()
    given = form.answers()
    form.ask_for(rules.unanswered(asked, {**dict.fromkeys(asked.by_id, "x"), **given}))
    number = read_typed(enrolment, number_form) if settings.asks_national_number else None
    try:
        services.check(asked, given, on=services.today_of(enrolment, now))
    except AnswersRefused as refused:
        form.tell(refused.faults)
    if form.errors or number_form.errors:
        return _question_page(enrolment, settings, asked, page, form, number_form, 422)
    if number is not None and not give_number(enrolment, number, number_form):
        return _question_page(enrolment, settings, asked, page, form, number_form, 422)
    try:
        entry = services.save(enrolment, given, source=Source.LEARNER, by=me(), now=now)
    except EntryFrozen:
        flash(_("Your answers were already kept. Write to the registrar if one is wrong."), "info")
        return redirect(url_for("entry.ask", slug=enrolment.edition.slug, page=1), 303)
    if entry.completed_at is None:
        open_pages = [q.page for q in rules.unanswered(asked, entry.answers)]
        return redirect(
            url_for("entry.ask", slug=enrolment.edition.slug, page=min(open_pages)), 303
        )
    flash(_("Thank you, your answers are kept. The course is open."), "success")
    return redirect(url_for("courses.home"), 303)


@bp.post("/learn/entry/<slug>/number")
@writes(ANSWER_ENTRY, own_place)
def give_own_number(enrolment: Enrolment) -> Response:
    """Keep one's own national number, given after the questions."""
    settings, asked = _asked(enrolment)
    entry = services.record_of(enrolment)
    form = NumberForm.posted()
    number = read_typed(enrolment, form) if settings.asks_national_number else None
    if entry is None or number is None or not give_number(enrolment, number, form):
        if entry is None or not settings.asks_national_number:
            raise NothingAsked
        return _answered_page(enrolment, settings, asked, entry, form, 422)
    flash(_("The number is kept, sealed."), "success")
    return redirect(url_for("entry.ask", slug=enrolment.edition.slug, page=1), 303)


def read_typed(enrolment: Enrolment, form: NumberForm) -> NationalNumber | None:
    """Read a typed number; None, with what is wrong beside it, where it is none or empty."""
    typed = (form.national_number.data or "").strip()
    if not typed:
        return None
    try:
        return read_number(typed, today=services.today_of(enrolment, clock.now()))
    except NumberRefused as refused:
        form.national_number.errors = [words.number_fault_words(refused.fault)]
        return None


def give_number(enrolment: Enrolment, number: NationalNumber, form: NumberForm) -> bool:
    """Keep a number; where it can't be, put the reason beside it."""
    try:
        numbers.give(enrolment, number, by=me(), now=clock.now())
    except NumberContradicts:
        form.national_number.errors = [
            _("The CNP says another date of birth than your answers. Look at both again.")
        ]
        return False
    return True


def _asked(enrolment: Enrolment) -> tuple[EntrySettings, IndicatorSet]:
    settings = settings_of(enrolment.edition.programme_id)
    asked = set_of(settings)
    if settings is None or asked is None:
        raise NothingAsked
    return settings, asked


def _question_page(  # noqa: PLR0917 -- what the page is drawn from
    enrolment: Enrolment,
    settings: EntrySettings,
    asked: IndicatorSet,
    page: int,
    form: AnswersForm,
    number_form: NumberForm,
    status: int = 200,
) -> Response:
    is_last = page == asked.pages[-1]
    programme = enrolment.edition.programme
    return unkept(
        render(
            "entry/questions.html",
            enrolment=enrolment,
            programme=programme,
            settings=settings,
            form=form,
            number_form=number_form if is_last and settings.asks_national_number else None,
            page=page,
            pages=asked.pages,
            is_last=is_last,
            notice=words.notice_of(programme, settings),
            kept=words.kept_words(programme),
        ),
        status,
    )


def _answered_page(  # noqa: PLR0917 -- what the page is drawn from
    enrolment: Enrolment,
    settings: EntrySettings,
    asked: IndicatorSet,
    entry: EntryRecord,
    number_form: NumberForm | None = None,
    status: int = 200,
) -> Response:
    said = services.current(entry)
    lines = [
        (words.label_of(q), words.answer_words(q, said.get(q.id, ""))) for q in asked.questions
    ]
    programme = enrolment.edition.programme
    return unkept(
        render(
            "entry/answered.html",
            enrolment=enrolment,
            lines=lines,
            entered_on=services.current_day(entry),
            settings=settings,
            number=numbers.masked_of(enrolment) if settings.asks_national_number else "",
            number_form=number_form or NumberForm(),
            notice=words.notice_of(programme, settings),
            kept=words.kept_words(programme),
        ),
        status,
    )

"""Who has answered in an edition, and one person's answers: entered, corrected, read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import reads, writes
from lms.accounts.models import Person
from lms.courses.models import Edition, Enrolment
from lms.entry import queries, words
from lms.entry.errors import AnswersRefused, EntryFrozen, KeyMissing, NothingAsked, ReasonMissing
from lms.entry.forms import AnswersForm, NumberForm, ReasonForm, answers_form, paper_fields
from lms.entry.indicator_sets import IndicatorSet
from lms.entry.models import EntryRecord, EntrySettings, Source
from lms.entry.permissions import (
    EDIT_ENTRY,
    GIVE_NATIONAL_NUMBER,
    SEE_ENTRIES,
    SEE_NATIONAL_NUMBER,
)
from lms.entry.queries import EntryLine, EntryState
from lms.entry.services import answers as services
from lms.entry.services import numbers
from lms.entry.services.settings import set_of, settings_of
from lms.entry.views.blueprint import bp, edition_by_slug, me, place, unkept
from lms.entry.views.own import give_number, read_typed
from lms.people_names import fold
from lms.web.i18n import gettext as _
from lms.web.templating import render

PER_PAGE = 100


@dataclass(frozen=True)
class Page:
    """A page of a list, for the pager."""

    number: int
    pages: int
    total: int
    href: Callable[[int], str]


def narrowed(lines: list[EntryLine], state: str, search: str) -> list[EntryLine]:
    """Keep the lines that a filter asks for."""
    tests: dict[str, Callable[[EntryLine], bool]] = {
        "open": lambda line: line.state is not EntryState.ANSWERED and not line.is_withdrawn,
        "corrected": lambda line: line.corrections > 0,
        "no_number": lambda line: not line.has_number,
    }

    def has_state(line: EntryLine) -> bool:
        return state in ("", line.state.value)

    test = tests.get(state, has_state)
    wanted = fold(search).split()
    return [
        line
        for line in lines
        if test(line) and all(w in fold(f"{line.listed_name} {line.organisation}") for w in wanted)
    ]


def asked_in(edition: Edition) -> tuple[EntrySettings | None, IndicatorSet | None]:
    """Return what an edition's programme asks."""
    settings = settings_of(edition.programme_id)
    return settings, set_of(settings)


def lines_of(edition: Edition, asked: IndicatorSet) -> list[EntryLine]:
    """Read an edition's entries."""
    return queries.entry_lines(asked, programme_id=edition.programme_id, edition_id=edition.id)


@bp.get("/editions/<slug>/entry")
@reads(SEE_ENTRIES, edition_by_slug)
def index(edition: Edition) -> str:
    """List who has answered and who has not."""
    settings, asked = asked_in(edition)
    if asked is None or settings is None:
        return render("entry/nothing_asked.html", edition=edition)
    lines = lines_of(edition, asked)
    state, search = request.args.get("state", ""), request.args.get("search", "")[:100]
    shown = narrowed(lines, state, search)
    page = _page(len(shown), edition.slug, state, search)
    start = (page.number - 1) * PER_PAGE
    return render(
        "entry/index.html",
        edition=edition,
        asked=asked,
        settings=settings,
        rows=shown[start : start + PER_PAGE],
        page=page,
        state=state,
        search=search,
        figures={
            "all": len(lines),
            "open": len(narrowed(lines, "open", "")),
            "begun": len(narrowed(lines, "begun", "")),
            "answered": len(narrowed(lines, "answered", "")),
        },
        choices=_state_choices(settings),
        words=words,
        group_names={group.id: group.name for group in edition.groups},
    )


def _page(total: int, slug: str, state: str, search: str) -> Page:
    pages = max(1, -(-total // PER_PAGE))
    asked = request.args.get("page", "1")
    number = min(max(1, int(asked)), pages) if asked.isdecimal() and len(asked) < 6 else 1

    def href(n: int) -> str:
        return url_for("entry.index", slug=slug, state=state or None, search=search or None, page=n)

    return Page(number, pages, total, href)


def _state_choices(settings: EntrySettings) -> list[tuple[str, str]]:
    offered = [
        ("", _("Everybody")),
        ("open", _("Not answered, or incomplete")),
        (EntryState.NOT_ANSWERED.value, _("Not answered")),
        (EntryState.BEGUN.value, _("Incomplete")),
        (EntryState.ANSWERED.value, _("Answered")),
        ("corrected", _("Corrected")),
    ]
    if settings.asks_national_number:
        offered.append(("no_number", _("Without a CNP")))
    return offered


# --- One person ------------------------------------------------------------------------------


@bp.get("/participants/<int:enrolment_id>/entry")
@reads(SEE_ENTRIES, place)
def see(enrolment: Enrolment) -> Response:
    """Show a person's answers, what was corrected, and the form."""
    _settings, asked, entry = _whole(enrolment)
    form = answers_form(asked.questions, services.current(entry), **paper_fields())
    form.entered_on.data = (  # type: ignore[attr-defined]
        services.current_day(entry) if entry else services.today_of(enrolment, clock.now())
    )
    return _person_page(enrolment, form)


@bp.post("/participants/<int:enrolment_id>/entry")
@writes(EDIT_ENTRY, place)
def save(enrolment: Enrolment) -> Response:
    """Enter answers from a signed form, or correct frozen ones with a reason."""
    _settings, asked, entry = _whole(enrolment)
    form = answers_form(asked.questions, **paper_fields())
    now, given = clock.now(), form.answers()
    if not form.validate():
        return _person_page(enrolment, form, 422)
    on, reason = form["entered_on"].data, form["reason"].data or ""
    if on is not None and on > services.today_of(enrolment, now):
        form["entered_on"].errors = [_("This date is in the future.")]
        return _person_page(enrolment, form, 422)
    try:
        if entry is not None and entry.completed_at is not None:
            moved = services.correct(enrolment, given, reason=reason, by=me(), now=now, on=on)
            said = _("The correction is kept, with its reason.") if moved else _("Nothing changed.")
            flash(said, "success" if moved else "info")
        else:
            kept = services.save(enrolment, given, source=Source.REGISTRAR, by=me(), now=now, on=on)
            flash(
                _("The answers are whole, and frozen.")
                if kept.completed_at
                else _("The answers are kept. Some are still missing."),
                "success",
            )
    except AnswersRefused as refused:
        form.tell(refused.faults)
        return _person_page(enrolment, form, 422)
    except ReasonMissing:
        form["reason"].errors = [_("Write why the answers are corrected.")]
        return _person_page(enrolment, form, 422)
    except EntryFrozen:
        flash(_("The answers were frozen meanwhile. Correct them with a reason."), "warning")
    return redirect(url_for("entry.see", enrolment_id=enrolment.id), 303)


def _whole(enrolment: Enrolment) -> tuple[EntrySettings, IndicatorSet, EntryRecord | None]:
    settings = settings_of(enrolment.edition.programme_id)
    asked = set_of(settings)
    if settings is None or asked is None:
        raise NothingAsked
    return settings, asked, services.record_of(enrolment)


def _masked(enrolment: Enrolment) -> str:
    try:
        return numbers.masked_of(enrolment)
    except KeyMissing:
        return _("can’t be read: its key is not in the instance")


def _doubles(enrolment: Enrolment) -> list[str]:
    """Name the other people with the very same number."""
    try:
        ids = numbers.same_number(enrolment)
    except KeyMissing:
        return []
    people = db.session().scalars(sa.select(Person).where(Person.id.in_(ids)).order_by(Person.id))
    return [person.full_name for person in people]


def _person_page(
    enrolment: Enrolment,
    form: AnswersForm,
    status: int = 200,
    *,
    number_form: NumberForm | None = None,
    reason_form: ReasonForm | None = None,
    shown: str = "",
) -> Response:
    settings, asked, entry = _whole(enrolment)
    frozen = entry is not None and entry.completed_at is not None
    said = services.current(entry)
    at_entry = entry.answers if entry else {}
    people = {c.corrected_by_id for c in entry.corrections} if entry else set()
    return unkept(
        render(
            "entry/person.html",
            enrolment=enrolment,
            edition=enrolment.edition,
            person=enrolment.person,
            asked=asked,
            settings=settings,
            entry=entry,
            frozen=frozen,
            day=services.current_day(entry) if entry else None,
            lines=[
                (
                    words.label_of(q),
                    words.answer_words(q, said.get(q.id, "")),
                    words.answer_words(q, at_entry.get(q.id, "")),
                )
                for q in asked.questions
            ],
            form=form,
            number=_masked(enrolment) if settings.asks_national_number else "",
            doubles=_doubles(enrolment) if settings.asks_national_number else [],
            number_form=number_form or NumberForm(),
            reason_form=reason_form or ReasonForm(),
            shown=shown,
            words=words,
            names={p: person.full_name for p in people if (person := _person(p)) is not None},
        ),
        status,
    )


def _person(person_id: int | None) -> Person | None:
    return db.session().get(Person, person_id) if person_id is not None else None


# --- The national number ---------------------------------------------------------------------


def _drawn_again(enrolment: Enrolment, **more: object) -> Response:
    _settings, asked, entry = _whole(enrolment)
    form = answers_form(asked.questions, services.current(entry), **paper_fields())
    status = 200 if more.get("shown") else 422
    return _person_page(enrolment, form, status, **more)  # type: ignore[arg-type]


@bp.post("/participants/<int:enrolment_id>/national-number")
@writes(GIVE_NATIONAL_NUMBER, place)
def give(enrolment: Enrolment) -> Response:
    """Keep a person's national number, sealed; another takes the earlier one's place."""
    _whole(enrolment)
    form = NumberForm.posted()
    number = read_typed(enrolment, form)
    if number is None and not form.errors:
        form.national_number.errors = [_("This is needed.")]
    if number is None or not give_number(enrolment, number, form):
        return _drawn_again(enrolment, number_form=form)
    flash(_("The number is kept, sealed."), "success")
    return redirect(url_for("entry.see", enrolment_id=enrolment.id), 303)


@bp.post("/participants/<int:enrolment_id>/national-number/show")
@writes(SEE_NATIONAL_NUMBER, place)
def show(enrolment: Enrolment) -> Response:
    """Show the whole number once, for a reason that is recorded."""
    _whole(enrolment)
    form = ReasonForm.posted()
    if not form.validate():
        return _drawn_again(enrolment, reason_form=form)
    digits = numbers.show(enrolment, reason=form.reason.data or "", by=me())
    return _drawn_again(enrolment, shown=digits)

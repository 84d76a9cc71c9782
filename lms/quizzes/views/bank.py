"""The bank of a course: its questions found and put in order; one question looked over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, may, reads
from lms.courses.models import Course
from lms.courses.outline import Outline
from lms.courses.views.learning import CoursePage, load_course
from lms.quizzes import workshop_page
from lms.quizzes.bank import desk, queries, words
from lms.quizzes.bank.filters import Filters
from lms.quizzes.models import Question
from lms.quizzes.permissions import EDIT_BANK, SEE_BANK
from lms.quizzes.views import bp
from lms.quizzes.words import exchange_words
from lms.quizzes.workshop.values import Piece
from lms.safety.file_names import content_disposition
from lms.safety.sheets import Cell, Column, write_csv, write_xlsx
from lms.web.forms import whole_number
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class QuestionPage:
    """One question of a course's bank."""

    question: Question
    outline: Outline

    @property
    def course_id(self) -> int:
        """The course whose trainers may change it."""
        return self.question.course_id


def load_bank(actor: Actor, *, locked: bool, slug: str, **_args: Any) -> CoursePage | None:
    """Load a course through what staff may see, or one's own place; the rest is the view's."""
    return load_course(actor, locked=locked, slug=slug)


load_bank.consumes = frozenset({"slug"})  # type: ignore[attr-defined]


def load_question(
    actor: Actor, *, locked: bool, slug: str, question_id: int, **_args: Any
) -> QuestionPage | None:
    """Load a question of a course for staff who may see the course."""
    page = load_course(actor, locked=False, slug=slug)
    if page is None or not actor.is_staff:
        return None
    if locked:  # the course before its questions, as whoever saves a text does
        db.session().scalars(db.lock(sa.select(Course.id).where(Course.id == page.course_id)))
    statement = Question.visible_to(actor).where(
        Question.id == question_id, Question.course_id == page.course_id
    )
    row = db.session().scalars(db.lock(statement) if locked else statement).one_or_none()
    return None if row is None else QuestionPage(row, page.outline)


load_question.consumes = frozenset({"slug", "question_id"})  # type: ignore[attr-defined]


# The list --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListPage:
    """One page of a list, as the pager draws it."""

    number: int
    total: int
    endpoint: str
    slug: str
    filters: Filters

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // queries.PER_PAGE))

    def href(self, number: int) -> str:
        """The address of a page."""
        args: dict[str, Any] = {**self.filters.args, "page": number}
        return url_for(self.endpoint, slug=self.slug, **args)


def list_page(total: int, endpoint: str, slug: str, filters: Filters) -> ListPage:
    """Find the page asked for; one beyond the last is the last."""
    asked = whole_number(request.args.get("page")) or 1
    page = ListPage(1, total, endpoint, slug, filters)
    return ListPage(min(max(asked, 1), page.pages), total, endpoint, slug, filters)


@bp.get("/courses/<slug>/bank")
@reads(SEE_BANK, load_bank)
def bank(page: CoursePage) -> str:
    """List a course's questions, wherever they stand, narrowed as the address says."""
    filters = Filters.of(request.args)
    scope = queries.in_bank(page.course_id)
    shown = list_page(queries.count(scope, filters), "quizzes.bank", page.outline.slug, filters)
    may_edit = may(EDIT_BANK.name, page)
    return render(
        "quizzes/bank.html",
        page=page,
        frame=desk.bank_frame(page, "questions"),
        filters=filters,
        choices=queries.choices(scope, page.course_id),
        pager=shown,
        lines=queries.lines(scope, filters, page=shown.number),
        may_edit=may_edit,
        ticks=may_edit,
        ticked=frozenset(),
        words=words,
        types=exchange_words.TYPES,
    )


@bp.get("/courses/<slug>/bank.<any(xlsx, csv):form>")
@reads(SEE_BANK, load_bank)
def bank_file(page: CoursePage, form: str) -> Response:
    """Hand out the list as a file, narrowed and in order as on the screen."""
    lines = queries.lines(queries.in_bank(page.course_id), Filters.of(request.args))
    return list_file(lines, form, f"{page.outline.slug}-intrebari")


def list_file(lines: list[queries.Line], form: str, name: str) -> Response:
    """Write lines of a list as a file for spreadsheets."""
    locale = current_locale()
    columns: list[Column | str] = [
        _("Id"),
        Column(_("Question"), 60, wraps=True),
        _("Question type"),
        _("State"),
        _("Category"),
        _("Tags"),
        _("Test"),
        _("Author"),
        _("Last changed"),
        _("Shared"),
        _("Course"),
    ]
    rows: list[list[Cell]] = [
        [
            line.content_id,
            line.stem,
            str(exchange_words.TYPES.get(line.type, line.type)),
            str(words.STATUSES[line.status]),
            line.category,
            "; ".join(line.tags),
            line.quiz(locale),
            line.author,
            line.changed_at,
            _("yes") if line.is_shared else _("no"),
            line.course(locale),
        ]
        for line in lines
    ]
    data = write_csv(columns, rows) if form == "csv" else write_xlsx(_("Questions"), columns, rows)
    response = Response(data, mimetype=CSV if form == "csv" else XLSX)
    response.headers["Content-Disposition"] = content_disposition(f"{name}.{form}")
    return response


@bp.get("/courses/<slug>/bank/shared")
@reads(SEE_BANK, load_bank)
def bank_shared(page: CoursePage) -> str:
    """List what other courses share, to be copied into this one."""
    filters = Filters.of(request.args)
    scope = queries.shared_with(page.course_id)
    total = queries.count(scope, filters)
    shown = list_page(total, "quizzes.bank_shared", page.outline.slug, filters)
    may_edit = may(EDIT_BANK.name, page)
    return render(
        "quizzes/bank_shared.html",
        page=page,
        frame=desk.bank_frame(page, "shared"),
        filters=filters,
        choices=queries.choices(scope, None),
        quizzes=queries.quizzes_of(page.course_id),
        pager=shown,
        lines=queries.lines(scope, filters, page=shown.number),
        may_edit=may_edit,
        ticks=may_edit,
        ticked=frozenset(),
        words=words,
        types=exchange_words.TYPES,
    )


@bp.get("/courses/<slug>/bank/shared.<any(xlsx, csv):form>")
@reads(SEE_BANK, load_bank)
def bank_shared_file(page: CoursePage, form: str) -> Response:
    """Hand out the list of what other courses share, as on the screen."""
    lines = queries.lines(queries.shared_with(page.course_id), Filters.of(request.args))
    return list_file(lines, form, f"{page.outline.slug}-oferite")


# One question ----------------------------------------------------------------------------------


@bp.get("/courses/<slug>/bank/<int:question_id>")
@reads(SEE_BANK, load_question)
def bank_question(page: QuestionPage) -> str:
    """Show one question: how it looks, where it is used, what was said of it."""
    found = queries.words_of(page.question.id)
    locale = current_locale()
    shown = None
    if found is not None:
        shown = workshop_page.drawn(1, Piece(1, 1, ""), found.in_language(locale))
    [line] = queries.lines(queries.in_bank(page.course_id), ids=[page.question.id])
    return render(
        "quizzes/bank_question.html",
        page=page,
        frame=desk.question_frame(page, "question"),
        line=line,
        shown=shown,
        shown_language=found.language(locale) if found is not None else "ro",
        comments=queries.comments_of(page.question.id),
        copies=queries.copies_of(page.question),
        quizzes=queries.quizzes_of(page.course_id),
        panels=desk.panels_of(page),
        may_edit=may(EDIT_BANK.name, page),
        words=words,
        types=exchange_words.TYPES,
    )

"""Trainers take a quiz as a learner would: every rule holds, nothing is kept, nothing counts.

The whole state is the form's own: the seed, the answers, the tries, when it began, whether the
password was said. Nobody gains by bending it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import make_response, request
from werkzeug.wrappers import Response

from lms import clock
from lms.access import current_actor, reads
from lms.quizzes import desk
from lms.quizzes.behaviours.certainty import FIELD, LEVELS, level_of
from lms.quizzes.behaviours.values import MOST_TRIES
from lms.quizzes.corrections.marking import Total
from lms.quizzes.errors import QuizNotReady
from lms.quizzes.forms.settings_forms import MOMENT_WORDS
from lms.quizzes.key_words import plain_words
from lms.quizzes.permissions import PREVIEW_QUIZ
from lms.quizzes.queries import PaperItem
from lms.quizzes.question_types.protocol import InvalidResponse
from lms.quizzes.results.scope import scope_of
from lms.quizzes.rules import attempt_rules
from lms.quizzes.rules.attempt_rules import Fate
from lms.quizzes.rules.review import Moment, Shown, during
from lms.quizzes.rules.sections import section_at, shown_sections
from lms.quizzes.rules.settings import Navigation, QuizSettings
from lms.quizzes.services import checking, terms, trying
from lms.quizzes.services.checking import Tried
from lms.quizzes.views import bp
from lms.quizzes.views.checks import Checked, checked_of
from lms.quizzes.views.results import certainty_words, review_item, said_in
from lms.quizzes.views.taking import QuizPage, load_quiz
from lms.web.forms import whole_number
from lms.web.i18n import current_locale
from lms.web.templating import render

Payload = Mapping[str, Any]


@dataclass
class Sheet:
    """A paper on trial: its questions with what was answered and checked so far."""

    settings: QuizSettings
    seed: int
    items: list[PaperItem]
    tries: dict[int, list[Payload]]
    began: datetime
    at: int | None = None  # the only question on the page

    @property
    def is_sequential(self) -> bool:
        """Whether there is no way back."""
        return self.settings.navigation is Navigation.SEQUENTIAL

    @property
    def shown(self) -> list[PaperItem]:
        """The questions on the page."""
        return self.items if self.at is None else [self.items[self.at - 1]]

    def checked(self) -> dict[int, Checked]:
        """What is shown of each question."""
        things = during(self.settings.shown, checks=self.settings.behaviour.checks)
        return {i.item_id: checked_of(i, self.settings, self._tried(i), things) for i in self.items}

    def _tried(self, item: PaperItem) -> list[Tried]:
        return [Tried(n, p, None) for n, p in enumerate(self.tries.get(item.item_id, ()), 1)]

    def check(self, item_id: int | None) -> None:
        """Check a question; one that is closed, unfinished or checked as it is adds nothing."""
        item = next((i for i in self.items if i.item_id == item_id), None)
        if item is None or not item.is_answered:
            return
        made = self.tries.setdefault(item.item_id, [])
        is_over = checking.standing_of(item, self.settings, self._tried(item)).is_over
        is_same = bool(made) and _answer(item, made[-1]) == _answer(item, item.payload)
        if not is_over and not is_same and len(made) < MOST_TRIES:
            made.append(item.payload)


def _answer(item: PaperItem, payload: Payload) -> str:
    return checking.try_of(item, payload).answer


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/try")
@reads(PREVIEW_QUIZ, load_quiz)
def begin_trial(page: QuizPage) -> Response:
    """Show the first page of a trial, or ask for the password where learners are asked."""
    return _door(page) if _passwords(page) else _paper(page, _sheet(page))


def _passwords(page: QuizPage) -> list[str]:
    scope = scope_of(page.quiz, current_actor(), "")
    return trying.passwords_of(page.quiz.id, scope.edition_ids)


def _door(page: QuizPage, *, is_refused: bool = False) -> Response:
    return _drawn("quizzes/try_door.html", page, 422 if is_refused else 200, is_refused=is_refused)


def _is_let_in(page: QuizPage) -> bool:
    """Tell whether the form comes from behind the door, or with the word that opens it."""
    if request.form.get("let_in") == "1":
        return True
    held = _passwords(page)
    return not held or terms.is_password((request.form.get("password") or "")[:200], held)


@bp.post("/courses/<slug>/quizzes/<quiz_slug>/try")
@reads(PREVIEW_QUIZ, load_quiz)
def go_on_trial(page: QuizPage) -> Response:
    """Go on with a trial: another page, a check, the end; nothing is kept of it here."""
    if not _is_let_in(page):
        return _door(page, is_refused="password" in request.form)
    sheet = _sheet(page)
    if sheet is None:
        return _paper(page, None)
    do, _colon, what = request.form.get("do", "").partition(":")
    if do not in set(Moment):  # what was submitted stays so
        fate = trying.fate_of(sheet.settings, sheet.began, now=clock.now())
        if fate is Fate.SUBMITS:
            return _result(page, sheet, Moment.RIGHT_AFTER, is_by_clock=True)
        if fate is Fate.IS_ABANDONED or (fate is Fate.WAITS and do != "submit"):
            return _over(page, sheet, fate)
    if do == "check":
        sheet.check(whole_number(what))
    elif do == "go" and sheet.at is not None:
        wanted = min(max(whole_number(what) or 1, 1), len(sheet.items))
        sheet.at = max(wanted, sheet.at) if sheet.is_sequential else wanted
    elif do == "submit" or do in set(Moment):
        moment = Moment(do) if do in set(Moment) else Moment.RIGHT_AFTER
        return _result(page, sheet, moment)
    return _paper(page, sheet)


def _sheet(page: QuizPage) -> Sheet | None:
    """Make the paper of the form, or a new one; None where there is too little to draw from."""
    version = page.quiz.current_version
    seed = whole_number(request.form.get("seed")) or secrets.randbits(50)
    assert version is not None
    try:
        items = trying.paper_of(version, page.settings, seed)
    except QuizNotReady:
        return None
    at = whole_number(request.form.get("q")) or 1
    now = clock.now()
    began = whole_number(request.form.get("began")) or int(now.timestamp())
    sheet = Sheet(
        page.settings,
        seed,
        [replace(item, payload=answer_given(item, page.settings)) for item in items],
        {item.item_id: tries_given(item) for item in items},
        datetime.fromtimestamp(min(began, int(now.timestamp())), UTC),
        min(max(at, 1), len(items)) if page.settings.is_one_by_one else None,
    )
    for item in sheet.items:  # a closed question keeps the answer that was checked
        made = sheet.tries[item.item_id]
        if made and checking.standing_of(item, page.settings, sheet._tried(item)).is_over:
            sheet.items[item.position - 1] = replace(item, payload=made[-1])
    return sheet


def answer_given(item: PaperItem, settings: QuizSettings) -> Payload:
    """Read the answer to a question that the form holds; what was never offered is none."""
    prefix = f"i{item.item_id}-"
    values = {
        name[len(prefix) :]: request.form.getlist(name)
        for name in request.form
        if name.startswith(prefix)
    }
    try:
        payload = item.rules.read_response(item.question, values)
    except InvalidResponse:
        return {}
    level = level_of(next(iter(values.get(FIELD, ())), ""))
    if settings.behaviour.has_certainty and level is not None:
        return {**payload, FIELD: level}
    return payload


def tries_given(item: PaperItem) -> list[Payload]:
    """Read the tries that the form carries along."""
    try:
        made = json.loads(request.form.get(f"tries-{item.item_id}", "[]"))
    except (ValueError, RecursionError):  # not what the page wrote
        return []
    if not isinstance(made, list):
        return []
    found: list[Payload] = [payload for payload in made if isinstance(payload, dict)]
    return found[:MOST_TRIES]


def _carried(sheet: Sheet, shown: Sequence[PaperItem]) -> list[tuple[str, str]]:
    """What the form must take along: answers of other pages, and every try."""
    here = tuple(f"i{item.item_id}-" for item in shown)
    found = [
        (name, value)
        for name in request.form
        if name.startswith("i") and "-" in name and not name.startswith(here or ("\0",))
        for value in request.form.getlist(name)
    ]
    found += [
        (f"tries-{item_id}", json.dumps([dict(p) for p in made], ensure_ascii=False))
        for item_id, made in sheet.tries.items()
        if made
    ]
    return [*found, ("began", str(int(sheet.began.timestamp()))), ("let_in", "1")]


def _said(sheet: Sheet, total: Total, shown: frozenset[Shown]) -> tuple[str, str] | None:
    if Shown.OVERALL not in shown or not total.possible:
        return None
    return said_in(sheet.settings.bands, 100 * max(Decimal(0), total.earned) / total.possible)


def _held(page: QuizPage) -> list[Any]:
    version = page.quiz.current_version
    return version.sections if version is not None else []


def _paper(page: QuizPage, sheet: Sheet | None) -> Response:
    if sheet is None:
        return _drawn("quizzes/try.html", page, sheet=None)
    shown, due = sheet.shown, trying.due_at(sheet.settings, sheet.began)
    held, locale = _held(page), current_locale()
    placed = [item.section for item in sheet.items]
    return _drawn(
        "quizzes/try.html",
        page,
        sheet=sheet,
        shown=shown,
        headings=shown_sections(held, placed, locale)
        if sheet.at is None
        else section_at(held, placed, sheet.at, locale),
        settings=sheet.settings,
        checked=sheet.checked(),
        levels=LEVELS,
        words=plain_words,
        carried=_carried(sheet, shown),
        time_left=attempt_rules.shown_time(sheet.settings, now=clock.now(), due=due),
    )


def _over(page: QuizPage, sheet: Sheet, fate: Fate) -> Response:
    """Say what a learner whose time is over would meet: a last button, or nothing more."""
    due = trying.due_at(sheet.settings, sheet.began)
    return _drawn(
        "quizzes/try_over.html",
        page,
        sheet=sheet,
        waits=fate is Fate.WAITS,
        until=attempt_rules.submit_until(sheet.settings, due),
        carried=_carried(sheet, ()),
    )


def _drawn(template: str, page: QuizPage, status: int = 200, **values: Any) -> Response:
    frame = desk.frame_of(page, "questions")
    response = make_response(render(template, frame=frame, page=page, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _result(page: QuizPage, sheet: Sheet, moment: Moment, *, is_by_clock: bool = False) -> Response:
    total, marks = trying.marked(sheet.items, sheet.settings, sheet.tries)
    locale = current_locale()
    shown = sheet.settings.shown.at(moment)
    reviewed = [
        review_item(item, mark, None, locale) for item, mark in zip(sheet.items, marks, strict=True)
    ]
    return make_response(
        render(
            "quizzes/try_result.html",
            frame=desk.frame_of(page, "questions"),
            page=page,
            sheet=sheet,
            settings=sheet.settings,
            total=total,
            items=reviewed,
            headings=shown_sections(_held(page), [i.section for i in sheet.items], locale),
            shown={thing.value for thing in shown},
            said=_said(sheet, total, shown),
            moments=[(m, MOMENT_WORDS[m], m is moment) for m in Moment if m is not Moment.DURING],
            certainty=certainty_words(sheet.settings, reviewed),
            own=True,
            amended=None,
            is_by_clock=is_by_clock,
            carried=_carried(sheet, ()),
        )
    )

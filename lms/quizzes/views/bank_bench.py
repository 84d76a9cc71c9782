"""The test bench: answers to one question tried out, under every behaviour at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import make_response
from werkzeug.wrappers import Response

from lms import db
from lms.access import reads
from lms.quizzes.bank import desk
from lms.quizzes.bank_tools import bench
from lms.quizzes.bank_tools import queries as tool_queries
from lms.quizzes.bank_tools.payloads import names_of_ids
from lms.quizzes.behaviours import registry
from lms.quizzes.behaviours.values import MOST_TRIES
from lms.quizzes.forms.settings_forms import BEHAVIOUR_WORDS
from lms.quizzes.key_words import plain_words
from lms.quizzes.models import Quiz
from lms.quizzes.permissions import SEE_BANK
from lms.quizzes.queries import PaperItem
from lms.quizzes.question_types.protocol import PartResult
from lms.quizzes.question_types.registry import dump_question, rules_for
from lms.quizzes.rules.review import PRESETS, FeedbackTime, Shown, during
from lms.quizzes.rules.settings import QuizSettings
from lms.quizzes.services import attempts, checking
from lms.quizzes.services.checking import Tried
from lms.quizzes.views import bp
from lms.quizzes.views.bank import QuestionPage, load_question
from lms.quizzes.views.checks import Checked, checked_of
from lms.quizzes.views.results import review_item
from lms.quizzes.views.trying import Payload, answer_given, tries_given
from lms.web.i18n import current_locale
from lms.web.templating import render

ITEM = 0  # stands for the question's place on a paper
PAGE = "/courses/<slug>/bank/<int:question_id>/try"


@dataclass(frozen=True)
class Line:
    """What an answer earns under a behaviour, and what its learner is told while answering."""

    name: Any
    earned: bench.Earned
    told: Checked | None  # None: nothing before the test is submitted


@dataclass(frozen=True)
class Part:
    """A part of a question, by its words or its number, as it was marked."""

    name: str
    number: int
    result: PartResult


@bp.get(PAGE)
@reads(SEE_BANK, load_question)
def begin_bench(page: QuestionPage) -> Response:
    """Show the question as a learner has it, with nothing answered."""
    return _bench(page, is_asked=False)


@bp.post(PAGE)
@reads(SEE_BANK, load_question)
def try_answer(page: QuestionPage) -> Response:
    """Say what an answer earns and is told; nothing is kept."""
    return _bench(page, is_asked=True)


def _bench(page: QuestionPage, *, is_asked: bool) -> Response:
    settings, item = _settings(page), _item(page)
    tries: list[Payload] = []
    if item is not None and is_asked:
        item = replace(item, payload=answer_given(item, settings))
        tries = _with_this(tries_given(item), item)
    response = make_response(
        render(
            "quizzes/bank_bench.html",
            frame=desk.question_frame(page, "bench"),
            page=page,
            item=item,
            tries=json.dumps([dict(each) for each in tries], ensure_ascii=False),
            made=len(tries),
            settings=settings,
            words=plain_words,
            result=_result(item, tries, settings) if item is not None and is_asked else None,
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _settings(page: QuestionPage) -> QuizSettings:
    """Take the rules of the question's test, else the usual ones.

    What is shown while answering is taken from the preset for learning where the test checks
    nothing: its own rules say nothing of it.
    """
    quiz_id = page.question.quiz_id
    quiz = db.session().get(Quiz, quiz_id) if quiz_id is not None else None
    version = quiz.current_version if quiz is not None else None
    settings = QuizSettings() if version is None else attempts.settings_of(version)
    if settings.behaviour.checks:
        return settings
    at_once = PRESETS[FeedbackTime.AT_ONCE].during
    return replace(settings, review=replace(settings.shown, during=at_once))


def _item(page: QuestionPage) -> PaperItem | None:
    """Put the newest words of the newest version on a paper of their own, options unshuffled."""
    newest = tool_queries.newest_of(page.question.id)
    if newest is None:
        return None
    order = rules_for(newest.words.ro).draw(newest.words.ro, page.question.id, shuffle=False)
    return PaperItem(
        item_id=ITEM,
        position=1,
        question_id=page.question.id,
        version_id=newest.version_id,
        revision_id=newest.revision_id,
        words=newest.words.as_drawn(order),
        option_order=order,
        fraction=None,
        payload={},
        sequence=0,
        received_at=None,
        lesson_number=None,
    )


def _with_this(tries: list[Payload], item: PaperItem) -> list[Payload]:
    """Add the answer to the tries; the same again, or one with something left out, is none."""
    if not item.is_answered or len(tries) >= MOST_TRIES:
        return tries
    last = checking.try_of(item, tries[-1]).answer if tries else None
    return tries if last == checking.try_of(item, item.payload).answer else [*tries, item.payload]


def _result(item: PaperItem, tries: Sequence[Payload], settings: QuizSettings) -> dict[str, Any]:
    mark = bench.marked(item.question, item.payload)
    locale = current_locale()
    reviewed = review_item(item, mark, None, locale)
    names = names_of_ids(dump_question(item.words.in_language(locale)))
    parts = [
        Part(names.get(part.key, ""), number, part)
        for number, part in enumerate(mark.marked.parts, 1)
    ]
    return {
        "reviewed": reviewed,
        "mark": mark,
        "parts": parts if len(parts) > 1 else [],
        "lines": [
            Line(BEHAVIOUR_WORDS[each.behaviour], each, _told(item, tries, settings, each))
            for each in bench.earned(item.question, item.payload, tries, settings)
        ],
    }


def _told(
    item: PaperItem, tries: Sequence[Payload], settings: QuizSettings, earned: bench.Earned
) -> Checked | None:
    if not registry.checks(earned.behaviour, item.question):
        return None
    under = bench.settings_for(settings, earned.behaviour)
    made = [Tried(number, payload, None) for number, payload in enumerate(tries, 1)]
    while len(made) > 1 and checking.standing_of(item, under, made[:-1]).is_over:
        made.pop()  # a closed question takes no more
    shown = replace(item, payload=made[-1].payload) if made else item
    things = during(under.shown, checks=True) | {Shown.CORRECTNESS}
    return checked_of(shown, under, made, things)

"""All attempts of a quiz for trainers with what was taken on paper, and the same as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from werkzeug.wrappers import Response

from lms.access import current_actor, prepares, reads
from lms.quizzes import desk
from lms.quizzes.key_words import given_words
from lms.quizzes.permissions import SEE_RESULTS
from lms.quizzes.results import exports, listing, loading, words
from lms.quizzes.results.listing import PER_PAGE, Wanted
from lms.quizzes.results.scope import Scope, Which, scope_of
from lms.quizzes.views import bp
from lms.quizzes.views.statistics import handed_out, load_results
from lms.quizzes.views.taking import QuizPage
from lms.web.templating import render

PAGE = "/courses/<slug>/quizzes/<quiz_slug>/attempts"


@dataclass(frozen=True)
class Page:
    """A page of the list, for the pager."""

    number: int
    pages: int
    total: int
    href: Callable[[int], str]


def _asked(page: QuizPage) -> tuple[Scope, Wanted]:
    scope = scope_of(page.quiz, current_actor(), request.args.get("edition", ""))
    return scope, listing.wanted_of(request.args)


def _query(scope: Scope, wanted: Wanted) -> dict[str, Any]:
    """Write what was asked for back into addresses."""
    return {
        "edition": scope.edition_id if len(scope.editions) > 1 else None,
        "attempts": None if wanted.which is Which.ALL else wanted.which.value,
        "state": wanted.standing or None,
        "group": wanted.group or None,
        "search": wanted.search or None,
        "order": None if wanted.order == "name" else wanted.order,
    }


@bp.get(PAGE)
@reads(SEE_RESULTS, load_results)
def attempts(page: QuizPage) -> str:
    """List the attempts of a quiz, and what was taken on paper."""
    scope, wanted = _asked(page)
    every = [*listing.attempts_of(scope), *listing.papers_of(scope)]
    rows = listing.listed(every, wanted)
    where: dict[str, Any] = {"slug": page.outline.slug, "quiz_slug": page.quiz.slug}
    query = _query(scope, wanted)

    def at(number: int) -> str:
        return url_for("quizzes.attempts", page=number, **where, **query)

    pages = max(1, -(-len(rows) // PER_PAGE))
    asked = request.args.get("page", "1")
    number = min(max(1, int(asked)), pages) if asked.isdecimal() and len(asked) < 7 else 1
    return render(
        "quizzes/attempts.html",
        page=page,
        frame=desk.frame_of(page, "results"),
        scope=scope,
        wanted=wanted,
        query=query,
        where=where,
        rows=rows[(number - 1) * PER_PAGE : number * PER_PAGE],
        pager=Page(number, pages, len(rows), at),
        total=len(every),
        on_paper=sum(row.is_on_paper for row in rows),
        words=words,
        choices=list(Which),
        states=listing.STATES,
        orders=listing.ORDERS,
    )


@bp.get(f"{PAGE}.<any(xlsx, csv):form>")
@prepares(SEE_RESULTS, load_results)
def attempts_file(page: QuizPage, form: str) -> Response:
    """Hand out the list as a file, and record it."""
    scope, wanted = _asked(page)
    every = [*listing.attempts_of(scope), *listing.papers_of(scope)]
    rows = listing.listed(every, wanted)
    data = exports.attempts_file(rows, page.quiz, form, _here)
    return handed_out(page, data, f"{page.quiz.slug}-incercari.{form}", form, what="attempts")


@bp.get(f"{PAGE}/answers.<any(xlsx, csv):form>")
@prepares(SEE_RESULTS, load_results)
def answers_file(page: QuizPage, form: str) -> Response:
    """Hand out every answer of the attempts listed as a file, and record it."""
    scope, wanted = _asked(page)
    rows = listing.listed(listing.attempts_of(scope), wanted)
    asked, given = loading.given_in(scope)
    answered = exports.Answered(asked, given, given_words)
    data = exports.answers_file(rows, answered, page.quiz, form, _here)
    return handed_out(page, data, f"{page.quiz.slug}-raspunsuri.{form}", form, what="answers")


def _here(moment: datetime) -> datetime:
    """Write a moment in the zone that the site's people live in."""
    return moment.astimezone(ZoneInfo("Europe/Bucharest"))

"""A question's versions: compared, brought back, pinned; and where the question is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import flash, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, may, prepares, reads, writing_subject
from lms.courses.outline import Outline
from lms.quizzes.bank import desk
from lms.quizzes.bank_tools import queries, words
from lms.quizzes.bank_tools.difference import Difference, differ
from lms.quizzes.bank_tools.queries import RevisionLine, VersionLine
from lms.quizzes.corrections import queries as correction_queries
from lms.quizzes.corrections import wording
from lms.quizzes.corrections.neutral import flawable
from lms.quizzes.corrections.queries import MadeCorrection
from lms.quizzes.key_words import plain_words
from lms.quizzes.models import Question
from lms.quizzes.permissions import EDIT_BANK, SEE_BANK
from lms.quizzes.queries import newest_words
from lms.quizzes.services import restoring, workshop
from lms.quizzes.services.prepared import Change
from lms.quizzes.services.restoring import NotInText, ReadyEdit, Restoring, TextNotReady
from lms.quizzes.views import bp
from lms.quizzes.views.bank import QuestionPage, load_question
from lms.web.forms import lazy, whole_number
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render

MOST_TRIES = 3
FAULTY = lazy(
    "Nothing was changed: the test’s text has a fault. Mend it in the test, under “Questions”, "
    "then try again."
)
PAGE = "/courses/<slug>/bank/<int:question_id>"


def load_in_text(actor: Actor, *, locked: bool, slug: str, question_id: int) -> QuestionPage | None:
    """Load a question whose text is to be edited, without a lock: the course's comes first."""
    return load_question(actor, locked=False, slug=slug, question_id=question_id)


# Versions --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """Two wordings of a question side by side, in both languages."""

    old: RevisionLine
    new: RevisionLine
    ro: Difference
    en: Difference | None


@bp.get(f"{PAGE}/versions")
@reads(SEE_BANK, load_question)
def bank_versions(page: QuestionPage) -> str:
    """List a question's versions and wordings; compare the two that are chosen."""
    versions = queries.versions_of(page.question.id)
    lines = [line for version in versions for line in version.revisions]
    old, new = _chosen(lines)
    return render(
        "quizzes/bank_versions.html",
        frame=desk.question_frame(page, "versions"),
        page=page,
        versions=versions,
        lines=lines,
        old=old,
        new=new,
        compared=_compared(page, old, new),
        pinned=restoring.pinned_in_text(page.question),
        may_edit=may(EDIT_BANK.name, page),
        words=words,
    )


def _chosen(lines: list[RevisionLine]) -> tuple[RevisionLine | None, RevisionLine | None]:
    """Read which two are compared, the older first; the newest two at the beginning."""
    by_id = {line.id: line for line in lines}
    asked = [by_id.get(whole_number(request.args.get(name)) or 0) for name in ("old", "new")]
    found = [line for line in asked if line is not None] if all(asked) else lines[1::-1]
    if len(found) < 2:
        return None, None
    first, second = sorted(found, key=lambda line: line.place)
    return first, second


def _compared(
    page: QuestionPage, old: RevisionLine | None, new: RevisionLine | None
) -> Compared | None:
    if old is None or new is None or old.id == new.id:
        return None
    found = [queries.revision_of(page.question.id, line.id) for line in (old, new)]
    before, after = (each[1] for each in found if each is not None)
    has_english = before["en"] is not None or after["en"] is not None
    return Compared(
        old,
        new,
        differ(before["ro"], after["ro"]),
        differ(before["en"] or {}, after["en"] or {}) if has_english else None,
    )


# An older one brought back -----------------------------------------------------------------------


def load_revision(
    actor: Actor, *, locked: bool, slug: str, question_id: int, revision_id: int
) -> QuestionPage | None:
    """Load a question of which there is this wording."""
    page = load_in_text(actor, locked=locked, slug=slug, question_id=question_id)
    if page is None or queries.revision_of(question_id, revision_id) is None:
        return None
    return page


@bp.get(f"{PAGE}/versions/<int:revision_id>/restore")
@reads(EDIT_BANK, load_revision)
def look_at_restoring(page: QuestionPage) -> Response | str:
    """Show what bringing an older wording back would change."""
    try:
        plan = _plan(page.question)
    except (NotInText, TextNotReady):
        return _cannot(_versions(page))
    return render(
        "quizzes/bank_restore.html",
        frame=desk.question_frame(page, "versions"),
        page=page,
        plan=plan,
        is_key=plan.change is Change.KEY,
        pinned=restoring.pinned_in_text(page.question),
        words=words,
    )


def _plan(question: Question) -> Restoring:
    args = request.view_args or {}
    plan = restoring.plan(question, args["revision_id"])
    assert plan is not None  # the loader has found it
    return plan


@bp.post(f"{PAGE}/versions/<int:revision_id>/restore")
@prepares(EDIT_BANK, load_revision)
def restore(page: QuestionPage) -> Response:
    """Bring an older wording back, on top of the others."""
    back, question_id, slug = _versions(page), page.question.id, page.outline.slug
    try:
        for _try in range(MOST_TRIES):
            plan = _plan(_as_it_is(question_id))
            if plan.changes_nothing:
                flash(_("The question says so already; nothing was changed."), "info")
                return redirect(back)
            ready = restoring.make_ready(plan)
            if _done(load_revision, partial(_restored, ready, plan)):
                _tell_restored(ready, plan)
                return redirect(back)
    except (NotInText, TextNotReady):
        return _cannot(back)
    raise workshop.CourseMoved(slug)


def _restored(ready: ReadyEdit, plan: Restoring, by: int) -> None:
    restoring.carry_out(ready, plan, by=by, now=clock.now())


def _tell_restored(ready: ReadyEdit, plan: Restoring) -> None:
    lost = any(text.lost_words for text in ready.texts)
    if plan.change is Change.KEY:
        flash(_("Brought back as a new version; attempts keep the one they began with."), "success")
    else:
        flash(_("Brought back; everybody sees these words from now on."), "success")
    if lost:
        flash(_("English words that no longer fit were left out."), "warning")


def _done(load: Callable[..., Any], act: Callable[[int], None]) -> bool:
    """Write in a transaction of its own; False where it is to be worked out anew."""
    db.end_reading()
    try:
        with writing_subject(EDIT_BANK, load):
            actor = current_actor()
            assert actor is not None
            act(actor.person_id)
    except (workshop.CourseMoved, workshop.TextChanged):
        return False
    return True


def _as_it_is(question_id: int) -> Question:
    """Read the question again: somebody may have moved it meanwhile."""
    return db.session().get_one(Question, question_id)


def _cannot(back: str) -> Response:
    flash(str(FAULTY), "error")
    return redirect(back)


def _versions(page: QuestionPage) -> str:
    return _href(page.outline, page.question.id)


def _href(outline: Outline, question_id: int) -> str:
    return url_for("quizzes.bank_versions", slug=outline.slug, question_id=question_id)


# Pinned or latest ------------------------------------------------------------------------------


@bp.post(f"{PAGE}/pin")
@prepares(EDIT_BANK, load_in_text)
def pin_version(page: QuestionPage) -> Response:
    """Let the question's test stay with a version, or follow the newest."""
    back, question_id, slug = _versions(page), page.question.id, page.outline.slug
    question = _as_it_is(question_id)
    wanted = request.form.get("version", "")
    number = whole_number(wanted)
    known = {version.number for version in queries.versions_of(question.id)}
    if question.quiz_id is None or (wanted != "newest" and number not in known):
        flash(_("Nothing was changed: choose which version the test asks."), "warning")
        return redirect(back)
    number = None if wanted == "newest" else number
    try:
        for _try in range(MOST_TRIES):
            question = _as_it_is(question_id)
            if restoring.pinned_in_text(question) == number:
                break
            ready = restoring.pinning(question, number)
            if _done(load_in_text, partial(_pinned, ready, question_id, number)):
                break
        else:
            raise workshop.CourseMoved(slug)
    except (NotInText, TextNotReady):
        return _cannot(back)
    if number is None:
        flash(_("The test asks the newest version, in attempts that begin from now on."), "success")
    else:
        flash(_("The test stays with version %(number)s.", number=number), "success")
    return redirect(back)


def _pinned(ready: ReadyEdit, question_id: int, number: int | None, by: int) -> None:
    restoring.pin(ready, question_id, number, by=by, now=clock.now())


def version_panel(page: QuestionPage) -> Markup | None:
    """Say on the question's first page that its test stays with an older version."""
    pinned = restoring.pinned_in_text(page.question)
    if pinned is None:
        return None
    newest = queries.newest_of(page.question.id)
    return Markup(  # noqa: S704 -- our template
        render(
            "quizzes/_bank_pinned.html",
            number=pinned,
            newest=newest.number if newest is not None else pinned,
            href=_versions(page),
        )
    )


# Use -------------------------------------------------------------------------------------------


@bp.get(f"{PAGE}/use")
@reads(SEE_BANK, load_question)
def bank_use(page: QuestionPage) -> str:
    """Say where a question is asked, and what came of it: answers, disputes, corrections."""
    versions = queries.versions_of(page.question.id)
    by_id = {version.id: version for version in versions}
    made = correction_queries.corrections_of(sorted(by_id))
    return render(
        "quizzes/bank_use.html",
        frame=desk.question_frame(page, "use"),
        page=page,
        lines=queries.usage_of(page.question.id),
        newest=versions[0].number if versions else None,
        pinned=restoring.pinned_in_text(page.question),
        made=made,
        say=_sayer(made, by_id),
        versions=by_id,
    )


def _sayer(
    made: list[MadeCorrection], versions: Mapping[int, VersionLine]
) -> Callable[[MadeCorrection], str]:
    """Word corrections; options by their text, versions by their number."""
    locale = current_locale()
    worded = newest_words(sorted({each.version_id for each in made})) if made else {}

    def say(each: MadeCorrection) -> str:
        question = worded[each.version_id].in_language(locale)
        texts = {o.id: plain_words(question.type, o.text) for o in flawable(question)}
        key = versions.get(each.key_version_id or 0)
        number = key.number if key is not None else None
        return wording.said(each.kind, texts.get(each.option_id or "", ""), number)

    return say

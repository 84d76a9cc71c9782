"""The trainer's page of corrections: what was asked, what is flawed, who would move, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, may, reads, writes
from lms.quizzes import desk
from lms.quizzes.corrections import queries as correction_queries
from lms.quizzes.corrections import wording
from lms.quizzes.corrections.keyed import stale_feedback
from lms.quizzes.corrections.marking import can_mark
from lms.quizzes.corrections.neutral import flawable
from lms.quizzes.corrections.proposal import Proposal, refusal
from lms.quizzes.corrections.queries import AskedVersion, MadeCorrection
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.key_words import key_texts, plain_words
from lms.quizzes.models import Quiz
from lms.quizzes.permissions import CORRECT_QUESTION, EDIT_QUIZ, PREVIEW_QUIZ
from lms.quizzes.services import corrected, correcting, disputes
from lms.quizzes.services.correcting import Movement, Outlook
from lms.quizzes.views import bp
from lms.quizzes.views.taking import QuizPage, load_quiz
from lms.web.forms import whole_number
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render

MOST_LINES = 200

# What other packages know of certificates: from places to the number that each one holds.
CERTIFICATES: list[Callable[[Sequence[int]], Mapping[int, str]]] = []


@dataclass(frozen=True)
class VersionPage:
    """One version of a question of a quiz."""

    page: QuizPage
    version: AskedVersion
    siblings: tuple[AskedVersion, ...]  # the question's other versions, newest first

    @property
    def quiz(self) -> Quiz:
        """The quiz."""
        return self.page.quiz

    @property
    def course_id(self) -> int:
        """The course whose trainers may correct it."""
        return self.page.course_id


def load_version(
    actor: Actor, *, locked: bool, slug: str, quiz_slug: str, version_id: int
) -> VersionPage | None:
    """Load a version that the quiz asks or has asked."""
    page = load_quiz(actor, locked=False, slug=slug, quiz_slug=quiz_slug)
    if page is None:
        return None
    versions = correction_queries.versions_of(page.quiz)
    found = next((v for v in versions if v.id == version_id), None)
    if found is None:
        return None
    ours = tuple(v for v in versions if v.question_id == found.question_id and v.id != found.id)
    return VersionPage(page, found, ours)


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/corrections")
@reads(PREVIEW_QUIZ, load_quiz)
def corrections(page: QuizPage) -> str:
    """List the questions that were asked, and everything that was corrected on them."""
    versions = correction_queries.versions_of(page.quiz)
    made = correction_queries.corrections_of([v.id for v in versions])
    held = corrected.acts_of([v.id for v in versions])
    old_keys = correction_queries.old_keys(versions, held)
    return render(
        "quizzes/corrections.html",
        frame=desk.frame_of(page, "corrections"),
        page=page,
        versions=versions,
        made=made,
        names={v.id: v for v in versions},
        corrected={version_id for version_id, acts in held.items() if acts},
        say=_sayer(versions),
        old_keys=old_keys,
        ways={v.id: pair for pair in reversed(old_keys) for v in pair},
        may_correct_here=CORRECT_QUESTION.allows(current_actor(), page),
        may_correct=False,  # that is done on the question's own page
    )


def _sayer(versions: Sequence[AskedVersion]) -> Callable[[MadeCorrection], str]:
    """Word corrections; options by their text, versions by their number."""
    by_id = {v.id: v for v in versions}
    locale = current_locale()

    def say(made: MadeCorrection) -> str:
        version = by_id[made.version_id]
        question = version.words.in_language(locale)
        texts = {each.id: plain_words(question.type, each.text) for each in flawable(question)}
        key = by_id.get(made.key_version_id) if made.key_version_id is not None else None
        return wording.said(
            made.kind, texts.get(made.option_id or "", ""), key.number if key else None
        )

    return say


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/corrections/<int:version_id>")
@reads(PREVIEW_QUIZ, load_version)
def correct_question(found: VersionPage) -> str:
    """Show one question, what may be corrected on it, and what was."""
    version, locale = found.version, current_locale()
    question = version.words.in_language(locale)
    everything = (version, *found.siblings)
    held = corrected.acts_of([v.id for v in everything])
    acts = held.get(version.id, [])
    by_number = sorted(everything, key=lambda v: -v.number)
    options = [
        (
            each,
            {
                kind: refusal(_of(version, kind, each.id), acts, version.words.ro, None)
                for kind in (CorrectionKind.OPTION_CREDIT, CorrectionKind.OPTION_IGNORED)
            },
        )
        for each in flawable(question)
    ]
    wholes = {
        kind: refusal(_of(version, kind), acts, version.words.ro, None)
        for kind in (CorrectionKind.QUESTION_CREDIT, CorrectionKind.QUESTION_LEFT_OUT)
    }
    return render(
        "quizzes/correct_question.html",
        frame=desk.frame_of(found.page, "corrections"),
        found=found,
        version=version,
        question=question,
        language=version.words.language(locale),
        key=[plain_words(question.type, text) for text in key_texts(question)],
        words=lambda text: plain_words(question.type, text),
        options=options,
        first_flawed=next((each.id for each, _why in options if not each.is_right), None),
        wholes=wholes,
        keys=[
            (v, key_texts(v.words.in_language(locale)))
            for v in found.siblings
            if can_mark(v.words.ro, version.words.ro)
        ],
        newer_than=[
            old for old, new in correction_queries.old_keys(by_number, held) if new is version
        ],
        may_edit=may(EDIT_QUIZ.name, found.page),
        made=correction_queries.corrections_of([version.id]),
        names=None,
        rewordings=correction_queries.rewordings_of(version.id),
        say=_sayer(everything),
        contested=disputes.open_on(version.id),
        may_correct=CORRECT_QUESTION.allows(current_actor(), found),
        dispute=whole_number(request.args.get("dispute")),
    )


def _of(version: AskedVersion, kind: CorrectionKind, option: str | None = None) -> Proposal:
    return Proposal(version.id, kind, option)


def _proposed(found: VersionPage, values: Mapping[str, str]) -> Proposal | None:
    """Read what is proposed; odd values propose nothing."""
    kind = values.get("kind", "")
    if kind not in set(CorrectionKind):
        return None
    key = whole_number(values.get("key"))
    if key is not None and key not in {v.id for v in found.siblings}:
        return None
    named = CorrectionKind(kind)
    return Proposal(  # of what was sent, what this kind of correction speaks of
        found.version.id,
        named,
        (values.get("option") or "")[:80] or None if named.is_of_option else None,
        key if named is CorrectionKind.KEY else None,
        whole_number(values.get("withdraws")) if named is CorrectionKind.WITHDRAWN else None,
    )


@dataclass(frozen=True)
class Line:
    """Somebody who would move across the pass mark."""

    movement: Movement
    name: str
    certificate: str | None
    passed_otherwise: bool  # another attempt passed, and stays so


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/corrections/<int:version_id>/look")
@reads(CORRECT_QUESTION, load_version)
def look_at_correction(found: VersionPage) -> Response | str:
    """Show who would move by a correction, before anything is changed."""
    return _look(found, request.args)


def _look(
    found: VersionPage, values: Mapping[str, str], *, reason: str = "", error: str = ""
) -> Response | str:
    back = _back(found)
    proposal = _proposed(found, values)
    if proposal is None:
        flash(_("Choose what should be corrected."), "warning")
        return redirect(back)
    try:
        outlook = correcting.look(proposal)
    except correcting.CannotCorrect as refused:
        flash(wording.refused(refused.reason), "warning")
        return redirect(back)
    lines = _lines(outlook)
    key = next((v for v in found.siblings if v.id == proposal.key_version_id), None)
    return render(
        "quizzes/look_at_correction.html",
        frame=desk.frame_of(found.page, "corrections"),
        found=found,
        version=found.version,
        proposal=proposal,
        said=_said(found, proposal),
        outlook=outlook,
        rising=[line for line in lines if line.movement.rises],
        falling=[line for line in lines if not line.movement.rises],
        most=MOST_LINES,
        certificates=[line for line in lines if line.certificate],
        contested=disputes.open_on(found.version.id),
        is_live=key is not None and key.is_current and key.number > found.version.number,
        stale=stale_feedback(found.version.words.ro, key.words.ro) if key is not None else (),
        may_edit=may(EDIT_QUIZ.name, found.page),
        reason=reason,
        error=error,
        stem=found.version.words.in_language(current_locale()).stem,
    )


def _said(found: VersionPage, proposal: Proposal) -> str:
    made: Any = proposal
    if proposal.withdraws_id is not None:
        earlier = correction_queries.corrections_of([found.version.id])
        made = next((m for m in earlier if m.id == proposal.withdraws_id), proposal)
        text = _sayer((found.version, *found.siblings))(made)
        return _("No longer: %(what)s", what=text)
    return _sayer((found.version, *found.siblings))(made)


def _back(found: VersionPage) -> str:
    return url_for(
        "quizzes.correct_question",
        slug=found.page.outline.slug,
        quiz_slug=found.quiz.slug,
        version_id=found.version.id,
    )


def _lines(outlook: Outlook) -> list[Line]:
    """Name those who cross the pass mark, with the certificates that they hold."""
    crossing = outlook.crossing
    places = sorted({m.concerned.enrolment_id for m in crossing})
    if not places:
        return []
    names = correction_queries.names_of(places)
    moving = {m.concerned.attempt_id for m in crossing}
    quizzes = {m.concerned.quiz_id for m in crossing}
    passed = correction_queries.passed_otherwise(quizzes, places)
    held: dict[int, str] = {}
    for certificates in CERTIFICATES:
        held.update(certificates(places))
    lines = [
        Line(
            m,
            names[m.concerned.enrolment_id],
            held.get(m.concerned.enrolment_id),
            bool(passed.get(m.concerned.enrolment_id, set()) - moving),
        )
        for m in crossing
    ]
    return sorted(lines, key=lambda line: line.name)


@bp.post("/courses/<slug>/quizzes/<quiz_slug>/corrections/<int:version_id>")
@writes(CORRECT_QUESTION, load_version)
def apply_correction(found: VersionPage) -> Response | str:
    """Apply a correction that was looked at, with its reason; a second click changes nothing."""
    actor = current_actor()
    assert actor is not None
    values = request.form
    reason = " ".join(values.get("reason", "").split())[:1000]
    proposal = _proposed(found, values)
    if proposal is None or not reason:
        wanted = _("Say in a few words why; those whose marks change read it.")
        return _look(found, values, error=wanted)
    by, now = actor.person_id, clock.now()
    try:
        made = correcting.apply(
            proposal, reason=reason, by=by, seen=values.get("seen", ""), now=now
        )
    except correcting.LookAgain:
        said = _("Something changed since this page was drawn: look again at whose result changes.")
        return _look(found, values, reason=reason, error=said)
    except correcting.CannotCorrect as refused:
        flash(wording.refused(refused.reason), "warning")
        return redirect(_back(found))
    ids = [n for n in map(whole_number, values.getlist("dispute")) if n is not None]
    answered = disputes.uphold_by_correction(ids, made, by=by, now=now) if ids else 0
    db.session().flush()
    flash(wording.applied(answered), "success")
    return redirect(_back(found))

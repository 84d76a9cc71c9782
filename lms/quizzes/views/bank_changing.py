"""Change questions of the bank: many at once, or one on its page; say what one thinks of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import prepares, writes, writing_subject
from lms.audit.services import record
from lms.courses.views.learning import CoursePage
from lms.errors import Hidden
from lms.quizzes.bank import desk, retouch, words
from lms.quizzes.bank.filters import Filters
from lms.quizzes.forms.draw_forms import shortage_words
from lms.quizzes.models import QuestionComment
from lms.quizzes.permissions import EDIT_BANK
from lms.quizzes.services import bank_text, banking, locks, pictures
from lms.quizzes.services.banking import Change, Held
from lms.quizzes.services.left_short import Meant, left_short
from lms.quizzes.services.workshop import CourseMoved, TextChanged
from lms.quizzes.views import bp
from lms.quizzes.views.bank import QuestionPage, load_bank, load_question
from lms.quizzes.views.exchange import me
from lms.web.forms import whole_number
from lms.web.i18n import current_locale, ngettext
from lms.web.i18n import gettext as _
from lms.web.templating import render

LONGEST_COMMENT = 2000
MOST_TRIES = 3


@dataclass
class Done:
    """What an act did: how many questions it concerned, and why others stayed."""

    number: int = 0
    held: Mapping[Held, int] = field(default_factory=Counter)
    refusal: str = ""

    def tell(self) -> None:
        """Say it on the next page."""
        if self.refusal:
            flash(self.refusal, "error")
            return
        if self.number:
            said = ngettext(
                "%(num)s question was changed.", "%(num)s questions were changed.", self.number
            )
            flash(said, "success")
        for why, number in self.held.items():
            flash(words.held_sentence(why, number), "info" if why is Held.SAME else "warning")


def act(course_id: int, ids: Collection[int], do: str, load: Any) -> Done:
    """Do to questions what a form asks; what is slow comes before the write."""
    if not ids:
        return Done(refusal=_("Nothing was changed: choose questions first."))
    if do in ("share", "unshare", "retire", "restore"):
        return _act_on_rows(course_id, ids, do, load)
    for _try in range(MOST_TRIES):
        try:
            planned = _planned(course_id, ids, do)
        except banking.TextNotReady as refused:
            return Done(refusal=_faulty(refused))
        if isinstance(planned, Done):
            return planned
        pictures.lay_down(planned.files)
        db.end_reading()
        try:
            with writing_subject(EDIT_BANK, load):
                number = banking.carry_out(planned, do, by=me(), now=clock.now())
        except (CourseMoved, TextChanged):
            continue  # somebody saved something else meanwhile: work it out anew
        return Done(number, planned.held)
    said = _(
        "Somebody else is changing this course right now. Nothing was done. Try again in a moment."
    )
    return Done(refusal=said)


def _faulty(refused: banking.TextNotReady) -> str:
    return _(
        "Nothing was changed: the text of “%(test)s” has faults. Mend them first.",
        test=refused.quiz.title(current_locale()),
    )


def _planned(course_id: int, ids: Collection[int], do: str) -> Change | Done:
    sent = request.form
    if do == "add":
        quiz_id = whole_number(sent.get("quiz"))
        if quiz_id is None:
            return Done(refusal=_("Nothing was changed: choose the test."))
        return banking.plan_adding(course_id, quiz_id, ids)
    edit = _edit(do)
    if edit is None:
        said = _("Nothing was changed: choose what to do, and write the category or the tag.")
        return Done(refusal=said)
    return banking.plan_edit(course_id, ids, edit, drafts=do == "draft")


def _edit(do: str) -> retouch.Edit | None:
    """Read what a form asks to be done to each question."""
    sent = request.form
    move = retouch.moved_to(sent.get("category", ""))
    wanted = sent.get("tag", "").strip()
    edits: dict[str, retouch.Edit] = {
        "move": move,
        "ready": retouch.ready,
        "draft": retouch.kept_back,
    }
    if do == "file":
        tag = retouch.tagged(sent.get("tags", "").split(","))
        return lambda item: tag(move(item))
    if do in ("tag", "untag") and wanted:
        return retouch.with_tag(wanted) if do == "tag" else retouch.without_tag(wanted)
    return edits.get(do)


def _act_on_rows(course_id: int, ids: Collection[int], do: str, load: Any) -> Done:
    db.end_reading()
    with writing_subject(EDIT_BANK, load):
        course = locks.course(course_id)
        rows = banking.chosen(course_id, ids)
        now = clock.now()
        if do in ("share", "unshare"):
            number = banking.share(course, rows, shares=do == "share", by=me())
            same = len(rows) - number
            return Done(number, {Held.SAME: same} if same else {})
        if do == "retire":
            return Done(*banking.put_out_of_use(course, rows, by=me(), now=now))
        return Done(*banking.bring_back(course, rows, by=me(), now=now))


def ids_sent() -> list[int]:
    """The questions that were ticked."""
    found = (whole_number(each) for each in request.form.getlist("question"))
    return [each for each in found if each is not None][: banking.MOST_CHOSEN]


def _warned(frame: desk.BankFrame, course_id: int, ids: Sequence[int], back: str) -> str | None:
    """Name the tests that would have too little left to draw, before anything is done.

    None where there are none, or whoever sends the form has read of them.
    """
    sent = request.form
    if sent.get("sure") == "1":
        return None
    do, tag = sent.get("do", ""), " ".join(sent.get("tag", "").split())
    names = sent.get("category", ""), tag, sent.get("tags", "")
    short = left_short(course_id, ids, Meant(do, *names, whole_number(sent.get("quiz"))))
    if not short:
        return None
    return render(
        "quizzes/bank_sure.html",
        frame=frame,
        short=short,
        said=shortage_words,
        act=words.ACTS.get(do) or _("Save category and tags"),
        number=len(ids),
        again=[(n, v) for n in sent if n != "csrf_token" for v in sent.getlist(n)],
        action=request.full_path.rstrip("?"),
        back=back,
    )


@bp.post("/courses/<slug>/bank")
@prepares(EDIT_BANK, load_bank)
def change_bank(page: CoursePage) -> Response | str:
    """Do something to the ticked questions, and show the same list again."""
    args: dict[str, Any] = dict(Filters.of(request.args).args)
    number = whole_number(request.args.get("page"))
    back = url_for("quizzes.bank", slug=page.outline.slug, page=number, **args)
    frame = desk.bank_frame(page, "questions")
    if (warned := _warned(frame, page.course_id, ids_sent(), back)) is not None:
        return warned
    act(page.course_id, ids_sent(), request.form.get("do", ""), load_bank).tell()
    return redirect(back)


@bp.post("/courses/<slug>/bank/<int:question_id>")
@prepares(EDIT_BANK, load_question)
def change_bank_question(page: QuestionPage) -> Response | str:
    """Do something to one question on its page."""
    question_id = page.question.id
    back = url_for("quizzes.bank_question", slug=page.outline.slug, question_id=question_id)
    frame = desk.question_frame(page, "question")
    if (warned := _warned(frame, page.course_id, [question_id], back)) is not None:
        return warned
    act(page.course_id, [question_id], request.form.get("do", ""), load_question).tell()
    return redirect(back)


# Of other courses ------------------------------------------------------------------------------


@bp.post("/courses/<slug>/bank/shared")
@prepares(EDIT_BANK, load_bank)
def take_shared(page: CoursePage) -> Response:
    """Copy the ticked questions of other courses into this one's bank, or into one of its tests."""
    course_id, slug = page.course_id, page.outline.slug
    try:
        number, has_lost = _taken(course_id, ids_sent(), whole_number(request.form.get("quiz")))
    except banking.TextNotReady as refused:
        flash(_faulty(refused), "error")
        return redirect(url_for("quizzes.bank_shared", slug=slug))
    if not number:
        flash(_("Nothing was copied: choose questions first."), "error")
        return redirect(url_for("quizzes.bank_shared", slug=slug))
    said = ngettext("%(num)s question was copied.", "%(num)s questions were copied.", number)
    flash(said, "success")
    if has_lost:
        flash(
            ngettext(
                "%(num)s of them used facts, a lesson or pictures that this course has not: "
                "it is a draft.",
                "%(num)s of them used facts, lessons or pictures that this course has not: "
                "they are drafts.",
                has_lost,
            ),
            "warning",
        )
    return redirect(url_for("quizzes.bank", slug=slug))


def _taken(course_id: int, ids: list[int], quiz_id: int | None) -> tuple[int, int]:
    for _try in range(MOST_TRIES):
        bench = bank_text.bank_bench(course_id)
        copies = bank_text.fit(bench, bank_text.shared_rows(course_id, ids))
        lost = sum(copy.has_lost for copy in copies)
        if not copies:
            return 0, 0
        try:
            if quiz_id is not None:
                return _taken_into(course_id, quiz_id, copies), lost
            ready = bank_text.ready_copies(bench, copies)
            pictures.lay_down(ready.files)
            db.end_reading()
            with writing_subject(EDIT_BANK, load_bank):
                made = bank_text.save(ready, bench, "bank.copied", by=me(), now=clock.now())
            return len(made), lost
        except (CourseMoved, TextChanged):
            continue
    raise CourseMoved(str(course_id))


def _taken_into(course_id: int, quiz_id: int, copies: list[bank_text.Fitted]) -> int:
    planned = banking.plan_adding(course_id, quiz_id, [], copies)
    pictures.lay_down(planned.files)
    db.end_reading()
    with writing_subject(EDIT_BANK, load_bank):
        return banking.carry_out(planned, "add", by=me(), now=clock.now())


# Comments --------------------------------------------------------------------------------------


@bp.post("/courses/<slug>/bank/<int:question_id>/comments")
@writes(EDIT_BANK, load_question)
def comment_on_question(page: QuestionPage) -> Response:
    """Say something of a question, for colleagues."""
    text = request.form.get("text", "").replace("\r\n", "\n").replace("\x00", "").strip()
    there = _there(page)
    if not text:
        flash(_("Nothing was written. Say what should be looked at."), "error")
        return redirect(f"{there}#comments")
    comment = QuestionComment(
        question_id=page.question.id,
        author_id=me(),
        text=text[:LONGEST_COMMENT],
        made_at=clock.now(),
    )
    db.session().add(comment)
    db.session().flush()
    record(
        "bank.commented",
        by=me(),
        on=page.question,
        course_id=page.course_id,
        question=page.question.content_id,
    )
    return redirect(f"{there}#c{comment.id}")


@bp.post("/courses/<slug>/bank/<int:question_id>/comments/<int:comment_id>")
@writes(EDIT_BANK, load_question)
def settle_comment(page: QuestionPage, comment_id: int) -> Response:
    """Say that what a comment asks for is done, or that it isn't."""
    comment = db.session().get(QuestionComment, comment_id)
    if comment is None or comment.question_id != page.question.id:
        raise Hidden
    is_settled = request.form.get("do") != "reopen"
    if is_settled and comment.resolved_at is None:
        comment.resolved_at, comment.resolved_by_id = clock.now(), me()
    elif not is_settled:
        comment.resolved_at = comment.resolved_by_id = None
    return redirect(f"{_there(page)}#comments")


def _there(page: QuestionPage) -> str:
    return url_for("quizzes.bank_question", slug=page.outline.slug, question_id=page.question.id)

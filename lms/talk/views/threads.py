"""A question with its replies; the trainers' list; the link that ends mails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, may, reads, writes
from lms.errors import Hidden
from lms.quizzes.disputes import queries as dispute_queries
from lms.quizzes.permissions import LIST_DISPUTES
from lms.talk.errors import NothingWritten, NotToBeShared, TooLong, WrittenTooOften
from lms.talk.models import Post, Thread
from lms.talk.permissions import (
    MARK_HELPFUL,
    REPLY,
    SEE_INBOX,
    SEE_THREAD,
    SETTLE_THREAD,
    SHARE_THREAD,
    STOP_TALK_MAIL,
)
from lms.talk.plain_text import paragraphs
from lms.talk.queries import threads as queries
from lms.talk.queries.threads import PER_PAGE, InboxFilters
from lms.talk.services import threads as services
from lms.talk.stopping import TALK_MAIL
from lms.talk.views.blueprint import Page, Typed, asked_page, bp, me
from lms.web.csrf import authorised_by_address
from lms.web.i18n import gettext as _
from lms.web.templating import render


def load_thread(actor: Actor | None, *, locked: bool, **args: Any) -> Thread | None:
    """Load a visible thread with all that its page says."""
    statement = queries.with_company(Thread.visible_to(actor).where(Thread.id == args["thread_id"]))
    if locked:
        statement = statement.with_for_update(of=Thread)
    found: Thread | None = db.session().scalars(statement).unique().one_or_none()
    return found


load_thread.consumes = frozenset({"thread_id"})  # type: ignore[attr-defined]


@bp.get("/threads/<int:thread_id>")
@reads(SEE_THREAD, load_thread)
def thread(thread: Thread) -> str:
    """Show a question with its replies."""
    return _draw(thread, Typed.fresh())


def _draw(thread: Thread, typed: Typed) -> str:
    actor = current_actor()
    assert actor is not None
    is_own = actor.person_id == thread.person_id
    follows = may("thread:share", thread) or actor.runs_everything
    return render(
        "talk/thread.html",
        thread=thread,
        posts=queries.posts_of(thread.id, actor.person_id),
        about=queries.place_words(thread, for_trainer=follows and not is_own),
        is_own=is_own,
        names_asker=is_own or follows,
        follows=follows and not is_own,
        may_reply=REPLY.allows(actor, thread),
        may_settle=SETTLE_THREAD.allows(actor, thread),
        may_share=SHARE_THREAD.allows(actor, thread) and not thread.is_at_test,
        may_mark=MARK_HELPFUL.allows(actor, thread),
        zone=thread.edition.programme.zone,
        typed=typed,
        parts=paragraphs,
    )


def _back(thread: Thread, anchor: str = "") -> Response:
    return redirect(url_for("talk.thread", thread_id=thread.id, _anchor=anchor or None), 303)


@bp.post("/threads/<int:thread_id>/replies")
@writes(REPLY, load_thread)
def reply(thread: Thread) -> Response:
    """Reply to a question, or ask on."""
    typed = Typed.posted()
    try:
        post, is_new = services.reply(thread, typed.text, key=typed.key, by=me(), now=clock.now())
    except (NothingWritten, TooLong, WrittenTooOften) as why:
        refused = typed.refused(why)
        return make_response(_draw(thread, refused), refused.status)
    if is_new and post.is_answer:
        flash(_("Your answer was sent."), "ok")
    elif is_new:
        flash(_("Your words were sent to the trainer."), "ok")
    else:
        flash(_("This was sent already; it was not sent again."), "info")
    return _back(thread, f"r{post.id}")


@bp.post("/threads/<int:thread_id>/state")
@writes(SETTLE_THREAD, load_thread)
def settle(thread: Thread) -> Response:
    """Say that nothing more is needed, or that an answer is still missing."""
    answered = request.form.get("do") != "open"
    if services.settle(thread, answered=answered, now=clock.now()):
        flash(
            _("The question is marked as answered.")
            if answered
            else _("The question is waiting for an answer again."),
            "ok",
        )
    return _back(thread)


@bp.post("/threads/<int:thread_id>/sharing")
@writes(SHARE_THREAD, load_thread)
def share(thread: Thread) -> Response:
    """Show a question to the whole edition, or to its asker and the trainers alone again."""
    shared = request.form.get("do") != "hide"
    try:
        changed = services.share(thread, shared=shared, by=me())
    except NotToBeShared:
        flash(_("Questions about a test stay between the asker and the trainers."), "warning")
        return _back(thread)
    if changed and shared:
        flash(_("The whole edition can read it now, without the asker’s name."), "ok")
    elif changed:
        flash(_("Only the asker and the trainers read it now."), "ok")
    return _back(thread)


@bp.post("/threads/<int:thread_id>/answers/<int:post_id>/helpful")
@writes(MARK_HELPFUL, load_thread)
def mark_helpful(thread: Thread, post_id: int) -> Response:
    """Say of an answer that it helped, or no longer."""
    post = db.session().get(Post, post_id)
    if post is None or post.thread_id != thread.id or not post.is_answer:
        raise Hidden
    helpful = request.form.get("do") != "unmark"
    services.mark_helpful(post, me(), helpful=helpful, now=clock.now())
    return _back(thread, f"r{post.id}")


def _asked_filters() -> InboxFilters:
    asked = {
        name: request.args.get(name, "").strip()[:100]
        for name in ("state", "edition", "at", "search")
    }
    if asked["state"] not in ("open", "answered", "all"):
        asked["state"] = "open"
    if asked["at"] not in ("lesson", "test"):
        asked["at"] = ""
    return InboxFilters(**asked)


@bp.get("/threads")
@reads(SEE_INBOX)
def inbox() -> str:
    """List what was asked on the editions one follows."""
    actor = current_actor()
    assert actor is not None
    filters, number = _asked_filters(), asked_page()
    lines, total = queries.inbox(actor, filters, number)
    return render(
        "talk/inbox.html",
        lines=lines,
        counts={state.value: n for state, n in queries.counts(actor).items()},
        editions=queries.editions_asked(actor),
        filters=filters,
        contested=dispute_queries.waiting(actor) if LIST_DISPUTES.allows(actor) else None,
        page=Page(number, max(1, -(-total // PER_PAGE)), total, _page_address(filters)),
    )


def _page_address(filters: InboxFilters) -> Callable[[int], str]:
    kept = {
        name: value
        for name in ("state", "edition", "at", "search")
        if (value := getattr(filters, name))
    }
    return lambda number: url_for("talk.inbox", page=number if number > 1 else None, **kept)


# --- The link in every such mail -----------------------------------------------------------------


@bp.get("/threads/mail/stop/<token>")
@reads(STOP_TALK_MAIL)
def stop_page(token: str) -> str:
    """Say what the link does; looking at it changes nothing, since mail scanners look too."""
    person_id = TALK_MAIL.person_of(token)
    return render("talk/stop.html", token=token, has_stopped=TALK_MAIL.has_stopped(person_id))


@bp.post("/threads/mail/stop/<token>")
@authorised_by_address
@writes(STOP_TALK_MAIL)
def stop_mail(token: str) -> Response:
    """End such mails for whoever the link is for; again does nothing."""
    TALK_MAIL.stop(TALK_MAIL.person_of(token), now=clock.now())
    return redirect(url_for("talk.stop_page", token=token))


@bp.post("/threads/mail/resume/<token>")
@writes(STOP_TALK_MAIL)
def resume_mail(token: str) -> Response:
    """Send such mails again to whoever the link is for."""
    TALK_MAIL.resume(TALK_MAIL.person_of(token))
    return redirect(url_for("talk.stop_page", token=token))

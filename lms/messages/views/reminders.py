"""Rules of reminders with who would get one today; their words; and the link that ends them."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import reads, writes
from lms.courses.models import Edition
from lms.errors import Hidden
from lms.messages import placeholders, words
from lms.messages.defaults import DRAFTS
from lms.messages.forms import PlanForm, WordsForm
from lms.messages.permissions import SEE_REMINDERS, SET_REMINDERS, STOP_REMINDERS
from lms.messages.reminder_rules import Due, Kind, Silence, count_silences, decide, may_send
from lms.messages.services import reminder_plans, reminders, sending
from lms.messages.services.reminder_plans import Plan
from lms.messages.stopping import REMINDERS
from lms.messages.views.blueprint import bp, edition_by_slug, me
from lms.participants.queries import TableRow
from lms.web.csrf import authorised_by_address
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/editions/<slug>/reminders")
@reads(SEE_REMINDERS, edition_by_slug)
def reminders_page(edition: Edition) -> str:
    """Show the rules, and who would get a reminder today."""
    plan = reminder_plans.plan_of(edition.id)
    return _page(edition, plan, PlanForm.of(plan), plan.days_on)


@bp.post("/editions/<slug>/reminders")
@writes(SET_REMINDERS, edition_by_slug)
def save_reminders(edition: Edition) -> str | Response:
    """Show who would get a reminder by the rules as typed; or keep them."""
    plan = reminder_plans.plan_of(edition.id)
    form = PlanForm.posted()
    if not form.validate():
        return _page(edition, plan, form, plan.days_on)
    if request.form.get("do") != "save":
        days = {kind: days for kind, (is_on, days) in form.wanted.items() if is_on}
        return _page(edition, plan, form, days)
    reminder_plans.save_plan(edition, form.hours, form.wanted, by=me())
    flash(_("The rules are kept."), "success")
    return redirect(url_for("messages.reminders_page", slug=edition.slug))


def _page(edition: Edition, plan: Plan, form: PlanForm, days: Mapping[Kind, int]) -> str:
    now = clock.now()
    today = now.astimezone(ZoneInfo(edition.programme.zone)).date()
    found = reminders.situations(edition, now=now)
    decided = [(row, decide(situation, days, today)) for row, situation in found]
    alone = {
        kind: sum(
            isinstance(decide(situation, {kind: form.days_of(kind)}, today), Due)
            for _row, situation in found
        )
        for kind in Kind
    }
    return render(
        "messages/reminders.html",
        edition=edition,
        plan=plan,
        form=form,
        due=[(row, one) for row, one in decided if isinstance(one, Due)],
        silences=count_silences([one for _row, one in decided]),
        alone=alone,
        is_typed=days != plan.days_on,
        is_resting=not may_send(plan.hours, now.astimezone(ZoneInfo(edition.programme.zone))),
        Kind=Kind,
        Silence=Silence,
        words=words,
    )


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError as error:
        raise Hidden from error


@bp.get("/editions/<slug>/reminders/<name>")
@reads(SET_REMINDERS, edition_by_slug)
def reminder_words(edition: Edition, name: str) -> str:
    """Show the words of a rule, and how the first person due would read them."""
    kind = _kind(name)
    draft = reminder_plans.plan_of(edition.id).rules[kind].draft
    return _words_page(edition, kind, WordsForm.of(draft))


@bp.post("/editions/<slug>/reminders/<name>")
@writes(SET_REMINDERS, edition_by_slug)
def save_words(edition: Edition, name: str) -> str | Response:
    """Keep a rule's own words, show them, or bring the shipped ones back."""
    kind, form, do = _kind(name), WordsForm.posted(), request.form.get("do")
    if do == "shipped":
        reminder_plans.reword(edition, kind, None, by=me())
        flash(_("The shipped words are back."), "success")
        return redirect(url_for("messages.reminder_words", slug=edition.slug, name=name))
    if not form.validate() or do != "save":
        return _words_page(edition, kind, form)
    reminder_plans.reword(edition, kind, form.draft, by=me())
    flash(_("The words are kept."), "success")
    return redirect(url_for("messages.reminders_page", slug=edition.slug))


def _words_page(edition: Edition, kind: Kind, form: WordsForm) -> str:
    plan = reminder_plans.plan_of(edition.id)
    rule = plan.rules[kind]
    found = reminders.decisions(edition, {kind: rule.days}, now=clock.now())
    row = _example([row for row, one in found if isinstance(one, Due)] or [r for r, _one in found])
    examples: list[tuple[str, str, str]] = []
    if row is not None and not form.errors:
        for locale in ("ro", "en"):
            examples.append((locale, *sending.preview(edition, row, locale, form.draft)))
    return render(
        "messages/reminder_words.html",
        edition=edition,
        kind=kind,
        rule=rule,
        form=form,
        row=row,
        examples=examples,
        shipped=DRAFTS[kind],
        words=words,
        spelt=placeholders.SPELT[current_locale()],
        offers_link=True,
        Placeholder=placeholders.Placeholder,
    )


def _example(rows: list[TableRow]) -> TableRow | None:
    return rows[0] if rows else None


# --- The link in every reminder ------------------------------------------------------------------


@bp.get("/reminders/stop/<token>")
@reads(STOP_REMINDERS)
def stop_page(token: str) -> str:
    """Say what the link does; looking at it changes nothing, since mail scanners look too."""
    person_id = REMINDERS.person_of(token)
    return render("messages/stop.html", token=token, has_stopped=REMINDERS.has_stopped(person_id))


@bp.post("/reminders/stop/<token>")
@authorised_by_address
@writes(STOP_REMINDERS)
def stop(token: str) -> Response:
    """End the reminders of whoever the link is for; again does nothing."""
    REMINDERS.stop(REMINDERS.person_of(token), now=clock.now())
    return redirect(url_for("messages.stop_page", token=token))


@bp.post("/reminders/resume/<token>")
@writes(STOP_REMINDERS)
def resume(token: str) -> Response:
    """Send reminders again to whoever the link is for."""
    REMINDERS.resume(REMINDERS.person_of(token))
    return redirect(url_for("messages.stop_page", token=token))

"""Editions with their figures, an edition's table, its files, invitations and letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, may, prepares, reads, writes, writing_subject
from lms.audit.services import record
from lms.counties import COUNTIES
from lms.courses.models import Edition, Enrolment, IssuingMode
from lms.participants import queries, words
from lms.participants.followed import followed
from lms.participants.letters import draw
from lms.participants.permissions import (
    EXPORT_PARTICIPANTS,
    INVITE_PARTICIPANTS,
    PRINT_LETTERS,
    SEE_EDITION,
    SEE_EDITIONS,
)
from lms.participants.plots import forecast_plot
from lms.participants.reading import edition_table
from lms.participants.services import invitations
from lms.participants.standing import Filters, Show, Stage
from lms.participants.table import EditionTable, TableRow
from lms.participants.views.blueprint import CSV, PDF, XLSX, bp, download, edition_by_slug, me
from lms.safety.sheets import Cell, Column, write_book, write_csv
from lms.web.i18n import current_locale, format_datetime, in_locale, ngettext
from lms.web.i18n import gettext as _
from lms.web.templating import render

PER_PAGE = 100
MOST_KEPT = 20  # pages of one table, each for one reader


@bp.get("/editions")
@reads(SEE_EDITIONS)
def editions() -> str:
    """List the editions one may see, with their figures."""
    actor = current_actor()
    assert actor is not None
    lines = queries.edition_lines(actor)
    begun = None if lines else queries.beginning()
    return render("participants/editions.html", lines=lines, begun=begun, today=clock.today)


@dataclass(frozen=True)
class Page:
    """One page of a list, as the pager draws it."""

    number: int
    pages: int
    total: int
    href: Callable[[int], str]


def asked_filters() -> Filters:
    """Read the filters from the address."""
    known = ("state", "group", "county", "kind", "organisation", "search")
    return Filters(**{name: request.args.get(name, "").strip()[:100] for name in known})


@bp.get("/editions/<slug>")
@reads(SEE_EDITION, edition_by_slug)
def edition(edition: Edition) -> str:
    """Show who stands where; what was drawn for the same reader this minute is at hand."""
    now = clock.now()
    table = followed(edition, now=now)
    asked = (current_actor(), request.query_string, now.replace(second=0, microsecond=0))
    main = table.pages.get(asked)
    if main is None:
        if len(table.pages) >= MOST_KEPT:
            table.pages.clear()
        with in_locale(current_locale()):  # settled once, not asked for at every word
            main = Markup(_main_of(edition, table, now))  # noqa: S704 -- our own template
        table.pages[asked] = main
    return render("participants/edition.html", edition=edition, main=main)


def _main_of(edition: Edition, table: EditionTable, now: datetime) -> str:
    filters, sort = asked_filters(), request.args.get("sort", "name")
    rows = table.chosen(filters, sort)
    page = page_of(len(rows), edition.slug, filters, sort)
    listed = rows[(page.number - 1) * PER_PAGE : page.number * PER_PAGE]
    drawn = table.drawn[may(INVITE_PARTICIPANTS.name)]
    said = choices_of(table)
    return render(
        "participants/_edition_main.html",
        edition=edition,
        table=table,
        filters=filters,
        sort=sort,
        page=page,
        rows=listed,
        state_choices=said.states,
        kind_choices=said.kinds,
        stage_words=said.stages,
        missing=lambda row: missing_of(edition, row),
        outlook=outlook_of(table),
        drawn=drawn,
        keep=lambda row, html: drawn.setdefault(row.enrolment_id, html),
        as_of=now,
        zone=edition.programme.zone,
        modules_label=modules_label,
        risk_word=words.risk_word,
        file_link=lambda endpoint, **of: file_link(endpoint, edition.slug, filters, sort, **of),
        Show=Show,
        Stage=Stage,
    )


def edition_link(slug: str, filters: Filters, sort: str, **changed: Any) -> str:
    """Return the table's address with some of what is asked changed; empty values left out."""
    asked = {**vars(filters), "sort": "" if sort == "name" else sort, **changed}
    return url_for("participants.edition", slug=slug, **{k: v for k, v in asked.items() if v})


def file_link(endpoint: str, slug: str, filters: Filters, sort: str, **of: str) -> str:
    """Return the address of a file of the rows that are shown."""
    asked: dict[str, Any] = {**vars(filters), "sort": "" if sort == "name" else sort, **of}
    return url_for(endpoint, slug=slug, **{k: v for k, v in asked.items() if v})


def page_of(total: int, slug: str, filters: Filters, sort: str) -> Page:
    """Return the page asked for; one that is past the end is the last."""
    pages = max(1, -(-total // PER_PAGE))
    asked = request.args.get("page", "1")
    number = min(max(1, int(asked)), pages) if asked.isdecimal() and len(asked) < 6 else 1
    return Page(number, pages, total, lambda n: edition_link(slug, filters, sort, page=n))


def state_choices() -> list[tuple[str, str]]:
    """What the table may be narrowed to."""
    return [
        (Show.EVERYBODY.value, _("Everybody")),
        (Show.NOT_IN.value, _("Never signed in")),
        (Stage.NOT_INVITED.value, _("Not invited yet")),
        (Stage.MAIL_FAILED.value, _("Invitation could not be sent")),
        (Stage.OPENED.value, _("Opened the invitation, not signed in")),
        (Show.NO_OWN_ADDRESS.value, _("No e-mail of their own")),
        (Stage.LEARNING.value, _("Learning")),
        (Stage.QUIET.value, _("No activity for 14 days")),
        (Show.BLOCKED.value, _("Blocked: no attempt left")),
        (Show.AT_RISK.value, _("At risk of not finishing in time")),
        (Show.NOT_COMPLETE.value, _("Not completed")),
        (Stage.COMPLETED.value, _("Completed")),
        (Stage.SUSPENDED.value, _("Suspended")),
        (Stage.WITHDRAWN.value, _("Withdrawn")),
    ]


@dataclass(frozen=True)
class Choices:
    """What the table may be narrowed to, and where somebody may stand, in words."""

    states: list[tuple[str, str]]
    kinds: list[tuple[str, str]]
    stages: dict[Stage, tuple[str, str]]


def choices_of(table: EditionTable) -> Choices:
    """Say what the table may be narrowed to; once for as long as it stands."""
    kept = table.said.get("choices")
    if not isinstance(kept, Choices):
        kinds = [(k, words.kind_word(k)) for k in ("ngo", "public_authority", "other")]
        stages = {stage: words.stage_word(stage) for stage in Stage}
        table.said["choices"] = kept = Choices(state_choices(), kinds, stages)
    return kept


@dataclass(frozen=True)
class Outlook:
    """The forecast as the page shows it."""

    sentence: str
    plot: Markup
    risks: list[tuple[str, int]]


def outlook_of(table: EditionTable) -> Outlook:
    """Say the forecast in words, with its plot; once for as long as the table stands."""
    kept = table.said.get("outlook")
    if isinstance(kept, Outlook):
        return kept
    outlook = Outlook(
        sentence=words.forecast_words(table.forecast),
        plot=forecast_plot(table.forecast),
        risks=[(words.risk_word(risk), n) for risk, n in table.forecast.risks.items()],
    )
    table.said["outlook"] = outlook
    return outlook


def missing_of(edition: Edition, row: TableRow) -> str:
    """Say what a participant lacks, tests without a further attempt by name."""
    return words.row_missing(
        row,
        programme_complete=edition.programme.completed_at is not None,
        by_release=edition.issuing is IssuingMode.RELEASE,
    )


def modules_label(row: TableRow) -> str:
    """Say the dots in words."""
    return _(
        "%(done)s of %(all)s modules done, %(half)s in progress",
        done=row.modules.count("done"),
        all=len(row.modules),
        half=row.modules.count("half"),
    )


# --- Files -----------------------------------------------------------------------------------


@bp.get("/editions/<slug>/participants.<any(xlsx, csv):form>")
@prepares(EXPORT_PARTICIPANTS, edition_by_slug)
def export(edition: Edition, form: str) -> Response:
    """Hand out the table's rows as a file: the same rows as on the screen, and a record of it."""
    now, filters = clock.now(), asked_filters()
    table = edition_table(edition, now=now)
    rows = table.chosen(filters, request.args.get("sort", "name"))
    about = about_rows(edition, table, filters, now)
    columns, lines = list(export_columns(table)), [export_line(edition, table, r) for r in rows]
    slug, title = edition.slug, edition.title
    db.end_reading()
    with writing_subject(EXPORT_PARTICIPANTS, edition_by_slug) as again:
        record(
            "participants.exported",
            by=me(),
            on=again,
            course_id=again.course_id,
            rows=len(lines),
            kind=form,
        )
    if form == "csv":
        return download(write_csv(columns, lines), f"{slug}.csv", CSV)
    # The first sheet stays a list that can be imported again; what it is stands on the second.
    book = write_book([(title, columns, lines), (_("About"), [Column(title, 100)], about)])
    return download(book, f"{slug}.xlsx", XLSX)


def about_rows(
    edition: Edition, table: EditionTable, filters: Filters, now: datetime
) -> list[list[Cell]]:
    """Say of whom the file is, how many they are, and when it was made."""
    people = len(table.chosen(filters))
    group = {str(g.id): g.name for g in table.groups} | {"none": _("without a group")}
    parts = [
        dict(state_choices()).get(filters.state, "") if filters.state else "",
        group.get(filters.group, ""),
        COUNTIES[filters.county].name if filters.county in COUNTIES else "",
        words.kind_word(filters.kind) if filters.kind else "",
        filters.organisation,
        filters.search,
    ]
    said = ", ".join(part for part in parts if part)
    lines = [
        edition.programme.title,
        _("Only: %(what)s", what=said) if said else "",
        ngettext("%(num)s participant", "%(num)s participants", people),
        _("As it stood on %(time)s.", time=format_datetime(now, edition.programme.zone)),
    ]
    return [[line] for line in lines if line]


def export_columns(table: EditionTable) -> Iterator[Column | str]:
    """Head the file's columns as the import reads them, then what the table adds."""
    yield from (_("Family name"), _("Given names"), _("E-mail"), _("Phone"), _("Organisation"))
    yield from (_("Kind"), _("Job title"), _("County"), _("Group"), _("Sign-in name"))
    yield from (_("State"), _("Last activity"), _("Modules completed"), _("Completed on"))
    yield from (_("What is missing"), _("At risk because"), _("Invited on"))
    yield from (_("Withdrawn on"), _("Reason"), _("Seat taken over by"))
    yield from (heading for _key, heading in table.columns)


def export_line(edition: Edition, table: EditionTable, row: TableRow) -> Sequence[Cell]:
    """Return one row of the file; times in the programme's zone."""
    zone = ZoneInfo(edition.programme.zone)
    return [
        row.family_name,
        row.given_names,
        row.email,
        row.phone,
        row.organisation,
        words.kind_word(row.kind),
        row.function,
        COUNTIES[row.county].name if row.county in COUNTIES else "",
        row.group,
        row.sign_in_name,
        words.stage_word(row.stage)[1],
        row.last_activity_at.astimezone(zone) if row.last_activity_at else None,
        row.modules.count("done"),
        row.completed_at.astimezone(zone).date() if row.completed_at else None,
        missing_of(edition, row),
        words.risk_word(risk) if (risk := table.risk_of(row)) else "",
        row.invited_at.astimezone(zone).date() if row.invited_at else None,
        row.withdrawn_on,
        row.withdrawal_reason if row.withdrawn_on else "",
        table.names.get(row.replaced_by_id or 0, ""),
        *(row.extra[key].label if key in row.extra else "" for key, _heading in table.columns),
    ]


# --- Letting people in -----------------------------------------------------------------------


def ticked() -> list[int]:
    """Return the places that a form's ticks name."""
    return [int(i) for i in request.form.getlist("id") if i.isdecimal() and len(i) < 15]


def chosen(edition: Edition, *, own_address: bool) -> list[Enrolment]:
    """Return the ticked places, or without ticks all who are due: by mail or on paper.

    Due by mail are those who have an address that is theirs alone, on paper those who have none.
    """
    statement = invitations.invitable(edition, current_actor())
    ids = ticked()
    if request.form.get("all") != "yes":
        found = db.session().scalars(statement.where(Enrolment.id.in_(ids))).all()
        return list(found)
    shared = invitations.shared_addresses()
    waiting = db.session().scalars(invitations.not_yet_invited(statement)).all()
    return [e for e in waiting if invitations.has_own_address(e.person, shared) is own_address]


@bp.post("/editions/<slug>/invitations")
@writes(INVITE_PARTICIPANTS, edition_by_slug)
def invite(edition: Edition) -> Response:
    """Send invitations to those ticked, or to all who have an own address and none yet."""
    people = chosen(edition, own_address=True)
    sent = invitations.invite_all(people, by=me(), now=clock.now())
    if sent:
        flash(
            ngettext(
                "%(num)s invitation is on its way.", "%(num)s invitations are on their way.", sent
            ),
            "success",
        )
    passed_over = (len(people) if request.form.get("all") == "yes" else len(ticked())) - sent
    if passed_over:
        flash(
            ngettext(
                "%(num)s person was passed over: no e-mail address, invited a moment ago, "
                "an account already in use, or one that you may not open.",
                "%(num)s people were passed over: no e-mail address, invited a moment ago, "
                "an account already in use, or one that you may not open.",
                passed_over,
            ),
            "warning",
        )
    if not sent and not passed_over:
        flash(_("Nobody waits for an invitation by mail."), "info")
    return back(edition)


@bp.post("/editions/<slug>/letters")
@prepares(PRINT_LETTERS, edition_by_slug)
def letters(edition: Edition) -> Response:
    """Print letters with a fresh code each, for those ticked or for all without an own address."""
    with writing_subject(PRINT_LETTERS, edition_by_slug) as again:
        people = chosen(again, own_address=False)
        written = invitations.write_letters(again, people, by=me(), now=clock.now())
        slug, sender = again.slug, again.programme
    if not written:
        flash(no_letter_words(), "info")
        return redirect(url_for("participants.edition", slug=slug))
    return download(draw(sender, written), f"{_('letters')}-{slug}.pdf", PDF)


def no_letter_words() -> str:
    """Say why there is nothing to print."""
    if request.form.get("all") == "yes":
        return _("No letter is due: nobody without an own e-mail address waits for an invitation.")
    return _("No letter was printed: those chosen have accounts in use, or ones you may not open.")


def back(edition: Edition) -> Response:
    """Go back to the table as it was shown; only ever to this edition's own page."""
    query = request.form.get("back", "")
    target = url_for("participants.edition", slug=edition.slug)
    if query.startswith("?") and "\\" not in query and "\n" not in query:
        target += query
    return redirect(target)

"""Releasing certificates: who is complete and waits, and the decisions taken so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask import flash, redirect, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import reads, writes
from lms.accounts.models import Person
from lms.certificates.models import Certificate
from lms.certificates.states import CertificateState
from lms.courses.models import Completion, Edition, Enrolment, Release, SubjectKind
from lms.participants.errors import NothingToRelease, NotReleasedByList
from lms.participants.forms import ReleaseForm
from lms.participants.permissions import RELEASE, SEE_RELEASES
from lms.participants.reading import edition_table
from lms.participants.services import releases as services
from lms.participants.standing import Stage
from lms.participants.table import TableRow
from lms.participants.views.blueprint import bp, edition_by_slug, me
from lms.participants.views.tables import missing_of, ticked
from lms.people_names import person_sort_key
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render


@dataclass(frozen=True)
class Waiting:
    """Somebody complete who waits for a release."""

    enrolment: Enrolment
    completed_at: object
    number: str = ""  # of a certificate held already: a restore has lost its release

    @property
    def missing(self) -> list[str]:
        """What else the certificate waits for, in words."""
        person = self.enrolment.person
        found = []
        if person.name_confirmed_at is None:
            found.append(_("the name is not confirmed"))
        if person.suspended_at is not None:
            found.append(_("the account is suspended"))
        if self.enrolment.edition.programme.completed_at is None:
            found.append(_("the programme is not complete"))
        return found


@dataclass(frozen=True)
class Later:
    """Somebody who can't be released yet, or whose certificate waits after it, and why."""

    enrolment_id: int
    name: str
    organisation: str
    why: str


@dataclass(frozen=True)
class Others:
    """Those of an edition who do not wait for a release."""

    open_ones: list[Later]  # the course is not completed
    released: list[Later]  # released, and something else is missing
    unconfirmed: int  # names, whoever's


def others_of(edition: Edition) -> Others:
    """Return who has not completed the course, and who is released and waits, each with why."""
    table = edition_table(edition, now=clock.now())
    open_ones, released = [], []
    out = {Stage.WITHDRAWN, Stage.SUSPENDED}
    unnamed = sum(1 for r in table.rows if not r.is_name_confirmed and r.stage not in out)
    for row in table.rows:
        if row.stage in out and row.completed_at is None:
            continue
        why = missing_of(edition, row)
        if row.completed_at is None:
            open_ones.append(_later(row, why))
        elif row.is_released and not any(cell.is_done for cell in row.extra.values()):
            cells = [cell.label for cell in row.extra.values() if cell.label]
            released.append(_later(row, why or ", ".join(cells)))
    return Others(open_ones, released, unnamed)


def _later(row: TableRow, why: str) -> Later:
    return Later(row.enrolment_id, row.listed_name, row.organisation, why)


def waiting_of(edition: Edition) -> list[Waiting]:
    """Return who waits, in Romanian order."""
    rows = db.session().execute(
        services.awaiting_release(edition)
        .add_columns(Completion.earned_at)
        .options(joinedload(Enrolment.person))
    )
    held = numbers_held(edition)
    found = [Waiting(place, earned_at, held.get(place.id, "")) for place, earned_at in rows]
    return sorted(
        found,
        key=lambda w: person_sort_key(
            w.enrolment.person.family_name, w.enrolment.person.given_names
        ),
    )


def numbers_held(edition: Edition) -> dict[int, str]:
    """Return the numbers of valid certificates by place, for those whom no release names."""
    rows = db.session().execute(
        sa.select(Certificate.enrolment_id, Certificate.number)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(
            Enrolment.edition_id == edition.id,
            Enrolment.release_id.is_(None),
            Certificate.state == CertificateState.VALID,
        )
    )
    return {row[0]: row[1] for row in rows}


def past_releases(edition: Edition) -> Sequence[sa.Row[tuple[Release, str, str, int]]]:
    """Return the releases of an edition, the newest first, with who made them and for how many."""
    number = (
        sa.select(sa.func.count())
        .where(Enrolment.release_id == Release.id)
        .correlate(Release)
        .scalar_subquery()
    )
    return (
        db.session()
        .execute(
            sa.select(Release, Person.given_names, Person.family_name, number)
            .join(Person, Person.id == Release.released_by_id)
            .where(Release.edition_id == edition.id)
            .order_by(Release.id.desc())
        )
        .all()
    )


def page(edition: Edition, form: ReleaseForm, chosen: set[int] | None = None) -> str:
    """Draw the page; everybody is ticked until somebody unticks."""
    return render(
        "participants/releases.html",
        edition=edition,
        form=form,
        waiting=waiting_of(edition),
        chosen=chosen,
        past=past_releases(edition),
        others=others_of(edition),
        completed=completed_number(edition),
        zone=edition.programme.zone,
    )


def completed_number(edition: Edition) -> int:
    """How many have completed the course."""
    return (
        db.session().scalar(
            sa.select(sa.func.count())
            .select_from(Completion)
            .join(Enrolment, Enrolment.id == Completion.enrolment_id)
            .where(Enrolment.edition_id == edition.id, Completion.kind == SubjectKind.COURSE)
        )
        or 0
    )


@bp.get("/editions/<slug>/releases")
@reads(SEE_RELEASES, edition_by_slug)
def releases(edition: Edition) -> str:
    """Show who waits for a release and what was released."""
    return page(edition, ReleaseForm(released_on=clock.today(edition.programme.zone)))


@bp.post("/editions/<slug>/releases")
@writes(RELEASE, edition_by_slug)
def release(edition: Edition) -> str | Response:
    """Release those ticked, with date, number and reason."""
    form = ReleaseForm.posted()
    chosen = set(ticked())
    is_valid = form.validate() and is_past(form, clock.today(edition.programme.zone))
    if is_valid and not chosen:
        flash(_("Nobody is ticked. Nothing was released."), "error")
        is_valid = False
    if not is_valid or form.released_on.data is None:
        return page(edition, form, chosen)
    try:
        _made, number = services.release(
            edition,
            chosen,
            released_on=form.released_on.data,
            decision_number=form.decision_number.data,
            reason=form.reason.data or "",
            by=me(),
            now=clock.now(),
        )
    except NothingToRelease:
        flash(
            _(
                "Those ticked were released already, or have not completed the course. "
                "Nothing was changed."
            ),
            "warning",
        )
    except NotReleasedByList:
        flash(
            _("This edition issues certificates at completion; there is nothing to release."),
            "info",
        )
    else:
        flash(
            ngettext(
                "%(num)s certificate was released.", "%(num)s certificates were released.", number
            ),
            "success",
        )
    return redirect(url_for("participants.releases", slug=edition.slug))


def is_past(form: ReleaseForm, today: date) -> bool:
    """Refuse a date that has not come yet."""
    if form.released_on.data is not None and form.released_on.data > today:
        form.released_on.errors = [_("The date is in the future.")]
        return False
    return True

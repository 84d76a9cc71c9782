"""Editions of a programme, and their groups."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import flash
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import reads, writes
from lms.courses.models import Course, Edition, Group, IssuingMode, Programme
from lms.errors import Hidden
from lms.programmes import services
from lms.programmes.errors import (
    CourseFixed,
    SlugTaken,
)
from lms.programmes.fields import choices
from lms.programmes.forms import (
    EditionForm,
    GroupForm,
    lines_of,
)
from lms.programmes.permissions import (
    CREATE_EDITION,
    EDIT_EDITION,
    SEE_SETUP,
    SET_GROUPS,
)
from lms.programmes.services import EditionData, GroupData
from lms.programmes.views.blueprint import bp, edition_by_slug, me, to
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render


def course_choices() -> list[Any]:
    """Courses that an edition may be of."""
    locale = current_locale()
    rows = db.session().execute(
        sa.select(Course.id, Course.title_ro, Course.title_en)
        .where(Course.archived_at.is_(None))
        .order_by(Course.id)
    )
    return choices((row, en if locale == "en" else ro) for row, ro, en in rows)


@bp.get("/programmes/<int:programme_id>/editions/new")
@reads(CREATE_EDITION, Programme)
def new_edition(programme: Programme) -> str:
    """Ask for an edition."""
    form = EditionForm(issuing=IssuingMode.AUTOMATIC.value, hours_required="0")
    form.course_id.choices = course_choices()
    return render("programmes/edition_edit.html", programme=programme, edition=None, form=form)


@bp.post("/programmes/<int:programme_id>/editions/new")
@writes(CREATE_EDITION, Programme)
def create_edition(programme: Programme) -> str | Response:
    """Create an edition, and lead to its participants."""
    form = EditionForm.posted()
    form.course_id.choices = course_choices()
    if form.validate():
        try:
            made = services.create_edition(programme, edition_data(form), by=me(), now=clock.now())
        except SlugTaken:
            form.slug.errors = [_("Another edition has this address.")]
        else:
            flash(_("The edition was created. Next: import its participants."), "success")
            return to("participants.edition", slug=made.slug)
    return render("programmes/edition_edit.html", programme=programme, edition=None, form=form)


def edition_data(form: EditionForm) -> EditionData:
    """Return what the form says."""
    assert form.starts_on.data is not None
    assert form.ends_on.data is not None
    assert form.hours_required.hours is not None
    return EditionData(
        course_id=form.course_id.data,
        title=form.title.data or "",
        slug=form.slug.data or "",
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        target_number=form.target_number.data,
        issuing=IssuingMode(form.issuing.data),
        hours_required=form.hours_required.hours,
    )


@bp.get("/editions/<slug>/edit")
@reads(EDIT_EDITION, edition_by_slug)
def edit_edition(edition: Edition) -> str:
    """Show an edition's data in a form."""
    form = EditionForm(
        obj=edition,
        issuing=edition.issuing.value,
        hours_required=plain_hours(edition),
    )
    form.issuing.data = edition.issuing.value
    form.hours_required.data = plain_hours(edition)
    form.course_id.choices = course_choices()
    return render(
        "programmes/edition_edit.html", programme=edition.programme, edition=edition, form=form
    )


def plain_hours(edition: Edition) -> str:
    """Write the hours required as the field takes them."""
    text = f"{edition.hours_required.normalize():f}"
    return text.replace(".", ",") if current_locale() == "ro" else text


@bp.post("/editions/<slug>/edit")
@writes(EDIT_EDITION, edition_by_slug)
def save_edition(edition: Edition) -> str | Response:
    """Save an edition's data."""
    form = EditionForm.posted()
    form.course_id.choices = course_choices()
    if form.validate():
        try:
            services.edit_edition(edition, edition_data(form), by=me())
        except SlugTaken:
            form.slug.errors = [_("Another edition has this address.")]
        except CourseFixed:
            form.course_id.errors = [_("The edition has participants, so its course stays.")]
        else:
            flash(_("The edition was saved."), "success")
            return to("participants.edition", slug=edition.slug)
    return render(
        "programmes/edition_edit.html", programme=edition.programme, edition=edition, form=form
    )


def group_page(edition: Edition, form: GroupForm, group: Group | None = None) -> str:
    """Draw the groups with the form for a new one, or for the one that is changed."""
    counted = services.people_by_group(edition.id)
    return render(
        "programmes/groups.html", edition=edition, form=form, group=group, counted=counted
    )


@bp.get("/editions/<slug>/groups")
@reads(SEE_SETUP, edition_by_slug)
def groups(edition: Edition) -> str:
    """Show an edition's groups."""
    return group_page(edition, GroupForm())


@bp.post("/editions/<slug>/groups")
@writes(SET_GROUPS, edition_by_slug)
def create_group(edition: Edition) -> str | Response:
    """Add a group."""
    return save_group_of(edition, None)


@bp.get("/editions/<slug>/groups/<int:group_id>")
@reads(SET_GROUPS, edition_by_slug)
def edit_group(edition: Edition, group_id: int) -> str:
    """Show a group in the form."""
    group = group_of(edition, group_id)
    form = GroupForm(obj=group)
    form.trainers.data = "\n".join(group.trainers)
    return group_page(edition, form, group)


@bp.post("/editions/<slug>/groups/<int:group_id>")
@writes(SET_GROUPS, edition_by_slug)
def save_group(edition: Edition, group_id: int) -> str | Response:
    """Save a group."""
    return save_group_of(edition, group_of(edition, group_id))


def group_of(edition: Edition, group_id: int) -> Group:
    """Return a group of the edition; another edition's is not there."""
    found = next((group for group in edition.groups if group.id == group_id), None)
    if found is None:
        raise Hidden
    return found


def save_group_of(edition: Edition, group: Group | None) -> str | Response:
    """Save what the form says of a group."""
    form = GroupForm.posted()
    is_valid = form.validate()
    if is_valid and any(g.name == form.name.data and g is not group for g in edition.groups):
        form.name.errors = [_("Another group of this edition has this name.")]
        is_valid = False
    if not is_valid:
        return group_page(edition, form, group)
    data = GroupData(
        name=form.name.data or "",
        place=form.place.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        trainers=lines_of(form.trainers.data),
    )
    services.save_group(edition, group, data, by=me())
    flash(_("The group was saved."), "success")
    return to("programmes.groups", slug=edition.slug)

"""Who holds a role; auditors' accounts and the day on which they end."""

from __future__ import annotations

import sqlalchemy as sa
from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, Role, current_actor, may, reads, writes
from lms.accounts.errors import NameTaken
from lms.accounts.forms import AuditorForm, EndForm
from lms.accounts.models import RoleGrant
from lms.accounts.permissions import MANAGE_AUDITORS, SEE_STAFF
from lms.accounts.services import auditors
from lms.accounts.views.blueprint import bp, page
from lms.web.i18n import format_date
from lms.web.i18n import gettext as _


def role_word(role: Role) -> str:
    """Name a role."""
    return {
        Role.TRAINER: _("trainer"),
        Role.REGISTRAR: _("registrar"),
        Role.AUDITOR: _("auditor"),
        Role.OWNER: _("owner"),
    }[role]


def _staff_page(form: AuditorForm, status: int = 200) -> Response:
    return page(
        "accounts/staff.html",
        status,
        lines=auditors.staff(today=clock.now().date()),
        form=form,
        end_form=EndForm,
        role_word=role_word,
        may_manage=may(MANAGE_AUDITORS.name),
    )


@bp.get("/staff")
@reads(SEE_STAFF)
def staff() -> Response:
    """List who holds a role, and until when."""
    return _staff_page(AuditorForm())


def _me() -> int:
    actor = current_actor()
    assert actor is not None  # the permission says so
    return actor.person_id


@bp.post("/staff/auditors")
@writes(MANAGE_AUDITORS)
def add_auditor() -> Response:
    """Make an auditor's account and send its invitation."""
    form = AuditorForm.posted()
    if not form.validate():
        return _staff_page(form, 422)
    try:
        person = auditors.add_auditor(
            given_names=form.given_names.data,
            family_name=form.family_name.data,
            email=form.email.data,
            ends_on=form.ends_on.data,
            by=_me(),
            now=clock.now(),
        )
    except NameTaken:
        form.email.errors = [_("Somebody signs in with this address already.")]
        return _staff_page(form, 422)
    day = format_date(form.ends_on.data)
    flash(
        _(
            "%(name)s was invited by e-mail and can see everything until %(day)s.",
            name=person.full_name,
            day=day,
        ),
        "success",
    )
    return redirect(url_for("accounts.staff"))


def load_auditor(actor: Actor | None, *, locked: bool, person_id: int) -> RoleGrant | None:
    """Load what makes somebody an auditor."""
    if actor is None or not actor.runs_everything:
        return None
    wanted = sa.select(RoleGrant).where(
        RoleGrant.person_id == person_id, RoleGrant.role == Role.AUDITOR
    )
    return db.session().scalars(db.lock(wanted) if locked else wanted).one_or_none()


@bp.post("/staff/<int:person_id>/end")
@writes(MANAGE_AUDITORS, load_auditor)
def set_end(grant: RoleGrant) -> Response:
    """Change the day on which an auditor's access ends."""
    form = EndForm.posted()
    if not form.validate():
        flash(_("Write the last day, such as %(day)s.", day="30.06.2027"), "error")
        return redirect(url_for("accounts.staff"))
    now = clock.now()
    auditors.set_end(grant, form.ends_on.data, by=_me(), now=now)
    day = format_date(form.ends_on.data)
    if form.ends_on.data < now.date():
        flash(_("The access ended on %(day)s: nobody signs in with it any more.", day=day), "ok")
    else:
        flash(_("The access ends on %(day)s.", day=day), "success")
    return redirect(url_for("accounts.staff"))

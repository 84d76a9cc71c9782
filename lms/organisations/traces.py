"""Where a person works or volunteers: handed out, and removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.organisations.models import Membership, Organisation
from lms.web.i18n import gettext as _


def export(person_id: int) -> Exported:
    """Return the person's functions in organisations."""
    statement = (
        sa.select(
            Organisation.name.label("organisation"),
            Membership.function,
            Membership.from_on,
            Membership.to_on,
        )
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.id)
    )
    return Exported({"memberships": plain_rows(statement)})


def erase(person_id: int) -> Mapping[str, int]:
    """Remove the memberships."""
    gone = sa.delete(Membership).where(Membership.person_id == person_id)
    return {_("functions in organisations"): db.deleted(gone)}


def removes(_person_id: int) -> Sequence[str]:
    """Say what goes."""
    return [_("The functions in organisations.")]


def keeps(_person_id: int) -> Sequence[str]:
    """Say what stays: nothing of the person."""
    return ()


def register() -> None:
    """Tell the registry."""
    register_trace(
        "organisations",
        lambda: _("Organisations"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=("memberships",),
    )

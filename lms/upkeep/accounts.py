"""Who holds the accounts: nobody of the demo's in production, and somebody who owns the site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.access import Role
from lms.accounts.hashing import verify_password
from lms.accounts.models import Person, RoleGrant
from lms.certificates.models import Certificate
from lms.checks.database import has_schema
from lms.checks.registry import Problem, Scope, check, error, lazy, warning
from lms.config import Mode, Settings
from lms.courses.models import Programme
from lms.demo import services as demo

MODEL_SERIES = "MODEL"


def _any(statement: sa.Select[Any]) -> bool:
    return db.session().scalar(statement.limit(1)) is not None


def _demo_account() -> str | None:
    """Return the name of an account that opens with what the demo prints, or None."""
    names = [account.name for account in demo.SIGN_INS]
    accounts = db.session().scalars(sa.select(Person).where(Person.sign_in_name.in_(names)))
    opened = (a.sign_in_name for a in accounts if verify_password(a.password_hash, demo.PASSWORD))
    return next(opened, None)


@check(
    "database.no-demo-data",
    endangers=lazy("Anybody could sign in with what the demonstration prints."),
)
def database_is_not_the_demos(_settings: Settings) -> Iterator[Problem]:
    """Demo accounts have printed passwords; demo numbers would mix with real ones."""
    if not has_schema():
        return
    hint = lazy("Use a database of its own for production.")
    if name := _demo_account():
        yield error(
            lazy("The account %(name)s has the demo’s password, which is printed.", name=name), hint
        )
    series = Programme.certificate_series
    if _any(sa.select(Programme.id).where(series.startswith(MODEL_SERIES))):
        yield error(lazy("The database holds the demo’s programme."), hint)
    if _any(sa.select(Certificate.id).where(Certificate.is_model)):
        yield error(lazy("The database holds MODEL certificates."), hint)


@check(
    "database.owner",
    Scope.COMMAND,
    endangers=lazy("Nobody can give roles, see this page, or take the seal’s copy away."),
)
def somebody_owns_the_site(settings: Settings) -> Iterator[Problem]:
    """Without an owner nobody can give roles."""
    if settings.mode is not Mode.PRODUCTION or not has_schema():
        return
    if not _any(sa.select(RoleGrant.id).where(RoleGrant.role == Role.OWNER)):
        yield warning(lazy("Nobody owns the site yet."), lazy("Run: lms init --owner-link"))

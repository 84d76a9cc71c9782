"""Entry's part of `lms check` and of the doctor: every national number can still be opened."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from lms import db
from lms.checks.database import has_schema
from lms.checks.registry import Problem, Scope, check, error, lazy
from lms.config import Settings
from lms.entry.errors import KeyMissing
from lms.entry.models import NationalNumberRow
from lms.entry.services import numbers

_LOST = lazy("The national numbers can’t be read any more; they would have to be asked for anew.")
_BRING_BACK = lazy("Copy keys/national-numbers from the last good backup into the instance.")


@check("entry.number-keys", Scope.COMMAND, endangers=_LOST)
def keys_are_there(_settings: Settings) -> Iterator[Problem]:
    """The key of every sealed number is in the instance."""
    if not has_schema():
        return
    used = set(db.session().scalars(sa.select(NationalNumberRow.key_id).distinct()))
    for key_id in sorted(used - set(numbers.vault().key_ids())):
        yield error(
            lazy("Key %(key)s, which national numbers were sealed with, is missing.", key=key_id),
            _BRING_BACK,
        )


@check("entry.numbers", Scope.DEEP, endangers=_LOST)
def numbers_open(_settings: Settings) -> Iterator[Problem]:
    """Each sealed number opens, for the person whose it is."""
    if not has_schema():
        return
    there = set(numbers.vault().key_ids())
    for row in db.session().scalars(sa.select(NationalNumberRow).order_by(NationalNumberRow.id)):
        try:
            numbers.masked_row(row)
        except KeyMissing:
            if row.key_id in there:  # where the key itself is missing, that was said already
                yield error(
                    lazy("The national number in row %(row)s was changed.", row=row.id),
                    lazy("Take the row from the last good backup, or ask the person again."),
                )

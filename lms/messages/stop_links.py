"""A link that ends one kind of mail: signed, so that it works without a sign-in, for one person."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.digests import keyed_digest
from lms.accounts.models import Person
from lms.accounts.services.locks import locked_person
from lms.audit.services import record
from lms.errors import Hidden
from lms.mail.links import absolute_url
from lms.web.forms import whole_number

_SIGNS = 24


class StopLinkNotValid(Hidden):
    """The link was not made here, or not for this kind of mail."""


@dataclass(frozen=True)
class StopLinks:
    """The links of one kind of mail, and the people who want no more of it."""

    purpose: str  # what is signed, so that no link serves for another kind
    page: str  # the endpoint that says what the link does
    stops: Any  # the model of who has stopped: person_id, stopped_at
    stopped: str  # the actions in the record
    resumed: str

    def token_of(self, person_id: int) -> str:
        """Return what the link of a person carries."""
        return f"{person_id}-{keyed_digest(self.purpose, person_id).hex()[:_SIGNS]}"

    def link_of(self, person_id: int) -> str:
        """Return the link of a person."""
        return absolute_url(self.page, token=self.token_of(person_id))

    def person_of(self, token: str) -> int:
        """Return whose link it is; raise StopLinkNotValid for one that was not made here."""
        person_id = whole_number(token.partition("-")[0])
        if person_id is None or not hmac.compare_digest(
            self.token_of(person_id).encode(), token.encode(errors="replace")
        ):
            raise StopLinkNotValid
        return person_id

    def has_stopped(self, person_id: int) -> bool:
        """Whether somebody wants no such mail."""
        found = sa.select(self.stops.person_id).where(self.stops.person_id == person_id)
        return db.session().scalar(found) is not None

    def stop(self, person_id: int, *, now: datetime) -> None:
        """Send somebody no such mail any more; again does nothing. Runs inside a write."""
        person = _locked(person_id)
        if not self.has_stopped(person_id):
            db.session().add(self.stops(person_id=person_id, stopped_at=now))
            record(self.stopped, by=person_id, on=person)

    def resume(self, person_id: int) -> None:
        """Send somebody such mail again. Runs inside a write."""
        person = _locked(person_id)
        if db.deleted(sa.delete(self.stops).where(self.stops.person_id == person_id)):
            record(self.resumed, by=person_id, on=person)


def _locked(person_id: int) -> Person:
    person = locked_person(person_id)
    if person is None:
        raise StopLinkNotValid
    return person

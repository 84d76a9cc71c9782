"""What a programme allows of badges, set by the registrar."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from lms import db
from lms.audit.services import record
from lms.certificates.badges.models import settings_of
from lms.courses.models import Programme


@dataclass(frozen=True)
class Allowed:
    """Everything that a programme allows or not."""

    is_attached: bool
    is_offered: bool
    has_linkedin: bool
    tells_modules: bool
    hashes_email: bool
    may_share: bool
    shares_results: bool


def set_allowed(programme: Programme, wanted: Allowed, *, by: int | None) -> None:
    """Set what a programme allows; badges that were given keep what was settled with them."""
    settings = settings_of(programme.id)
    changed = {
        name: [getattr(settings, name), value]
        for name, value in asdict(wanted).items()
        if getattr(settings, name) != value
    }
    if not changed:
        return
    for name, value in asdict(wanted).items():
        setattr(settings, name, value)
    db.session().add(settings)
    record("programme.badges_set", by=by, on=programme, changes=changed)

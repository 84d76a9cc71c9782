"""Keep the site's look, and what stopped people. Runs inside a write; files follow the commit."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.audit import services as audit
from lms.errors import Hidden
from lms.files.durable import write_whole
from lms.look.models import Barrier
from lms.web.site import Look, Picture, Site


def site() -> Site:
    """Return the running site's own."""
    found: Site = current_app.extensions["lms_site"]
    return found


def save(look: Look, *, by: int) -> None:
    """Keep name, colour and words; record it."""
    audit.record("site.look_changed", by=by, name=look.name, brand=look.brand)
    _keep(look)


def set_logo(slot: str, picture: Picture, data: bytes, *, by: int) -> None:
    """Put a logo into a slot."""
    look = site().look
    audit.record("site.logo_set", by=by, slot=slot, alt=picture.alt)
    folder = site().folder

    def write() -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        write_whole(folder / f"{picture.sha256}.png", data)

    db.after_commit(write)
    _keep(replace(look, logos={**look.logos, slot: picture}))


def remove_logo(slot: str, *, by: int) -> None:
    """Empty a slot."""
    look = site().look
    if slot not in look.logos:
        return
    audit.record("site.logo_removed", by=by, slot=slot)
    _keep(replace(look, logos={s: p for s, p in look.logos.items() if s != slot}))


def _keep(look: Look) -> None:
    file = site().file
    kept = json.dumps(look.to_json(), ensure_ascii=False, indent=1).encode()

    def write() -> None:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        write_whole(file, kept)

    db.after_commit(write)


def report(page: str, what: str, contact: str, *, by: int | None, now: datetime) -> None:
    """Keep what stopped somebody."""
    db.session().add(Barrier(page=page, what=what, contact=contact, person_id=by, sent_at=now))


def answered(barrier_id: int, *, by: int, now: datetime) -> bool:
    """Mark a report as answered; false where it is already. Raise Hidden where there is none."""
    barrier = db.session().get(Barrier, barrier_id)
    if barrier is None:
        raise Hidden
    if barrier.answered_at is not None:
        return False
    barrier.answered_at, barrier.answered_by_id = now, by
    return True


def barriers() -> list[Barrier]:
    """Return the reports: what waits first, the newest of each first."""
    waits = sa.case((Barrier.answered_at.is_(None), 0), else_=1)
    return list(
        db.session().scalars(sa.select(Barrier).order_by(waits, Barrier.id.desc()).limit(200))
    )

"""Designs of the office made, changed and chosen; none of it commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.certificates.designs.choosing import design_of
from lms.certificates.designs.design import Design, Words
from lms.certificates.designs.editing import with_ground, with_picture
from lms.certificates.designs.listing import Option, Place
from lms.certificates.designs.models import (
    CertificateDesign,
    CertificateDesignVersion,
    DesignChoice,
)
from lms.certificates.designs.plain import as_data
from lms.certificates.errors import DesignInUse, ProgrammeStandsDeclared
from lms.files.models import StoredFile


def create(design: Design, *, by: int, now: datetime) -> CertificateDesign:
    """Make a design of the office, with its first version."""
    made = CertificateDesign(name=design.name.ro, created_at=now, created_by_id=by)
    db.session().add(made)
    db.session().flush()  # its version names it
    _add(made, design, by=by, now=now)
    record("design.created", by=by, on=made, name=design.name.ro)
    return made


def save(kept: CertificateDesign, design: Design, *, by: int, now: datetime) -> bool:
    """Write a new version, where anything differs from the newest; return whether it does."""
    if design_of(kept.newest) == design:
        return False
    version = _add(kept, design, by=by, now=now)
    record("design.changed", by=by, on=kept, name=kept.name, version=version.number)
    return True


@dataclass(frozen=True)
class Kept:
    """A picture that stands in the store."""

    sha256: str
    size: int
    media_type: str


def set_ground(
    kept: CertificateDesign, page: int, picture: Kept | None, *, by: int, now: datetime
) -> bool:
    """Write a new version with a picture under a page, counted from 0, or with none."""
    design = with_ground(design_of(kept.newest), page, picture.sha256 if picture else "")
    if picture:
        _own(kept, picture, by=by, now=now)
    return save(kept, design, by=by, now=now)


def add_picture(
    kept: CertificateDesign, page: int, picture: Kept, alt: Words, *, by: int, now: datetime
) -> bool:
    """Write a new version with a picture of the design's own on a page, counted from 0."""
    _own(kept, picture, by=by, now=now)
    design = with_picture(design_of(kept.newest), page, picture.sha256, alt)
    return save(kept, design, by=by, now=now)


def _own(kept: CertificateDesign, picture: Kept, *, by: int, now: datetime) -> None:
    """Say in the store whose picture it is."""
    db.session().add(
        StoredFile(
            sha256=picture.sha256,
            size=picture.size,
            media_type=picture.media_type,
            name=f"model-{kept.id}.{'svg' if 'svg' in picture.media_type else 'png'}",
            owner_type=CertificateDesign.__tablename__,
            owner_id=kept.id,
            created_at=now,
            created_by_id=by,
        )
    )


def restore(kept: CertificateDesign, number: int, *, by: int, now: datetime) -> bool:
    """Bring an earlier version back as the newest; nothing is lost by it."""
    earlier = next((v for v in kept.versions if v.number == number), None)
    if earlier is None or earlier.sha256 == kept.newest.sha256:
        return False
    _add(kept, design_of(earlier), by=by, now=now, restored_from=number)
    record("design.restored", by=by, on=kept, name=kept.name, version=number)
    return True


def _add(
    kept: CertificateDesign,
    design: Design,
    *,
    by: int,
    now: datetime,
    restored_from: int | None = None,
) -> CertificateDesignVersion:
    version = CertificateDesignVersion(
        number=len(kept.versions) + 1,
        sha256=design.sha256,
        data=as_data(design),
        restored_from=restored_from,
        created_at=now,
        created_by_id=by,
    )
    kept.name = design.name.ro
    kept.versions.append(version)
    db.session().flush()  # a choice may name it
    return version


def archive(kept: CertificateDesign, *, by: int, now: datetime) -> None:
    """Take a design out of the list. Raises DesignInUse."""
    used = sa.select(DesignChoice.id).where(
        DesignChoice.version_id.in_([version.id for version in kept.versions])
    )
    if db.session().scalar(used.limit(1)) is not None:
        raise DesignInUse(kept.name)
    if kept.archived_at is None:
        kept.archived_at = now
        record("design.archived", by=by, on=kept, name=kept.name)


def choose_for(
    place: Place, option: Option | None, *, shows_results: bool, by: int, now: datetime
) -> None:
    """Let a place's certificates be issued in a design from now on; None follows the programme.

    Raises ProgrammeStandsDeclared: what is printed changes only after the programme was reopened.
    """
    programme, edition = place.programme, place.edition
    if programme.completed_at is not None:
        raise ProgrammeStandsDeclared(programme.short_name)
    edition_id = edition.id if edition else None
    choice = (
        db.session()
        .scalars(
            sa.select(DesignChoice).where(
                DesignChoice.programme_id == programme.id,
                DesignChoice.edition_id.is_not_distinct_from(edition_id),
            )
        )
        .one_or_none()
    )
    if option is None:
        if choice is not None and edition is not None:
            db.session().delete(choice)
            record("design.choice_forgotten", by=by, on=programme, edition_id=edition_id)
        return
    if choice is None:
        choice = DesignChoice(programme_id=programme.id, edition_id=edition_id)
        db.session().add(choice)
    version = option.version
    choice.shipped, choice.version_id = option.shipped, version.id if version else None
    choice.shows_results = shows_results
    choice.chosen_at, choice.chosen_by_id = now, by
    record(
        "design.chosen",
        by=by,
        on=programme,
        design=option.design.name.ro,
        version=version.number if version else None,
        edition_id=edition_id,
        shows_results=shows_results,
    )

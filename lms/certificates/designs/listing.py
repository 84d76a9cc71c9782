"""Reads for the pages of designs: what there is, and who uses what."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from lms import db
from lms.certificates.designs import shipped
from lms.certificates.designs.choosing import design_of
from lms.certificates.designs.design import Design
from lms.certificates.designs.models import (
    CertificateDesign,
    CertificateDesignVersion,
    DesignChoice,
)
from lms.courses.models import Edition, Programme
from lms.web.forms import whole_number


@dataclass(frozen=True)
class Option:
    """A design that can be chosen: shipped, or a version of the office's."""

    value: str
    design: Design
    shipped: str | None = None
    version: CertificateDesignVersion | None = None


@dataclass(frozen=True)
class Place:
    """A programme or one of its editions, with what was chosen for it."""

    value: str
    programme: Programme
    edition: Edition | None
    choice: DesignChoice | None

    @property
    def chosen(self) -> str:
        """The value of the option in use; empty where nothing was chosen."""
        if self.choice is None:
            return "" if self.edition else f"shipped:{shipped.DEFAULT}"
        if self.choice.shipped:
            return f"shipped:{self.choice.shipped}"
        return f"version:{self.choice.version_id}"


def own_designs() -> list[CertificateDesign]:
    """Return the office's designs, the newest first."""
    statement = (
        sa.select(CertificateDesign)
        .where(CertificateDesign.archived_at.is_(None))
        .options(selectinload(CertificateDesign.versions))
        .order_by(CertificateDesign.id.desc())
    )
    return list(db.session().scalars(statement))


def options() -> list[Option]:
    """Return what can be chosen: the shipped designs, each own one's newest, and those in use."""
    found = [Option(f"shipped:{key}", shipped.shipped(key), key) for key in shipped.KEYS]
    used = db.session().scalars(
        sa.select(CertificateDesignVersion)
        .join(DesignChoice, DesignChoice.version_id == CertificateDesignVersion.id)
        .order_by(CertificateDesignVersion.id)
    )
    versions = {design.newest.id: design.newest for design in own_designs()}
    versions |= {version.id: version for version in used}
    found += [
        Option(f"version:{version.id}", design_of(version), None, version)
        for version in versions.values()
    ]
    return found


def option_of(value: str) -> Option | None:
    """Find what a form's value means, or None."""
    kind, _, name = value.partition(":")
    if kind == "shipped" and name in shipped.KEYS:
        return Option(value, shipped.shipped(name), name)
    version_id = whole_number(name)
    if kind != "version" or version_id is None:
        return None
    version = db.session().get(CertificateDesignVersion, version_id)
    return Option(value, design_of(version), None, version) if version else None


def places() -> list[Place]:
    """List programmes, each with its editions after it."""
    programmes = db.session().scalars(
        sa.select(Programme).options(selectinload(Programme.editions)).order_by(Programme.id.desc())
    )
    choices = {
        (choice.programme_id, choice.edition_id): choice
        for choice in db.session().scalars(sa.select(DesignChoice))
    }
    found = []
    for programme in programmes:
        found.append(
            Place(f"programme:{programme.id}", programme, None, choices.get((programme.id, None)))
        )
        found += [
            Place(
                f"edition:{edition.id}", programme, edition, choices.get((programme.id, edition.id))
            )
            for edition in programme.editions
        ]
    return found


def place_of(value: str) -> Place | None:
    """Find what a form's value means, its programme locked, or None."""
    kind, _, name = value.partition(":")
    number = whole_number(name)
    if number is None or kind not in {"programme", "edition"}:
        return None
    edition = db.session().get(Edition, number) if kind == "edition" else None
    programme_id = edition.programme_id if edition else number
    if kind == "edition" and edition is None:
        return None
    programme = (
        db.session()
        .scalars(
            sa.select(Programme).where(Programme.id == programme_id).with_for_update(of=Programme)
        )
        .one_or_none()
    )
    return Place(value, programme, edition, None) if programme else None


def uses_of(design: CertificateDesign) -> list[DesignChoice]:
    """Return where versions of a design are in use."""
    statement = (
        sa.select(DesignChoice)
        .join(CertificateDesignVersion, CertificateDesignVersion.id == DesignChoice.version_id)
        .where(CertificateDesignVersion.design_id == design.id)
        .options(
            joinedload(DesignChoice.programme),
            joinedload(DesignChoice.edition),
            joinedload(DesignChoice.version),
        )
        .order_by(DesignChoice.id)
    )
    return list(db.session().scalars(statement))

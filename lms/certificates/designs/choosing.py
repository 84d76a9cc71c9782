"""Which design a certificate is drawn in: chosen for its draft, found again by its hash."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from lms import db
from lms.certificates.designs import shipped
from lms.certificates.designs.design import Design
from lms.certificates.designs.keeping import kept, read
from lms.certificates.designs.models import CertificateDesignVersion, DesignChoice
from lms.courses.models import Edition


@dataclass(frozen=True)
class Chosen:
    """A design, and what the programme says about results."""

    design: Design
    shows_results: bool = False


def chosen_for(edition: Edition) -> Chosen:
    """Return the edition's own design, or its programme's, or the first shipped one."""
    row = (
        db.session()
        .execute(
            sa.select(DesignChoice, CertificateDesignVersion)
            .outerjoin(
                CertificateDesignVersion, CertificateDesignVersion.id == DesignChoice.version_id
            )
            .where(
                DesignChoice.programme_id == edition.programme_id,
                sa.or_(DesignChoice.edition_id.is_(None), DesignChoice.edition_id == edition.id),
            )
            .order_by(DesignChoice.edition_id.is_(None))
            .limit(1)
        )
        .one_or_none()
    )
    if row is None:
        return Chosen(shipped.default())
    choice, version = row
    design = design_of(version) if version is not None else shipped.shipped(choice.shipped)
    return Chosen(design, choice.shows_results)


def design_of(version: CertificateDesignVersion) -> Design:
    """Read a version; it was checked when it was written."""
    return read(_text(version.data))


def designs_by_hash(hashes: Iterable[str], root: Path) -> dict[str, Design]:
    """Find designs that certificates were issued in: shipped, kept in the store, or in a table.

    One that is nowhere is left out.
    """
    found: dict[str, Design] = {}
    wanted = set(hashes)
    for sha256 in wanted:
        design = shipped.by_hash(sha256) or kept(root, sha256)
        if design is not None:
            found[sha256] = design
    left = wanted - found.keys()
    if left:
        rows = db.session().scalars(
            sa.select(CertificateDesignVersion).where(CertificateDesignVersion.sha256.in_(left))
        )
        found |= {row.sha256: design_of(row) for row in rows}
    return found


def _text(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

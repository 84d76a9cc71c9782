"""Addresses of organisations, and the labels made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.certificates.desk.ordering import county_name
from lms.certificates.models import Certificate
from lms.certificates.queries import RegisterLine
from lms.courses.models import Enrolment
from lms.organisations.models import Organisation
from lms.people_names import sort_key_ro
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext

MOST: Final = 300


def organisations_of(edition_id: int) -> list[Organisation]:
    """List the organisations of an edition's places, by name."""
    ids = sa.select(Enrolment.organisation_id).where(Enrolment.edition_id == edition_id)
    found = db.session().scalars(sa.select(Organisation).where(Organisation.id.in_(ids)))
    return sorted(found, key=lambda organisation: sort_key_ro(organisation.name))


def save(edition_id: int, typed: Mapping[int, str], *, by: int) -> None:
    """Keep addresses of an edition's organisations, line by line; an empty one is none."""
    changed = []
    for organisation in organisations_of(edition_id):
        if organisation.id not in typed:
            continue
        lines = (" ".join(line.split()) for line in typed[organisation.id].splitlines())
        address = "\n".join(line for line in lines if line) or None
        if address != organisation.address:
            organisation.address = address
            changed.append(organisation.id)
    if changed:
        record("organisation.addresses", by=by, count=len(changed))


def labels_of(lines: Sequence[RegisterLine]) -> list[tuple[str, ...]]:
    """Make a label for each organisation, in the order given; a holder without one gets an own."""
    ids = [line.certificate_id for line in lines]
    rows = db.session().execute(
        sa.select(Certificate.id, Organisation.id, Organisation.address)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Organisation, Organisation.id == Enrolment.organisation_id)
        .where(Certificate.id.in_(ids))
    )
    known = {row[0]: (row[1], row[2]) for row in rows}
    bundles: dict[object, list[RegisterLine]] = {}
    for line in lines:
        organisation = known.get(line.certificate_id)
        bundles.setdefault(organisation or line.holder, []).append(line)
    return [_label(bundle, known.get(bundle[0].certificate_id)) for bundle in bundles.values()]


def _label(bundle: Sequence[RegisterLine], known: tuple[int, str | None] | None) -> tuple[str, ...]:
    first = bundle[0]
    if known is None:
        return (first.holder, *([first.organisation] if first.organisation else []))
    address = (known[1] or "").splitlines()
    where = county_name(first.county)
    if where and not any(where in line for line in address):
        address.append(_("%(county)s county", county=where) if where != "București" else where)
    count = ngettext("%(num)s certificate", "%(num)s certificates", len(bundle))
    return (first.organisation, *address, count)

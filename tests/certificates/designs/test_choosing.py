"""Which design an edition's certificates get, and that one can always be drawn again."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from lms import clock, db
from lms.certificates import drafting
from lms.certificates.designs import shipped
from lms.certificates.designs.choosing import chosen_for, designs_by_hash
from lms.certificates.designs.design import Design
from lms.certificates.designs.keeping import keep
from lms.certificates.designs.models import (
    CertificateDesign,
    CertificateDesignVersion,
    DesignChoice,
)
from lms.certificates.designs.plain import as_data
from lms.certificates.designs.reading import design_from
from lms.certificates.document import CertificateDocument
from lms.courses.models import Edition
from lms.files import store
from tests.cast import Cast
from tests.certificates.certify import file_of, issued, stored
from tests.certificates.conftest import make
from tests.certificates.reading import text_of


def own_design() -> Design:
    """Change a word of a shipped design, as an office would."""
    data = copy.deepcopy(as_data(shipped.default()))
    block = next(b for b in data["pages"][0]["blocks"] if b["id"] == "preamble")
    block["text"]["ro"] = "Se adeverește că"
    return design_from(data)


def choose(cast: Cast, edition_id: int | None = None, **what: Any) -> None:
    """Choose a design for the programme, or for one edition."""
    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        session.add(
            DesignChoice(
                programme_id=edition.programme_id,
                edition_id=edition_id,
                chosen_at=clock.now(),
                chosen_by_id=cast.persons["registrar"],
                **what,
            )
        )


def write_version(cast: Cast, design: Design) -> int:
    """Store a design of the office."""
    with cast.app.app_context(), db.writing() as session:
        by = cast.persons["registrar"]
        made = CertificateDesign(name="A noastră", created_at=clock.now(), created_by_id=by)
        session.add(made)
        session.flush()
        version = CertificateDesignVersion(
            design_id=made.id,
            number=1,
            sha256=design.sha256,
            data=as_data(design),
            created_at=clock.now(),
            created_by_id=by,
        )
        session.add(version)
        session.flush()
        return version.id


def design_now(cast: Cast) -> Design:
    with cast.app.app_context():
        return chosen_for(db.session().get_one(Edition, cast.edition_id)).design


def test_without_a_choice_the_first_shipped_design_is_used(cast: Cast) -> None:
    assert design_now(cast) == shipped.default()


def test_an_editions_choice_goes_before_its_programmes(cast: Cast) -> None:
    choose(cast, shipped="portrait")
    assert design_now(cast) == shipped.shipped("portrait")
    choose(cast, cast.edition_id, version_id=write_version(cast, own_design()))
    assert design_now(cast) == own_design()


def test_a_certificate_is_drawn_and_frozen_in_the_chosen_design(cast: Cast) -> None:
    choose(cast, version_id=write_version(cast, own_design()))
    certificate_id = issued(cast)
    assert "Se adeverește că" in text_of(file_of(cast, certificate_id))
    with stored(cast, certificate_id) as certificate:
        assert certificate.facts["design"]["sha256"] == own_design().sha256
        root = cast.app.config["LMS"].folder("files")
        assert store.get(root, own_design().sha256).decode() == own_design().text


def test_a_design_that_was_lost_with_its_table_is_found_in_the_store(cast: Cast) -> None:
    certificate_id = 0
    choose(cast, version_id=write_version(cast, own_design()))
    certificate_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        for table in (DesignChoice, CertificateDesignVersion, CertificateDesign):
            for row in session.query(table):
                session.delete(row)
            session.flush()
    with stored(cast, certificate_id) as certificate:
        (document,) = drafting.documents_from([certificate.facts])
        assert document.design == own_design()


def test_a_certificate_is_never_drawn_in_another_design(tmp_path: Path, cast: Cast) -> None:
    facts = make(design=own_design()).to_facts()
    with pytest.raises(ValueError, match="design"):
        CertificateDocument.from_facts(facts)
    with pytest.raises(ValueError, match="another"):
        CertificateDocument.from_facts(facts, designs={own_design().sha256: shipped.default()})
    with cast.app.app_context():
        assert designs_by_hash([own_design().sha256], tmp_path) == {}
        keep(own_design(), tmp_path)
        keep(own_design(), tmp_path)
        assert designs_by_hash([own_design().sha256], tmp_path) == {
            own_design().sha256: own_design()
        }


def test_facts_can_be_read_without_their_design() -> None:
    document = CertificateDocument.read_only(make(design=own_design()).to_facts())
    assert document.holder == make().holder

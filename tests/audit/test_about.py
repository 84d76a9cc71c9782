"""Whoever asks the record about a person finds what was done about them, by whomever, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lms import clock, db
from lms.accounts.models import Person, PersonName
from lms.audit.details import detail_words
from lms.audit.services import record
from lms.audit.words import action_word
from lms.certificates.models import Award, Certificate
from lms.certificates.states import CertificateState
from lms.courses.models import Course, Enrolment
from tests.cast import EPOCH, Cast


def write_down(cast: Cast, action: str, on: object, **values: object) -> None:
    record(action, by=cast.persons["registrar"], on=on, **values)


def _certificate(place: Enrolment) -> Certificate:
    award = Award(edition_id=place.edition_id)
    db.session().add(award)
    db.session().flush()
    made = Certificate(
        enrolment_id=place.id,
        award_id=award.id,
        state=CertificateState.REVOKED,
        series="TST",
        year=2026,
        serial=1,
        number="TST-2026-000001-X",
        code="X" * 27,
        verify_url="https://exemplu.example/v/X",
        is_model=False,
        facts={},
        reserved_at=EPOCH,
        issued_on=EPOCH.date(),
        ended_at=EPOCH,
        ended_reason="probă",
    )
    db.session().add(made)
    db.session().flush()
    return made


@pytest.fixture
def told(cast: Cast) -> Cast:
    """What the registrar did about the learner: the place, a certificate; something of others'."""
    with cast.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, cast.enrolments["learner"])
        other = session.get_one(Enrolment, cast.enrolments["classmate"])
        session.add(
            PersonName(
                person_id=place.person_id,
                family_name="Dinainte-Țaru",
                given_names="Ileana",
                until_at=EPOCH,
            )
        )
        write_down(cast, "paper_result.recorded", place, on_date="2026-11-30", reason="PLACECANARY")
        write_down(cast, "enrolment.withdrawn", other, reason="OTHERCANARY")
        certificate = _certificate(place)
        write_down(cast, "certificate.revoked", certificate, reason="PAPERCANARY")
    return cast


def names_of(cast: Cast) -> tuple[str, str]:
    with cast.app.app_context():
        person = db.session().get_one(Person, cast.persons["learner"])
        return person.full_name, person.sign_in_name


def test_what_others_did_about_somebody_is_found_by_their_name(told: Cast) -> None:
    full_name, own = names_of(told)
    for text in (full_name, own, "dinainte-taru"):
        page = told.client("auditor").get("/audit", query_string={"person": text}).text
        assert "PLACECANARY" in page, text
        assert "PAPERCANARY" in page, text
        assert "OTHERCANARY" not in page, text


def test_the_participants_page_leads_to_all_about_the_person(told: Cast) -> None:
    client = told.client("auditor")
    full_name, own = names_of(told)
    page = client.get(f"/participants/{told.enrolments['learner']}").text
    assert f"Tot despre {full_name}, în jurnal" in page
    assert f"/audit?person={own}" in page


def test_changes_of_data_are_one_choice(told: Cast) -> None:
    with told.app.app_context(), db.writing() as session:
        person = session.get_one(Person, told.persons["learner"])
        write_down(told, "person.renamed", person, before="A", after="B", reason="NAMECANARY")
        write_down(told, "person.invited", person, reason="INVITECANARY")
    page = told.client("auditor").get("/audit", query_string={"action": "changes-of-data"}).text
    assert "NAMECANARY" in page
    assert "OTHERCANARY" in page
    assert "INVITECANARY" not in page
    assert f"/participants/{told.enrolments['learner']}" in page  # the person has a page


def test_the_record_goes_by_the_time_that_it_shows(told: Cast) -> None:
    with told.app.app_context(), db.writing() as session:
        person = session.get_one(Person, told.persons["learner"])
        with clock.stopped_at(datetime(2026, 2, 1, tzinfo=UTC)):  # written later, of earlier
            write_down(told, "person.invited", person, reason="EARLIERCANARY")
    page = told.client("auditor").get("/audit").text
    assert page.index("PLACECANARY") < page.index("EARLIERCANARY")


def test_values_are_words_days_and_titles(told: Cast) -> None:
    with told.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, told.enrolments["learner"])
        module = session.get_one(Course, told.course_id).modules[0]
        write_down(told, "entry.frozen", place, kind="registrar")
        write_down(
            told, "edition.opening_set", place.edition, days={module.content_id: "2026-12-15"}
        )
        write_down(told, "presence.marked", None, hours={str(place.id): "0 → 3.00"})
    page = told.client("auditor").get("/audit").text
    assert "completat de secretariat, de pe formular" in page
    assert f"„{module.title_ro}”: 15.12.2026" in page
    assert f"{names_of(told)[0]}: 0 → 3" in page
    assert "30.11.2026" in page
    for raw in ("2026-11-30", "2026-12-15", "registrar", "3.00"):
        assert f" {raw}" not in page, raw


def test_odd_values_stay_as_they_are(app) -> None:
    with app.test_request_context():
        odd = {
            "reason": "2026-13-45",
            "email": "import",
            "before": "0722000000",
            "enrolments": [True],
        }
        said = dict(detail_words(odd))
        assert set(said.values()) == {"2026-13-45", "import", "0722000000", "da"}
        changes = dict(detail_words({"changes": [["county", "CJ", ""], ["phone", None, "0722"]]}))
        assert changes == {"schimbări": "județ: Cluj → –, telefon: – → 0722"}
        assert action_word("never.heard") == "never.heard"

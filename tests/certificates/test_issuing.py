"""From a completed course to a signed file: once, gapless, and whatever dies on the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.accounts.models import Person
from lms.certificates import batches, bulk, chain, issuing, register, seals, standing
from lms.certificates.eligibility import Reason
from lms.certificates.errors import CannotBePrinted
from lms.certificates.models import Award, Certificate, RegisterEntry
from lms.certificates.numbering import normalise_code, parse_number
from lms.certificates.signing.dummy import DummySigner
from lms.certificates.standing import Stage
from lms.certificates.states import CertificateState
from lms.courses.events import enrolment_changed, name_confirmed
from lms.courses.models import Edition, Enrolment, IssuingMode, Programme
from lms.jobs.models import Batch, BatchState
from lms.mail.models import MailMessage
from tests.cast import Cast
from tests.certificates.certify import (
    all_certificates,
    complete,
    enrol_many,
    file_of,
    issued,
    use_seal,
)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not make an answer give up waiting."""
    monkeypatch.setattr(issuing, "PATIENCE_SECONDS", 60.0)


@pytest.fixture
def failing(app: Flask) -> Iterator[DummySigner]:
    """The seal fails until the test says otherwise."""
    with app.app_context():
        real = seals.signer("Asociația Exemplu")
    dummy = DummySigner(real, failures=None)
    app.extensions["lms_seal"] = dummy
    yield dummy
    app.extensions["lms_seal"] = real


def test_completing_issues_in_the_same_request(cast: Cast) -> None:
    complete(cast, cast.enrolments["learner"])
    (certificate,) = all_certificates(cast)
    assert certificate.state is CertificateState.VALID
    assert parse_number(certificate.number) is not None
    assert normalise_code(certificate.code) == certificate.code
    assert certificate.facts["holder"] == "Maria Învățăcel"
    assert file_of(cast, certificate.id).startswith(b"%PDF-")


def test_the_holder_is_told_by_mail_once(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).email = "maria@example.org"
    complete(cast, cast.enrolments["learner"])
    with cast.app.app_context():
        bulk.sweep()
        (mail,) = db.session().scalars(sa.select(MailMessage)).all()
    (certificate,) = all_certificates(cast)
    assert certificate.number in mail.subject
    assert f"/certificates/{certificate.id}" in mail.text
    assert certificate.verify_url in mail.text


def change(cast: Cast, **what: object) -> None:
    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        person = session.get_one(Person, cast.persons["learner"])
        for name, value in what.items():
            target = {
                "issuing": edition,
                "completed_at": session.get_one(Programme, cast.programme_id),
            }
            setattr(target.get(name, person), name, value)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ({"name_confirmed_at": None}, Reason.NAME_UNCONFIRMED),
        ({"completed_at": None}, Reason.PROGRAMME_INCOMPLETE),
        ({"issuing": IssuingMode.RELEASE}, Reason.RELEASE_AWAITED),
        ({"suspended_at": clock.now()}, Reason.SUSPENDED),
    ],
)
def test_what_stands_in_the_way_is_named(
    cast: Cast, what: dict[str, object], reason: Reason
) -> None:
    change(cast, **what)
    complete(cast, cast.enrolments["learner"])
    with cast.app.app_context():
        bulk.sweep()
        place = standing.standing_of(cast.enrolments["learner"])
    assert place.stage is Stage.WAITING
    assert place.reasons == (reason,)
    assert all_certificates(cast) == []


def test_confirming_the_name_issues_what_waited_for_it(cast: Cast) -> None:
    change(cast, name_confirmed_at=None)
    complete(cast, cast.enrolments["learner"])
    with cast.app.app_context(), db.writing() as session:
        person = session.get_one(Person, cast.persons["learner"])
        person.name_confirmed_at = clock.now()
        name_confirmed.send(person)
    assert [c.state for c in all_certificates(cast)] == [CertificateState.VALID]


def test_nothing_is_issued_before_completion(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        enrolment_changed.send(session.get_one(Enrolment, cast.enrolments["learner"]))
    with cast.app.app_context():
        outcome = issuing.issue(cast.enrolments["learner"])
    assert outcome.certificate_id is None
    assert all_certificates(cast) == []


def test_a_name_that_cant_be_printed_takes_no_number(cast: Cast) -> None:
    change(cast, given_names="漢字")
    complete(cast, cast.enrolments["learner"])
    with cast.app.app_context():
        outcome = issuing.issue(cast.enrolments["learner"])
        place = standing.standing_of(cast.enrolments["learner"])
    assert isinstance(outcome.refusal, CannotBePrinted)
    assert place.stage is Stage.FAULTY
    assert all_certificates(cast) == []
    with cast.app.app_context():
        assert db.session().scalar(sa.text("select count(*) from number_counters")) == 0


def test_the_period_ends_when_the_course_was_completed_or_ended(cast: Cast) -> None:
    (certificate,) = [issued(cast)]
    (row,) = all_certificates(cast)
    assert row.id == certificate
    assert row.facts["period_from"] == "2026-03-01"
    assert row.facts["period_to"] <= "2026-12-20"


# Whatever dies ---------------------------------------------------------------------------------


def test_a_crash_between_number_and_file_leaves_what_the_sweep_finishes(
    cast: Cast, failing: DummySigner
) -> None:
    complete(cast, cast.enrolments["learner"])
    (certificate,) = all_certificates(cast)
    assert certificate.state is CertificateState.RESERVED
    assert certificate.tries == 1
    assert "doesn't answer" in (certificate.last_error or "")
    failing._failures = 0
    with cast.app.app_context():
        bulk.sweep()
    (again,) = all_certificates(cast)
    assert (again.id, again.number) == (certificate.id, certificate.number)
    assert again.state is CertificateState.VALID
    assert again.last_error is None


def test_a_crash_in_the_middle_of_drawing_is_no_second_number(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise KeyError("drawing failed")

    monkeypatch.setattr(issuing, "sealed", broken)
    complete(cast, cast.enrolments["learner"])
    with cast.app.app_context():
        issuing.issue(cast.enrolments["learner"])
    monkeypatch.undo()
    with cast.app.app_context():
        bulk.sweep()
    (certificate,) = all_certificates(cast)
    assert (certificate.serial, certificate.state) == (1, CertificateState.VALID)


def test_the_answer_doesnt_wait_for_a_slow_seal(
    cast: Cast, failing: DummySigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "PATIENCE_SECONDS", 0.05)
    failing._failures, failing._delay_seconds = 0, 1.0
    complete(cast, cast.enrolments["learner"])
    (certificate,) = all_certificates(cast)
    assert certificate.state is CertificateState.RESERVED
    cast.app.extensions["lms_finishers"][1].shutdown(wait=True)
    cast.app.extensions.pop("lms_finishers")
    (certificate,) = all_certificates(cast)
    assert certificate.state is CertificateState.VALID


def test_a_number_given_up_while_its_file_was_drawn_stays_given_up(cast: Cast) -> None:
    complete(cast, cast.enrolments["learner"], tells=False)
    with cast.app.app_context():
        outcome = issuing.reserve(cast.enrolments["learner"])
        with db.writing() as session:
            row = session.get_one(Certificate, outcome.certificate_id)
            register.void(row, by=None, reason="greșit", now=clock.now())
            file = register.KeptFile("0" * 64, 1, "x", "y")
            assert not register.mark_issued(row, file, now=clock.now())
    (certificate,) = all_certificates(cast)
    assert certificate.state is CertificateState.VOID
    assert certificate.files == []


# At once ---------------------------------------------------------------------------------------


def at_once(app: Flask, calls: list[int], work: object) -> None:
    gate = threading.Barrier(min(8, len(calls)))
    faults: list[BaseException] = []
    parts = [calls[n :: gate.parties] for n in range(gate.parties)]

    def run(part: list[int]) -> None:
        try:
            gate.wait()
            for each in part:
                with app.app_context():
                    work(each)  # type: ignore[operator]
                    db.db.session.remove()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_asked_at_once_many_times_there_is_one_certificate(cast: Cast) -> None:
    enrolment_id = cast.enrolments["learner"]
    complete(cast, enrolment_id, tells=False)
    at_once(cast.app, [enrolment_id] * 20, issuing.issue)
    (certificate,) = all_certificates(cast)
    assert certificate.state is CertificateState.VALID
    assert len(certificate.files) == 1
    with cast.app.app_context():
        events = (
            db.session()
            .scalars(sa.select(RegisterEntry.event).order_by(RegisterEntry.sequence))
            .all()
        )
    assert [e.value for e in events] == ["reserved", "issued"]


def test_forty_at_once_get_gapless_distinct_numbers(cast: Cast) -> None:
    ids = enrol_many(cast, 40)
    at_once(cast.app, ids, issuing.issue)
    certificates = all_certificates(cast)
    assert [c.serial for c in certificates] == list(range(1, 41))
    assert len({c.code for c in certificates}) == 40
    assert {c.state for c in certificates} == {CertificateState.VALID}
    with cast.app.app_context():
        assert chain.find_break("TST") is None
        assert register.missing_serials("TST", certificates[0].year) == []


# All of an edition -----------------------------------------------------------------------------


@pytest.mark.parametrize("are_many", [False, True])
def test_what_is_earned_on_an_edition_is_there_before_a_place_is_locked(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, are_many: bool
) -> None:
    """Whoever imports people locks the edition, then its places; making it the other way stops."""
    awards: list[int] = []

    def counted(read):
        def wrapper(*args, locked: bool):
            if locked:
                awards.append(db.session().scalar(sa.select(sa.func.count(Award.id))) or 0)
            return read(*args, locked=locked)

        return wrapper

    monkeypatch.setattr(issuing, "_enrolment", counted(issuing._enrolment))
    monkeypatch.setattr(bulk, "_candidates", counted(bulk._candidates))
    if are_many:
        ids = enrol_many(cast, 2)
        with cast.app.app_context():
            bulk.issue_many(ids)
    else:
        complete(cast, cast.enrolments["learner"])
    assert awards == [1]
    assert {each.state for each in all_certificates(cast)} == {CertificateState.VALID}


def test_a_batch_issues_all_that_are_due_and_counts_each_once(cast: Cast) -> None:
    ids = enrol_many(cast, 5)
    with cast.app.app_context():
        with db.writing() as session:
            edition = session.get_one(Edition, cast.edition_id)
            batch = batches.begin(edition, ids, by=cast.persons["registrar"], now=clock.now())
            batch_id = batch.id
            assert batches.begin(edition, ids, by=1, now=clock.now()).id == batch_id
        batches.run()
        batches.run()
        row = db.session().get_one(Batch, batch_id)
        assert (row.state, row.done, row.failed) == (BatchState.DONE, 5, 0)
    assert len(all_certificates(cast)) == 5


def test_a_batch_goes_on_past_one_that_cant_be_printed(cast: Cast) -> None:
    ids = enrol_many(cast, 3)
    with cast.app.app_context():
        with db.writing() as session:
            session.get_one(Enrolment, ids[1]).person.given_names = "漢字"
        with db.writing() as session:
            edition = session.get_one(Edition, cast.edition_id)
            batch_id = batches.begin(edition, ids, by=None, now=clock.now()).id  # type: ignore[arg-type]
        batches.run()
        row = db.session().get_one(Batch, batch_id)
        assert (row.state, row.done, row.failed) == (BatchState.DONE, 2, 1)
        assert list(row.parameters["failures"]) == [str(ids[1])]


def test_a_seal_that_was_brought_signs_too(cast: Cast, seal: object) -> None:
    before = cast.app.extensions.get("lms_seal")
    use_seal(cast.app, seal)
    try:
        issued(cast)
        (certificate,) = all_certificates(cast)
        assert certificate.files[0].seal_fingerprint == seal.fingerprint  # type: ignore[attr-defined]
    finally:
        cast.app.extensions["lms_seal"] = before

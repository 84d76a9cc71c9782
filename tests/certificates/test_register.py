"""The register's chain, its states, and what health finds when somebody meddles."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms import append_only, clock, db
from lms.certificates import bulk, chain, health, issuing, kits, lost, register, seals
from lms.certificates.errors import IssuingLocked, WrongState
from lms.certificates.health import FaultKind
from lms.certificates.models import (
    Award,
    Certificate,
    NumberCounter,
    RegisterDetail,
    RegisterEntry,
    RegisterEvent,
)
from lms.certificates.numbering import CertificateNumber
from lms.certificates.states import CertificateState
from lms.courses.models import Enrolment
from lms.files import store
from tests.cast import Cast
from tests.certificates.certify import all_certificates, complete, enrol_many, issued, stored


def kinds(cast: Cast) -> set[FaultKind]:
    with cast.app.app_context():
        return {fault.kind for fault in health.problems()} - {FaultKind.KIT_NOT_KEPT}


def meddle(cast: Cast, statement: sa.Executable) -> None:
    with (
        cast.app.app_context(),
        db.writing() as session,
        append_only.lifted(session.connection()),
    ):
        session.execute(statement)


def test_an_untouched_register_has_no_fault(cast: Cast) -> None:
    first, second = issued(cast, "learner"), issued(cast, "classmate")
    with cast.app.app_context():
        with db.writing() as session:
            row = session.get_one(Certificate, first)
            register.revoke(row, by=None, reason="De probă", now=clock.now())
        with db.writing() as session:
            row = session.get_one(Certificate, second)
            place = session.get_one(Enrolment, row.enrolment_id)
            new_id = register.supersede(row, place, by=None, reason="X", now=clock.now()).id
        issuing.finish(new_id)
    assert kinds(cast) == set()
    with cast.app.app_context():
        events = db.session().scalars(
            sa.select(RegisterEntry.event).order_by(RegisterEntry.sequence)
        )
        assert list(events) == [
            *(RegisterEvent.RESERVED, RegisterEvent.ISSUED) * 2,
            RegisterEvent.REVOKED,
            RegisterEvent.SUPERSEDED,
            RegisterEvent.RESERVED,
            RegisterEvent.ISSUED,
        ]


def test_a_changed_entry_breaks_the_chain_there(cast: Cast) -> None:
    issued(cast, "learner")
    issued(cast, "classmate")
    meddle(
        cast,
        sa.update(RegisterEntry).where(RegisterEntry.sequence == 3).values(number="TST-X"),
    )
    with cast.app.app_context():
        assert chain.find_break("TST") == 3
    assert FaultKind.CHAIN_BROKEN in kinds(cast)


def test_a_removed_entry_breaks_the_chain(cast: Cast) -> None:
    issued(cast, "learner")
    issued(cast, "classmate")
    second = sa.select(RegisterEntry.id).where(RegisterEntry.sequence == 2)
    meddle(cast, sa.delete(RegisterDetail).where(RegisterDetail.entry_id.in_(second)))
    meddle(cast, sa.delete(RegisterEntry).where(RegisterEntry.sequence == 2))
    with cast.app.app_context():
        assert chain.find_break("TST") == 2


def test_changed_facts_are_found_though_the_chain_holds(cast: Cast) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        row.facts = {**row.facts, "holder": "Altcineva"}
    assert kinds(cast) == {FaultKind.FACTS_CHANGED}


def test_a_state_changed_behind_the_registers_back_is_found(cast: Cast) -> None:
    certificate_id = issued(cast)
    meddle(
        cast,
        sa.update(Certificate)
        .where(Certificate.id == certificate_id)
        .values(state=CertificateState.REVOKED),
    )
    assert kinds(cast) == {FaultKind.STATE_CHANGED}


def test_erased_values_leave_the_chain_valid(cast: Cast) -> None:
    issued(cast)
    meddle(cast, sa.delete(RegisterDetail))
    assert kinds(cast) == set()


def test_a_lost_serial_is_found(cast: Cast) -> None:
    issued(cast)
    meddle(cast, sa.update(NumberCounter).values(last_serial=3))
    with cast.app.app_context():
        year = clock.today("Europe/Bucharest").year
        assert register.missing_serials("TST", year) == [2, 3]
    assert kinds(cast) == {FaultKind.SERIAL_MISSING}


def test_a_kept_file_that_is_gone_or_changed_is_found(cast: Cast) -> None:
    certificate_id = issued(cast)
    with stored(cast, certificate_id) as certificate:
        path = store.path_of(register.store_folder(), certificate.files[0].sha256)
    path.write_bytes(path.read_bytes()[:-1])
    assert kinds(cast) == {FaultKind.FILE_CHANGED}
    path.unlink()
    assert kinds(cast) == {FaultKind.FILE_MISSING}


def test_a_number_that_waits_too_long_for_its_file_is_found(cast: Cast) -> None:
    complete(cast, cast.enrolments["learner"], tells=False)
    with cast.app.app_context():
        issuing.reserve(cast.enrolments["learner"])
    assert kinds(cast) == set()
    with clock.stopped_at(clock.now() + timedelta(minutes=11)):
        assert kinds(cast) == {FaultKind.UNFINISHED}


def test_a_kit_that_nobody_has_stored_is_asked_for(cast: Cast) -> None:
    def asked() -> bool:
        with cast.app.app_context():
            return FaultKind.KIT_NOT_KEPT in {fault.kind for fault in health.seal_faults()}

    issued(cast)
    assert asked()
    with cast.app.app_context(), db.writing():
        kits.say_kept(seals.signer().fingerprint, where="seif", by=None, now=clock.now())
    assert not asked()


# States ----------------------------------------------------------------------------------------


def test_the_database_allows_one_current_certificate(cast: Cast) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context(), pytest.raises(IntegrityError), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        twin = {
            c.key: getattr(row, c.key)
            for c in sa.inspect(Certificate).column_attrs
            if c.key not in {"id", "serial", "number", "code"}
        }
        session.add(Certificate(**twin, serial=99, number="TST-X", code="X"))


def test_the_database_allows_a_new_one_beside_those_that_ended(cast: Cast) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        register.revoke(row, by=None, reason="De probă", now=clock.now())
        place = session.get_one(Enrolment, row.enrolment_id)
        again = register.reserve(place, is_model=False, now=clock.now(), by=None)
        assert again.serial == 2


def test_what_has_ended_cant_end_again(cast: Cast) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        place = session.get_one(Enrolment, row.enrolment_id)
        with pytest.raises(WrongState):
            register.void(row, by=None, reason="x", now=clock.now())
        register.revoke(row, by=None, reason="x", now=clock.now())
        for act in (register.revoke, register.void):
            with pytest.raises(WrongState):
                act(row, by=None, reason="x", now=clock.now())
        with pytest.raises(WrongState):
            register.supersede(row, place, by=None, reason="x", now=clock.now())


def test_after_a_revocation_nothing_is_issued_by_itself(cast: Cast) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        register.revoke(row, by=None, reason="x", now=clock.now())
    with cast.app.app_context():
        bulk.sweep()
        assert issuing.issue(cast.enrolments["learner"]).certificate_id is None
    assert len(all_certificates(cast)) == 1


def test_locked_numbers_are_not_given_and_none_is_lost(cast: Cast) -> None:
    year = clock.today("Europe/Bucharest").year
    with cast.app.app_context(), db.writing() as session:
        session.add(NumberCounter(series="TST", year=year, last_serial=1, locked_reason="refacere"))
    complete(cast, cast.enrolments["learner"], tells=False)
    with cast.app.app_context():
        assert isinstance(issuing.issue(cast.enrolments["learner"]).refusal, IssuingLocked)
        with db.writing():
            assert lost.confirm_last("TST", year, 1, by=None, reason="comparat") is False
            number = CertificateNumber("TST", year, 1)
            lost.annul(number, by=None, reason="nu s-a găsit", now=clock.now())
        assert issuing.issue(cast.enrolments["learner"]).certificate_id is not None
    assert [c.serial for c in all_certificates(cast)] == [2]


def test_a_new_year_begins_at_one_in_the_programmes_zone(cast: Cast) -> None:
    from datetime import UTC, datetime

    complete(cast, cast.enrolments["learner"], tells=False)
    complete(cast, cast.enrolments["classmate"], tells=False)
    with cast.app.app_context():
        with clock.stopped_at(datetime(2026, 12, 31, 21, 59, tzinfo=UTC)):
            issuing.reserve(cast.enrolments["learner"])
        with clock.stopped_at(datetime(2026, 12, 31, 22, 1, tzinfo=UTC)):
            issuing.reserve(cast.enrolments["classmate"])
    assert [(c.year, c.serial) for c in sorted(all_certificates(cast), key=lambda c: c.year)] == [
        (2026, 1),
        (2027, 1),
    ]
    with cast.app.app_context():
        assert chain.find_break("TST") is None


def test_the_same_award_is_made_once(cast: Cast) -> None:
    ids = enrol_many(cast, 3)
    with cast.app.app_context():
        for enrolment_id in ids:
            issuing.issue(enrolment_id)
        assert db.session().scalar(sa.select(sa.func.count(Award.id))) == 1

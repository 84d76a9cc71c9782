"""Issuing for many at once: the same files, numbers and refusals as one by one, in fewer steps."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress

import psutil
import pytest
import sqlalchemy as sa

from bench.in_process import statements
from lms import clock, db
from lms.accounts.models import Person
from lms.certificates import batches, bulk, bulk_files, chain, register, seals
from lms.certificates.badges.making import attachments_of
from lms.certificates.errors import CannotBePrinted
from lms.certificates.issuing import Outcome
from lms.certificates.models import RegisterEntry
from lms.certificates.render import sealed
from lms.certificates.signing.dummy import DummySigner
from lms.certificates.states import CertificateState
from lms.courses.models import Enrolment
from lms.jobs.models import Batch, BatchState
from lms.mail.models import MailMessage
from tests.cast import Cast
from tests.certificates.certify import all_certificates, enrol_many, file_of, issued


@pytest.fixture(autouse=True)
def _small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups small enough that a test has several."""
    monkeypatch.setattr(bulk, "GROUP", 5)


def issue(cast: Cast, ids: list[int]) -> dict[int, Outcome]:
    with cast.app.app_context():
        return bulk.issue_many(ids)


def person_of(cast: Cast, enrolment_id: int) -> int:
    with cast.app.app_context():
        return db.session().get_one(Enrolment, enrolment_id).person_id


def change_person(cast: Cast, enrolment_id: int, **values: object) -> None:
    person_id = person_of(cast, enrolment_id)
    with cast.app.app_context(), db.writing() as session:
        person = session.get_one(Person, person_id)
        for name, value in values.items():
            setattr(person, name, value)


def test_everybody_gets_a_number_a_file_and_an_entry_in_order(cast: Cast) -> None:
    ids = enrol_many(cast, 13)
    outcomes = issue(cast, ids)
    certificates = all_certificates(cast)
    assert list(outcomes) == ids
    assert [c.enrolment_id for c in certificates] == ids
    assert [c.serial for c in certificates] == list(range(1, 14))
    assert {c.state for c in certificates} == {CertificateState.VALID}
    assert all(len(c.files) == 1 for c in certificates)
    assert len({c.status_index for c in certificates}) == 13
    with cast.app.app_context():
        (series,) = {c.series for c in certificates}
        assert chain.find_break(series) is None
        assert register.missing_serials(series, certificates[0].year) == []
        events = db.session().scalars(sa.select(RegisterEntry.event)).all()
        assert sorted(e.value for e in events) == ["issued"] * 13 + ["reserved"] * 13


def test_a_file_of_many_is_the_file_of_one(cast: Cast) -> None:
    issue(cast, enrol_many(cast, 3))
    for certificate in all_certificates(cast):
        with cast.app.app_context():
            facts, at = certificate.facts, certificate.reserved_at
            badge = attachments_of(facts, at)
            alone = sealed(register.document_from(facts), seals.signer(), at=at, more=badge)
        assert file_of(cast, certificate.id) == alone


def test_whoever_may_not_have_one_is_told_apart_and_holds_up_nobody(cast: Cast) -> None:
    ids = enrol_many(cast, 8)
    change_person(cast, ids[1], name_confirmed_at=None)
    change_person(cast, ids[3], family_name="Foarte-Lungul" * 18)
    incomplete, has_one = cast.enrolments["learner"], cast.enrolments["classmate"]
    first = issued(cast, "classmate")
    outcomes = issue(cast, [*ids, incomplete, has_one])
    assert outcomes[ids[1]].certificate_id is None
    assert isinstance(outcomes[ids[3]].refusal, CannotBePrinted)
    assert outcomes[incomplete].certificate_id is None
    assert outcomes[incomplete].eligibility is not None
    assert outcomes[has_one].certificate_id == first
    certificates = all_certificates(cast)
    assert [c.serial for c in certificates] == list(range(1, 8))
    assert {c.state for c in certificates} == {CertificateState.VALID}


def test_a_rare_name_among_many_is_drawn_like_the_others(cast: Cast) -> None:
    ids = enrol_many(cast, 4)
    change_person(cast, ids[2], given_names="Олена", family_name="Коваленко")
    issue(cast, ids)
    by_place = {c.enrolment_id: c for c in all_certificates(cast)}
    assert by_place[ids[2]].state is CertificateState.VALID
    assert file_of(cast, by_place[ids[2]].id).count(b"%%EOF") == 2
    assert file_of(cast, by_place[ids[1]].id).count(b"%%EOF") == 1


@pytest.fixture
def by_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few are many enough for processes of their own."""
    monkeypatch.setattr(bulk_files, "MANY", 3)


def makers_at_work() -> list[psutil.Process]:
    """Find the small processes that make files."""
    found = []
    for process in psutil.Process().children():
        with suppress(psutil.Error):  # it may be ending
            if "lms.certificates.maker_process" in process.cmdline():
                found.append(process)
    return found


@pytest.mark.usefixtures("by_processes")
def test_a_file_made_by_a_small_process_is_the_file_of_one(cast: Cast) -> None:
    ids = enrol_many(cast, 11)
    change_person(cast, ids[6], given_names="Олена", family_name="Коваленко")
    sizes = []

    def look(_group: object) -> bool:
        sizes.extend(process.memory_info().rss for process in makers_at_work())
        return True

    with cast.app.app_context():
        bulk.issue_many(ids, goes_on=look)
    assert sizes
    assert max(sizes) < 100e6
    assert makers_at_work() == []
    for certificate in all_certificates(cast):
        with cast.app.app_context():
            facts, at = certificate.facts, certificate.reserved_at
            badge = attachments_of(facts, at)
            alone = sealed(register.document_from(facts), seals.signer(), at=at, more=badge)
        assert file_of(cast, certificate.id) == alone


@pytest.mark.usefixtures("by_processes")
def test_small_processes_that_are_killed_take_nothing_with_them(cast: Cast) -> None:
    ids = enrol_many(cast, 23)
    killed = []

    def kill(_group: object) -> bool:
        for process in makers_at_work():
            process.kill()
            killed.append(process.pid)
        return True

    with cast.app.app_context():
        bulk.issue_many(ids, goes_on=kill)
    assert killed
    certificates = all_certificates(cast)
    assert [c.serial for c in certificates] == list(range(1, 24))
    assert {c.state for c in certificates} == {CertificateState.VALID}
    assert {c.last_error for c in certificates} == {None}


@pytest.mark.usefixtures("by_processes")
def test_what_a_small_process_can_not_do_is_said_by_its_row(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = enrol_many(cast, 7)
    change_person(cast, ids[2], given_names="Олена", family_name="Коваленко")

    def fail(*_: object, **__: object) -> bytes:
        raise OSError("no room")

    monkeypatch.setattr(bulk_files, "sealed", fail)  # by which rare letters are drawn here
    issue(cast, ids)
    by_place = {c.enrolment_id: c for c in all_certificates(cast)}
    assert by_place[ids[2]].last_error == "OSError: no room"
    others = {c.state for place, c in by_place.items() if place != ids[2]}
    assert others == {CertificateState.VALID}


def test_a_small_process_knows_nothing_of_the_application() -> None:
    asked = "import sys, lms.certificates.maker_process; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"flask", "sqlalchemy", "pyhanko", "lms.db", "lms.app"} & set(said)


def test_a_seal_that_fails_leaves_numbers_that_the_sweep_finishes(cast: Cast) -> None:
    ids = enrol_many(cast, 7)
    with cast.app.app_context():
        real = seals.signer("Asociația Exemplu")
    failing = DummySigner(real, failures=3)
    cast.app.extensions["lms_seal"] = failing
    issue(cast, ids)
    states = [c.state for c in all_certificates(cast)]
    assert states.count(CertificateState.RESERVED) == 3
    assert sum(c.tries for c in all_certificates(cast)) == 3
    with cast.app.app_context():
        bulk.sweep()
    certificates = all_certificates(cast)
    assert {c.state for c in certificates} == {CertificateState.VALID}
    assert [c.serial for c in certificates] == list(range(1, 8))
    assert {c.last_error for c in certificates} == {None}


def test_who_died_after_the_numbers_left_work_that_is_taken_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = enrol_many(cast, 12)

    def die(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(bulk, "_mark", die)
    with pytest.raises(SystemExit):
        issue(cast, ids)
    monkeypatch.undo()
    assert {c.state for c in all_certificates(cast)} == {CertificateState.RESERVED}
    issue(cast, ids)
    certificates = all_certificates(cast)
    assert [c.serial for c in certificates] == list(range(1, 13))
    assert {c.state for c in certificates} == {CertificateState.VALID}


def test_holders_are_told_once(cast: Cast) -> None:
    ids = enrol_many(cast, 6)
    for number, enrolment_id in enumerate(ids[:4]):
        change_person(cast, enrolment_id, email=f"om{number}@example.org")
    issue(cast, ids)
    issue(cast, ids)
    with cast.app.app_context():
        bulk.sweep()
        told = db.session().scalars(sa.select(MailMessage.to_address)).all()
        assert sorted(told) == [f"om{number}@example.org" for number in range(4)]
        assert bulk.unannounced() == []


def test_two_at_once_issue_each_certificate_once(cast: Cast) -> None:
    ids = enrol_many(cast, 18)
    faults: list[BaseException] = []

    def run() -> None:
        try:
            issue(cast, ids)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    certificates = all_certificates(cast)
    assert [c.serial for c in certificates] == list(range(1, 19))
    assert {c.state for c in certificates} == {CertificateState.VALID}
    assert all(len(c.files) == 1 for c in certificates)


def test_a_larger_group_asks_no_more_questions(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    for size in (10, 30):
        monkeypatch.setattr(bulk, "GROUP", size)
        ids = enrol_many_named(cast, size)
        with statements(cast.app) as seen:
            issue(cast, ids)
        counts.append(sum(statement.startswith("SELECT") for statement in seen))
    assert counts[1] <= counts[0]


def enrol_many_named(cast: Cast, count: int) -> list[int]:
    """Enrol more, under names to sign in with that nobody has."""
    with cast.app.app_context(), db.writing() as session:
        people = session.scalars(sa.select(Person).where(Person.sign_in_name.like("p%-proba")))
        for person in people:
            person.sign_in_name = f"fost-{person.id}"
    return enrol_many(cast, count)


def test_a_stopped_batch_finishes_what_has_a_number_and_begins_no_more(cast: Cast) -> None:
    ids = enrol_many(cast, 20)
    heard: list[Mapping[int, Outcome]] = []

    def stop(outcomes: Mapping[int, Outcome]) -> bool:
        heard.append(outcomes)
        return False

    with cast.app.app_context():
        bulk.issue_many(ids, goes_on=stop)
    certificates = all_certificates(cast)
    assert 5 <= len(certificates) <= 10
    assert {c.state for c in certificates} == {CertificateState.VALID}
    assert heard[0].keys() == set(ids[:5])


def test_a_batch_counts_each_once_and_names_who_failed(cast: Cast) -> None:
    ids = enrol_many(cast, 11)
    change_person(cast, ids[6], name_confirmed_at=None)
    batch_id = begun(cast, ids)
    with cast.app.app_context():
        batches.run()
        batches.run()
        batch = db.session().get_one(Batch, batch_id)
        assert (batch.done, batch.failed, batch.state) == (10, 1, BatchState.DONE)
        assert batch.parameters["failures"] == {str(ids[6]): "name_unconfirmed"}
        assert batch.finished_at is not None


def test_a_batch_that_was_stopped_is_taken_up_where_it_was(cast: Cast) -> None:
    ids = enrol_many(cast, 12)
    batch_id = begun(cast, ids, done=5)
    with cast.app.app_context():
        batches.run()
        batch = db.session().get_one(Batch, batch_id)
        assert (batch.done, batch.state) == (12, BatchState.DONE)
    assert [c.enrolment_id for c in all_certificates(cast)] == ids[5:]


def begun(cast: Cast, ids: list[int], *, done: int = 0) -> int:
    """Write down a batch as the page does."""
    with cast.app.app_context(), db.writing() as session:
        batch = Batch(
            kind=batches.KIND,
            total=len(ids),
            done=done,
            parameters={"edition_id": cast.edition_id, "enrolments": ids, "failures": {}},
            created_at=clock.now(),
            created_by_id=cast.persons["registrar"],
        )
        session.add(batch)
        session.flush()
        return batch.id

"""The national number: what is one, and that it is never seen by accident."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from stdnum.ro import cnp

from lms import db
from lms.audit.models import AuditDetail, AuditEntry
from lms.courses.models import Enrolment
from lms.entry.errors import KeyMissing, ReasonMissing
from lms.entry.models import NationalNumberRow
from lms.entry.national_number import (
    NumberFault,
    NumberRefused,
    contradicts,
    masked,
    read_number,
)
from lms.entry.services import numbers
from lms.entry.vault import CannotOpen, Vault
from tests.cast import csrf
from tests.entry.asked import NOW, VALID_CNP, ask

TODAY = date(2026, 10, 5)


def made(body: str) -> str:
    return body + cnp.calc_check_digit(body)


@pytest.mark.parametrize(
    "typed", [VALID_CNP, "2 850327 226087", " 2850327-226087 ", "２850327226087"]
)
def test_a_number_is_read_however_it_is_spaced(typed):
    number = read_number(typed, today=TODAY)
    assert number.digits == VALID_CNP
    assert number.birth_date == date(1985, 3, 27)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", NumberFault.LENGTH),
        ("285032722608", NumberFault.LENGTH),
        ("28503272260a7", NumberFault.LENGTH),
        (made("085032722608"), NumberFault.FIRST_DIGIT),
        (made("285133222608"), NumberFault.DATE),
        (made("528032722608"), NumberFault.IN_FUTURE),
        ("2850327226080", NumberFault.CHECK_DIGIT),
        *((made(f"2850327{code}608"), NumberFault.COUNTY) for code in ("00", "47", "48", "53")),
        *((made(f"2850327{code}608"), NumberFault.COUNTY) for code in ("70", "80", "83", "99")),
    ],
)
def test_what_is_no_number_is_refused_and_never_repeated(typed, fault):
    with pytest.raises(NumberRefused) as refused:
        read_number(typed, today=TODAY)
    assert refused.value.fault is fault
    assert not typed or typed not in str(refused.value)


def test_a_number_does_not_show_itself():
    number = read_number(VALID_CNP, today=TODAY)
    assert VALID_CNP not in f"{number} {number!r}"
    assert masked(VALID_CNP) == "•••••••••6087"


def test_a_number_and_a_date_of_birth_must_agree():
    number = read_number(VALID_CNP, today=TODAY)
    assert not contradicts(number, date(1985, 3, 27))
    assert not contradicts(number, None)
    assert contradicts(number, date(1985, 3, 28))
    foreign = read_number(made("785032722608"), today=TODAY)
    assert not contradicts(foreign, date(2001, 1, 1)), "its century is not said"


@given(st.text(min_size=1, max_size=20), st.text(max_size=10))
def test_what_is_sealed_opens_for_the_same_person_alone(tmp_path_factory, digits, about):
    vault = Vault(tmp_path_factory.getbasetemp() / "keys-of-a-property")
    sealed = vault.seal(digits, about)
    assert vault.open(sealed.key_id, sealed.data, about) == digits
    with pytest.raises(CannotOpen):
        vault.open(sealed.key_id, sealed.data, about + "x")
    assert vault.seal(digits, about).data != sealed.data
    assert vault.digest(digits, sealed.key_id) == sealed.digest


def test_a_key_is_private_and_never_written_over(tmp_path):
    vault = Vault(tmp_path / "keys")
    first = vault.active()
    assert (tmp_path / "keys" / f"{first}.key").stat().st_mode & 0o077 == 0
    sealed = vault.seal("1", "a")
    assert vault.add_key() == "n2"
    assert vault.active() == "n2"
    assert vault.open(sealed.key_id, sealed.data, "a") == "1"
    vault.forget(first)
    with pytest.raises(CannotOpen):
        vault.open(sealed.key_id, sealed.data, "a")


@pytest.fixture
def numbered(cast):
    ask(cast, purpose="Pentru listă.")
    with cast.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, cast.enrolments["learner"])
        numbers.give(place, read_number(VALID_CNP, today=TODAY), by=None, now=NOW)
    return cast


def everything_stored(cast) -> str:
    """All rows of all tables as text, and the raw bytes of the embedded database."""
    with cast.app.app_context():
        rows = [
            str(db.session().execute(table.select()).all())
            for table in db.db.metadata.sorted_tables
        ]
        if db.db.engine.dialect.name == "sqlite":
            path = str(db.db.engine.url.database)
            rows.append(Path(path).read_bytes().decode("latin-1"))
        return "\n".join(rows)


def show(cast, **form):
    client = cast.client("registrar")
    path = f"/participants/{cast.enrolments['learner']}/national-number/show"
    return client.post(path, data={"csrf_token": csrf(client), **form})


def test_a_number_stands_nowhere_in_the_store(numbered):
    show(numbered, reason="Cerut de finanțator")
    assert VALID_CNP not in everything_stored(numbered)


def test_a_number_is_shown_whole_once_for_a_reason_that_is_recorded(numbered):
    page = f"/participants/{numbered.enrolments['learner']}/entry"
    client = numbered.client("registrar")
    assert VALID_CNP not in client.get(page).text
    assert "•••••••••6087" in client.get(page).text
    assert show(numbered).status_code == 422
    assert VALID_CNP not in show(numbered, reason="  ").text
    shown = show(numbered, reason="Cerut de finanțator")
    assert VALID_CNP in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert VALID_CNP not in client.get(page).text
    with numbered.app.app_context():
        kept = db.session().scalars(
            sa.select(AuditDetail.values)
            .join(AuditEntry)
            .where(AuditEntry.action == "national_number.shown")
        )
        assert [v["reason"] for v in kept] == ["Cerut de finanțator"]


def test_lists_and_exports_do_not_hold_numbers(numbered):
    client = numbered.client("registrar")
    assert VALID_CNP not in client.get("/editions/e1/entry").text
    assert VALID_CNP.encode() not in client.get("/editions/e1/entry.csv").data
    assert VALID_CNP not in client.get(f"/participants/{numbered.enrolments['learner']}").text
    assert VALID_CNP not in client.get("/audit").text


def test_the_list_with_whole_numbers_wants_a_reason(numbered):
    from lms.safety.sheets import read_table

    client = numbered.client("registrar")
    path = "/editions/e1/entry/national-numbers"
    refused = client.post(path, data={"csrf_token": csrf(client)})
    assert refused.status_code == 303
    answer = client.post(path, data={"csrf_token": csrf(client), "reason": "Contract"})
    assert VALID_CNP in str(read_table(answer.data, "x.xlsx").rows)
    auditor = numbered.client("auditor")
    refused = auditor.post(path, data={"csrf_token": csrf(auditor), "reason": "Control"})
    assert refused.status_code == 403


def test_the_same_number_at_two_people_is_pointed_out(numbered):
    client = numbered.client("registrar")
    page = f"/participants/{numbered.enrolments['classmate']}"
    form = {"csrf_token": csrf(client), "national_number": VALID_CNP}
    client.post(f"{page}/national-number", data=form)
    seen = client.get(f"{page}/entry").text
    assert "Același număr se află și la altcineva" in seen
    assert "Maria Învățăcel" in seen


def test_after_a_rotation_numbers_open_and_the_old_key_is_gone(numbered):
    with numbered.app.app_context():
        before = numbers.vault().key_ids()
        with db.writing():
            assert numbers.rotate(by=None) == 1
        after = numbers.vault().key_ids()
    assert not set(before) & set(after)
    assert VALID_CNP in show(numbered, reason="x").text


def test_without_its_key_a_number_is_not_invented_and_the_page_still_opens(numbered):
    with numbered.app.app_context():
        vault = numbers.vault()
        for key_id in vault.key_ids():
            vault.forget(key_id)
        with pytest.raises(KeyMissing), db.writing():
            numbers.rotate(by=None)
        rows = db.session().scalars(sa.select(NationalNumberRow)).all()
        assert len(rows) == 1
    page = f"/participants/{numbered.enrolments['learner']}/entry"
    assert "nu poate fi citit" in numbered.client("registrar").get(page).text


def test_a_persons_numbers_are_erased(numbered):
    with numbered.app.app_context():
        with db.writing():
            assert numbers.erase(numbered.persons["learner"]) == 1
        assert db.session().scalars(sa.select(NationalNumberRow)).all() == []


def test_an_export_without_a_reason_is_refused_by_the_service_too(numbered):
    from lms.courses.models import Edition

    with numbered.app.app_context():
        edition = db.session().get_one(Edition, numbered.edition_id)
        with pytest.raises(ReasonMissing):
            numbers.export(edition, [numbered.persons["learner"]], reason=" ", by=None)


def found_by_the_checks(cast) -> list[str]:
    from lms.checks.registry import Scope, run_checks

    found = run_checks(cast.app, [Scope.COMMAND, Scope.DEEP])
    return [str(p.sentence) for p in found if p.check.startswith("entry.")]


def test_the_checks_find_a_missing_key_and_a_changed_number(numbered):
    assert found_by_the_checks(numbered) == []
    with numbered.app.app_context(), db.writing() as session:
        row = session.scalars(sa.select(NationalNumberRow)).one()
        row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    assert "was changed" in found_by_the_checks(numbered)[0]
    with numbered.app.app_context():
        vault = numbers.vault()
        for key_id in vault.key_ids():
            vault.forget(key_id)
    (told,) = found_by_the_checks(numbered)
    assert "is missing" in told

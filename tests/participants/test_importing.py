"""Bringing a list in: planned without a change, carried out whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import joinedload

from lms import db
from lms.accounts.models import Person, PersonName
from lms.audit.models import AuditEntry
from lms.courses.models import Edition, Enrolment, Group
from lms.demo_people import demo_roster_xlsx
from lms.organisations.models import Membership, Organisation, OrganisationKind
from lms.participants.errors import ImportNotReady, NoNames, PlanMoved
from lms.participants.roster import DIFFERENT, Answer, Field, Verdict
from lms.participants.services import importing
from lms.participants.services.importing import Decisions, Outcome, RosterFile
from lms.safety.sheets import Table, TableRow, read_table
from tests.cast import Cast

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
HEADINGS = (
    "Nume",
    "Prenume",
    "E-mail",
    "Telefon",
    "Organizație",
    "Tip",
    "CUI",
    "Funcție",
    "Județ",
    "Grupa",
)
ANA = (
    "Plopeanu",
    "Ana",
    "ana@exemplu.example",
    "0740000001",
    "Asociația Izvorul",
    "ONG",
    "",
    "președintă",
    "Iași",
    "Grupa 1",
)
DAN = (
    "Fânețeanu",
    "Dan",
    "",
    "",
    "Primăria Comunei Exemplu",
    "autoritate publică",
    "",
    "consilier",
    "Vaslui",
    "Grupa 2",
)


def listed(*rows: tuple[str, ...]) -> RosterFile:
    """Make a list of rows under the usual headings."""
    return importing.read_file(
        Table(HEADINGS, tuple(TableRow(n, row) for n, row in enumerate(rows, start=2)))
    )


def the_edition(cast: Cast) -> Edition:
    return (
        db.session()
        .scalars(
            sa.select(Edition)
            .options(joinedload(Edition.programme), joinedload(Edition.course))
            .where(Edition.id == cast.edition_id)
        )
        .one()
    )


def bring_in(cast: Cast, file: RosterFile, decisions: Decisions | None = None) -> Outcome:
    with cast.app.app_context(), db.writing():
        return importing.commit(
            the_edition(cast), file, decisions or Decisions(), by=cast.persons["registrar"], now=NOW
        )


def count(cast: Cast, model: type) -> int:
    with cast.app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_dry_run_changes_nothing(cast: Cast) -> None:
    before = [count(cast, m) for m in (Person, Enrolment, Organisation, Group, AuditEntry)]
    with cast.app.app_context():
        prepared = importing.prepare(the_edition(cast), listed(ANA, DAN))
        assert prepared.is_ready
        assert prepared.to_enrol == 2
    assert [count(cast, m) for m in (Person, Enrolment, Organisation, Group, AuditEntry)] == before


def test_a_list_makes_people_organisations_groups_and_places(cast: Cast) -> None:
    outcome = bring_in(cast, listed(ANA, DAN))
    assert len(outcome.enrolment_ids) == 2
    with cast.app.app_context():
        place = db.session().get_one(Enrolment, outcome.enrolment_ids[0])
        assert place.person.full_name == "Ana Plopeanu"
        assert place.person.phone == "+40740000001"
        assert place.person.password_hash is None
        assert place.organisation_name == "Asociația Izvorul"
        assert place.organisation_kind is OrganisationKind.NGO
        assert (place.function, place.county) == ("președintă", "IS")
        assert place.group is not None
        assert place.group.name == "Grupa 1"
        held = (
            db.session()
            .scalars(sa.select(Membership).where(Membership.person_id == place.person_id))
            .one()
        )
        assert held.function == "președintă"


def test_the_same_list_again_changes_nothing(cast: Cast) -> None:
    bring_in(cast, listed(ANA, DAN))
    before = [count(cast, m) for m in (Person, Enrolment, Organisation, Membership, Group)]
    with cast.app.app_context():
        prepared = importing.prepare(the_edition(cast), listed(ANA, DAN))
        assert [r.verdict for r in prepared.plan.rows] == [Verdict.KNOWN, Verdict.KNOWN]
    outcome = bring_in(cast, listed(ANA, DAN), Decisions(updates=frozenset({2, 3})))
    assert outcome == Outcome((), 0, 0, 2)
    assert [count(cast, m) for m in (Person, Enrolment, Organisation, Membership, Group)] == before


def test_the_demo_list_of_160_comes_in_whole_and_once(cast: Cast) -> None:
    file = importing.read_file(read_table(demo_roster_xlsx(), "lista.xlsx"))
    with cast.app.app_context():
        prepared = importing.prepare(the_edition(cast), file)
        open_rows = [
            r for r in prepared.plan.rows if r.verdict in (Verdict.QUESTION, Verdict.WRONG)
        ]
        answers = {r.row.number: DIFFERENT for r in open_rows}
        assert all(r.verdict is Verdict.QUESTION for r in open_rows)
    outcome = bring_in(cast, file, Decisions(answers=answers))
    assert len(outcome.enrolment_ids) == 160
    again = bring_in(cast, file, Decisions(answers=_same(cast, file)))
    assert again.enrolment_ids == ()
    assert count(cast, Enrolment) == 163


def _same(cast: Cast, file: RosterFile) -> dict[int, Answer]:
    """Answer each open question with the certain candidate: the person of the same name."""
    answers = {}
    with cast.app.app_context():
        prepared = importing.prepare(the_edition(cast), file)
        for row in prepared.plan.rows:
            if row.verdict is Verdict.QUESTION:
                same = [
                    c
                    for c in row.candidates
                    if c.person_id
                    and c.facts.name_key == row.row.name_key
                    and c.facts.function == row.row.function
                ] or [
                    c
                    for c in row.candidates
                    if c.person_id and c.facts.name_key == row.row.name_key
                ]
                answers[row.row.number] = same[0].answer
    return answers


def test_one_wrong_row_keeps_everybody_out(cast: Cast) -> None:
    before = count(cast, Person)
    wrong = ("Greșit", "Gigi", "nu-e-adresă", *ANA[3:])
    with pytest.raises(ImportNotReady) as refused:
        bring_in(cast, listed(ANA, wrong))
    assert refused.value.prepared.plan.counts[Verdict.WRONG] == 1
    assert count(cast, Person) == before


def test_a_shared_address_is_a_question_and_never_a_refusal(cast: Cast) -> None:
    other = ("Altul", "Ion", ANA[2], "", *ANA[4:])
    with pytest.raises(ImportNotReady) as refused:
        bring_in(cast, listed(ANA, other))
    question = refused.value.prepared.plan.rows[1]
    assert question.verdict is Verdict.QUESTION
    assert (
        len(bring_in(cast, listed(ANA, other), Decisions(answers={3: DIFFERENT})).enrolment_ids)
        == 2
    )
    assert count(cast, Organisation) == 2  # the cast's, and the one both share


def test_people_sign_in_with_an_address_that_is_theirs_alone(cast: Cast) -> None:
    other = ("Altul", "Ion", ANA[2].upper(), "", *ANA[4:])
    own = ("Singur", "Dan", "Dan.Singur@exemplu.example", "", *ANA[4:])
    bring_in(cast, listed(ANA, other, own), Decisions(answers={3: DIFFERENT}))
    with cast.app.app_context():
        held = db.session().scalars(
            sa.select(Person.sign_in_email).where(Person.sign_in_email.is_not(None))
        )
        assert held.all() == ["dan.singur@exemplu.example"]


def test_the_same_person_in_two_rows_is_enrolled_once(cast: Cast) -> None:
    outcome = bring_in(
        cast, listed(ANA, (*ANA[:3], "", *ANA[4:])), Decisions(answers={3: Answer(row=2)})
    )
    assert len(outcome.enrolment_ids) == 1


def test_known_people_change_only_where_it_was_ticked(cast: Cast) -> None:
    bring_in(cast, listed(ANA))
    moved = (*ANA[:3], "0740999999", *ANA[4:])
    with cast.app.app_context():
        row = importing.prepare(the_edition(cast), listed(moved)).plan.rows[0]
        assert row.verdict is Verdict.CHANGED
        assert [c.field for c in row.changes] == [Field.PHONE]
    bring_in(cast, listed(moved))
    assert _phone(cast) == "+40740000001"
    bring_in(cast, listed(moved), Decisions(updates=frozenset({2})))
    assert _phone(cast) == "+40740999999"


def _phone(cast: Cast) -> str | None:
    with cast.app.app_context():
        return db.session().scalar(sa.select(Person.phone).where(Person.email == ANA[2]))


def test_a_changed_name_keeps_its_history(cast: Cast) -> None:
    bring_in(cast, listed(ANA))
    with cast.app.app_context():
        ana = db.session().scalars(sa.select(Person).where(Person.email == ANA[2])).one().id
    married = ("Plopeanu-Șipoteanu", *ANA[1:])
    bring_in(
        cast,
        listed(married),
        Decisions(answers={2: Answer(person_id=ana)}, updates=frozenset({2})),
    )
    with cast.app.app_context():
        assert db.session().get_one(Person, ana).family_name == "Plopeanu-Șipoteanu"
        assert db.session().scalars(sa.select(PersonName)).one().family_name == "Plopeanu"


def test_an_organisation_is_found_by_its_code_or_by_name_kind_and_county(cast: Cast) -> None:
    one = ("Unu", "Ana", "", "", "Asociația Izvorul", "ONG", "", "", "Iași", "")
    same = ("Doi", "Ana", "", "", "ASOCIATIA „IZVORUL”", "ONG", "", "", "Iași", "")
    elsewhere = ("Trei", "Ana", "", "", "Asociația Izvorul", "ONG", "", "", "Vaslui", "")
    bring_in(cast, listed(one, same, elsewhere))
    assert count(cast, Organisation) == 3


def test_a_place_keeps_the_organisation_as_at_entry(cast: Cast) -> None:
    outcome = bring_in(cast, listed(ANA))
    moved = (*ANA[:4], "Fundația Nouă", *ANA[5:])
    bring_in(cast, listed(moved), Decisions(updates=frozenset({2})))
    with cast.app.app_context():
        place = db.session().get_one(Enrolment, outcome.enrolment_ids[0])
        assert place.organisation_name == "Asociația Izvorul"
        held = (
            db.session()
            .scalars(
                sa.select(Membership)
                .where(Membership.person_id == place.person_id)
                .order_by(Membership.id)
            )
            .all()
        )
        assert [h.to_on is None for h in held] == [False, True]
    with cast.app.app_context():
        assert (
            importing.prepare(the_edition(cast), listed(moved)).plan.rows[0].verdict
            is Verdict.KNOWN
        )


def test_staff_on_a_list_are_enrolled_and_not_changed(cast: Cast) -> None:
    row = ("Formator", "Petru", "nou@exemplu.example", "0740000009", "", "", "", "", "", "")
    with cast.app.app_context():
        planned = importing.prepare(
            the_edition(cast),
            listed(row),
            Decisions(answers={2: Answer(person_id=cast.persons["trainer"])}),
        ).plan.rows[0]
        assert planned.verdict is Verdict.KNOWN
    bring_in(cast, listed(row), Decisions(answers={2: Answer(person_id=cast.persons["trainer"])}))
    with cast.app.app_context():
        assert db.session().get_one(Person, cast.persons["trainer"]).email is None


def test_cedilla_letters_change_only_where_it_was_ticked(cast: Cast) -> None:
    row = ("Şerban", "Ţuţu", *ANA[2:])
    bring_in(cast, listed(row))
    with cast.app.app_context():
        assert (
            db.session().scalar(sa.select(Person.family_name).where(Person.email == ANA[2]))
            == "Şerban"
        )
    other = ("Şerbu", "Ţică", "alt@exemplu.example", *ANA[3:])
    bring_in(cast, listed(other), Decisions(letters=frozenset({2}), answers={2: DIFFERENT}))
    with cast.app.app_context():
        assert (
            db.session().scalar(
                sa.select(Person.family_name).where(Person.email == "alt@exemplu.example")
            )
            == "Șerbu"
        )


def test_a_plan_that_moved_is_not_carried_out(cast: Cast) -> None:
    with cast.app.app_context():
        shown = importing.prepare(the_edition(cast), listed(ANA, DAN)).fingerprint
    bring_in(cast, listed(ANA))
    before = count(cast, Enrolment)
    with pytest.raises(PlanMoved), cast.app.app_context(), db.writing():
        importing.commit(
            the_edition(cast), listed(ANA, DAN), Decisions(), by=None, now=NOW, expected=shown
        )
    assert count(cast, Enrolment) == before


def test_a_list_without_names_is_refused() -> None:
    with pytest.raises(NoNames):
        importing.read_file(Table(("Telefon", "Oraș"), (TableRow(2, ("0740", "Iași")),)))


def test_a_column_that_is_not_kept_is_named() -> None:
    table = Table(
        ("Nume", "Prenume", "Mediu", "Culoare"), (TableRow(2, ("A", "B", "rural", "verde")),)
    )
    file = importing.read_file(table)
    assert set(file.ignored) == {"Mediu", "Culoare"}
    assert replace(file.rows[0]).area is None


def test_planning_asks_a_fixed_number_of_statements(cast: Cast, app: Flask) -> None:
    file = importing.read_file(read_table(demo_roster_xlsx(), "lista.xlsx"))
    with app.app_context():
        edition = the_edition(cast)
        asked: list[str] = []
        sa.event.listen(db.db.engine, "before_cursor_execute", _noting(asked))
        importing.prepare(edition, listed(ANA))
        few = len(asked)
        importing.prepare(edition, file)
        assert len(asked) - few <= few


def _noting(asked: list[str]):  # type: ignore[no-untyped-def]
    def note(_c, _cursor, statement, *_rest):  # type: ignore[no-untyped-def]
        asked.append(statement)

    return note

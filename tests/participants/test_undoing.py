"""Taking an import back: what goes, what stays, until when; on the pages and from the shell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import clock, db
from lms.accounts.models import Person, Token
from lms.audit.models import AuditEntry
from lms.courses.models import Enrolment, EnrolmentState, Group, LessonProgress
from lms.db import Base
from lms.mail.models import MailMessage
from lms.organisations.models import Membership, Organisation, OrganisationKind
from lms.participants.errors import AlreadyUndone, NothingToUndo, UndoMoved, UndoOver
from lms.participants.models import ImportRow, ParticipantImport
from lms.participants.services import importing, invitations, places, undoing
from lms.participants.services.importing import Decisions
from lms.participants.taking_back import Hold
from lms.safety.sheets import read_table, write_csv
from tests.cast import EPOCH, Cast
from tests.participants.test_importing import ANA, DAN, NOW, bring_in, count, listed, the_edition
from tests.participants.test_importing import HEADINGS as ALL_HEADINGS
from tests.participants.test_pages import HEADINGS, TWO, post, upload

LATER = NOW + timedelta(days=3)
KEPT = (Person, Enrolment, Organisation, Membership, Group)


def counts(cast: Cast) -> list[int]:
    return [count(cast, model) for model in KEPT]


def undo(cast: Cast, import_id: int | None, **more: object) -> undoing.UndoPlan:
    with cast.app.app_context(), db.writing() as session:
        batch = session.get_one(ParticipantImport, import_id)
        wanted = {"reason": "lista greșită", "by": cast.persons["registrar"], "now": LATER}
        return undoing.undo(batch, **(wanted | more))  # type: ignore[arg-type]


def in_write(cast: Cast, act: Callable[[], object]) -> None:
    with cast.app.app_context(), db.writing():
        act()


def place_named(family: str) -> Enrolment:
    return (
        db.session()
        .scalars(
            sa.select(Enrolment)
            .join(Person, Person.id == Enrolment.person_id)
            .where(Person.family_name == family)
        )
        .one()
    )


def test_a_list_of_people_who_never_came_leaves_nothing_behind(cast: Cast) -> None:
    before = counts(cast)
    done = bring_in(cast, listed(ANA, DAN))
    assert counts(cast) != before
    plan = undo(cast, done.import_id)
    assert (plan.places, plan.people, plan.kept) == (2, 2, ())
    assert counts(cast) == before
    with cast.app.app_context():
        actions = set(db.session().scalars(sa.select(AuditEntry.action)))
        assert {"participants.import_undone", "enrolment.removed"} <= actions
        rows = db.session().scalars(sa.select(ImportRow)).all()
        assert all(row.is_taken_back and row.person_id is None for row in rows)


def test_nobody_gets_the_id_of_somebody_taken_back(cast: Cast) -> None:
    """Else the record would tell one person's story on another's page."""
    done = bring_in(cast, listed(ANA))
    with cast.app.app_context():
        gone = place_named("Plopeanu")
        ids = (gone.id, gone.person_id)
    undo(cast, done.import_id)
    bring_in(cast, listed(DAN))
    with cast.app.app_context():
        came = place_named("Fânețeanu")
        assert came.id > ids[0]
        assert came.person_id > ids[1]


def test_invitations_go_with_those_who_go(cast: Cast) -> None:
    done = bring_in(cast, listed(ANA))
    in_write(
        cast, lambda: invitations.invite_all([place_named("Plopeanu")], by=None, now=clock.now())
    )
    assert (count(cast, Token), count(cast, MailMessage)) == (1, 1)
    assert undo(cast, done.import_id).invited == 1
    assert (count(cast, Token), count(cast, MailMessage)) == (0, 0)


def test_who_has_acted_since_stays_and_is_named(cast: Cast) -> None:
    done = bring_in(cast, listed(ANA, DAN))

    def learn() -> None:
        place = place_named("Plopeanu")
        place.person.password_hash = "x"
        db.session().add(
            LessonProgress(
                enrolment_id=place.id,
                lesson_id=cast.lesson_ids[0],
                first_opened_at=LATER,
                last_active_at=LATER,
            )
        )

    in_write(cast, learn)
    plan = undo(cast, done.import_id)
    assert [(line.row.number, line.will.holds) for line in plan.kept] == [
        (2, (Hold.SIGNED_IN, Hold.LEARNT))
    ]
    with cast.app.app_context():
        assert place_named("Plopeanu").organisation_name == "Asociația Izvorul"
        gone = sa.select(Person).where(Person.family_name == "Fânețeanu")
        assert db.session().scalar(gone) is None


def test_changed_facts_go_back_field_by_field(cast: Cast) -> None:
    bring_in(cast, listed(ANA))
    moved = (*ANA[:3], "0740000009", "Asociația Plopul", *ANA[5:8], "Vaslui", "Grupa 7")
    done = bring_in(cast, listed(moved), Decisions(updates=frozenset({2})))
    with cast.app.app_context():
        assert place_named("Plopeanu").person.phone == "+40740000009"
    plan = undo(cast, done.import_id)
    assert (plan.places, plan.changed) == (0, 1)
    with cast.app.app_context():
        place = place_named("Plopeanu")
        assert (place.person.phone, place.county) == ("+40740000001", "IS")
        assert place.group is not None
        assert place.group.name == "Grupa 1"
        held = db.session().execute(
            sa.select(Organisation.name, Membership.to_on)
            .join(Membership, Membership.organisation_id == Organisation.id)
            .where(Membership.person_id == place.person_id)
        )
        assert [tuple(row) for row in held] == [("Asociația Izvorul", None)]
        assert db.session().scalar(sa.select(Group).where(Group.name == "Grupa 7")) is None


def test_a_fact_changed_since_stays(cast: Cast) -> None:
    bring_in(cast, listed(ANA))
    moved = (*ANA[:3], "0740000009", *ANA[4:])
    done = bring_in(cast, listed(moved), Decisions(updates=frozenset({2})))

    def change() -> None:
        place_named("Plopeanu").person.phone = "+40740000011"

    in_write(cast, change)
    with pytest.raises(NothingToUndo):
        undo(cast, done.import_id)
    with cast.app.app_context():
        assert place_named("Plopeanu").person.phone == "+40740000011"


def test_an_import_is_undone_once(cast: Cast) -> None:
    done = bring_in(cast, listed(ANA))
    undo(cast, done.import_id)
    with pytest.raises(AlreadyUndone):
        undo(cast, done.import_id)


@pytest.mark.parametrize(("days", "is_refused"), [(29, False), (30, True), (400, True)])
def test_an_import_can_be_undone_for_thirty_days(cast: Cast, days: int, is_refused: bool) -> None:
    done = bring_in(cast, listed(ANA))
    before = counts(cast)
    if not is_refused:
        undo(cast, done.import_id, now=NOW + timedelta(days=days))
        return
    with pytest.raises(UndoOver):
        undo(cast, done.import_id, now=NOW + timedelta(days=days))
    assert counts(cast) == before


def test_what_moved_since_it_was_shown_is_not_undone(cast: Cast) -> None:
    done = bring_in(cast, listed(ANA, DAN))
    with cast.app.app_context():
        batch = db.session().get_one(ParticipantImport, done.import_id)
        shown = undoing.plan_undo(batch).fingerprint

    def leave() -> None:
        places.withdraw(
            place_named("Plopeanu"),
            on=NOW.date(),
            reason="x",
            by=cast.persons["registrar"],
            now=NOW,
        )

    in_write(cast, leave)
    with pytest.raises(UndoMoved):
        undo(cast, done.import_id, expected=shown)
    with cast.app.app_context():
        assert place_named("Plopeanu").state is EnrolmentState.WITHDRAWN
        assert place_named("Fânețeanu").state is EnrolmentState.ACTIVE


def test_somebody_known_loses_the_place_and_nothing_else(cast: Cast) -> None:
    def make_known() -> None:
        db.session().add(
            Person(
                family_name="Plopeanu",
                given_names="Ana",
                sign_in_name="anaplop",
                email="ana@exemplu.example",
                created_at=EPOCH,
            )
        )

    in_write(cast, make_known)
    done = bring_in(cast, listed(ANA))
    assert done.new_people == 0
    plan = undo(cast, done.import_id)
    assert (plan.places, plan.people) == (1, 0)
    with cast.app.app_context():
        known = sa.select(Person).where(Person.sign_in_name == "anaplop")
        assert db.session().scalars(known).one().email == "ana@exemplu.example"


def test_undoing_five_hundred_rows_asks_as_often_as_undoing_five(cast: Cast) -> None:
    from bench.in_process import statements

    asked = []
    for size, start in ((5, 0), (500, 100)):
        rows = [(f"Nume{n + start}", "Ana", *("",) * 8) for n in range(size)]
        done = bring_in(cast, listed(*rows))
        with cast.app.app_context():
            batch = db.session().get_one(ParticipantImport, done.import_id)
            _ = batch.edition.groups
            with statements(cast.app) as seen:
                assert undoing.plan_undo(batch).places == size
            asked.append(len(seen))
    assert asked[0] == asked[1]


def test_every_table_that_names_a_place_is_asked(cast: Cast) -> None:
    named = {
        key.parent.table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "enrolments"
    }
    assert {"attempts", "certificates", "lesson_progress", "hour_entries"} <= named


def make_organisation(cast: Cast, **known: str) -> None:
    in_write(
        cast,
        lambda: db.session().add(
            Organisation(
                name="Asociația Izvorul", kind=OrganisationKind.NGO, created_at=EPOCH, **known
            )
        ),
    )


def facts_of_the_organisation() -> tuple[str | None, str | None]:
    known = sa.select(Organisation).where(Organisation.name == "Asociația Izvorul")
    found = db.session().scalars(known).one()
    return found.cui, found.county


WITH_CUI = (*ANA[:6], "1590082", *ANA[7:])


def test_what_an_organisation_lacked_is_taken_out_again(cast: Cast) -> None:
    make_organisation(cast)
    with cast.app.app_context():
        planned = importing.prepare(the_edition(cast), listed(WITH_CUI)).filled
    assert [(f.name, f.field, f.value) for f in planned] == [
        ("Asociația Izvorul", "cui", "1590082"),
        ("Asociația Izvorul", "county", "IS"),
    ]
    done = bring_in(cast, listed(WITH_CUI))
    with cast.app.app_context():
        assert facts_of_the_organisation() == ("1590082", "IS")
    assert len(undo(cast, done.import_id).filled) == 2
    with cast.app.app_context():
        assert facts_of_the_organisation() == (None, None)
        actions = set(db.session().scalars(sa.select(AuditEntry.action)))
        assert {"organisation.completed_by_list", "organisation.restored_by_undo"} <= actions


def test_what_somebody_corrected_in_an_organisation_since_stays(cast: Cast) -> None:
    make_organisation(cast, county="IS")
    done = bring_in(cast, listed(WITH_CUI))

    def correct() -> None:
        db.session().execute(
            sa.update(Organisation).where(Organisation.cui == "1590082").values(cui="361757")
        )

    in_write(cast, correct)
    assert undo(cast, done.import_id).filled == ()
    with cast.app.app_context():
        assert facts_of_the_organisation() == ("361757", "IS")


def test_a_new_organisation_is_completed_by_nobody(cast: Cast) -> None:
    done = bring_in(cast, listed(WITH_CUI))
    with cast.app.app_context():
        assert db.session().get_one(ParticipantImport, done.import_id).filled == []
    assert undo(cast, done.import_id).filled == ()


def test_nobody_enrolled_anew_completes_no_organisation(cast: Cast) -> None:
    bring_in(cast, listed(ANA))
    in_write(cast, lambda: db.session().execute(sa.update(Organisation).values(county=None)))
    with cast.app.app_context():
        assert importing.prepare(the_edition(cast), listed(WITH_CUI)).filled == ()


# --- Pages -----------------------------------------------------------------------------------


def test_pages_say_what_a_list_completes(cast: Cast) -> None:
    make_organisation(cast)
    client = cast.client("registrar")
    where = upload(client, write_csv(list(ALL_HEADINGS), [WITH_CUI])).location
    page = BeautifulSoup(client.get(where).text, "html.parser")
    sentence = "Asociația Izvorul: CUI 1590082"
    assert sentence in page.text
    assert "Asociația Izvorul: Județul Iași" in page.text
    plan = page.find("input", attrs={"name": "plan"})["value"]  # type: ignore[index]
    assert post(client, where, do="enrol", plan=plan).status_code == 302
    with cast.app.app_context():
        number = db.session().scalars(sa.select(ParticipantImport.id)).one()
    assert sentence in client.get(f"/imports/{number}").text
    page = BeautifulSoup(client.get(f"/imports/{number}/undo").text, "html.parser")
    assert sentence in page.text
    plan = page.find("input", attrs={"name": "plan"})["value"]  # type: ignore[index]
    done = post(client, f"/imports/{number}/undo", plan=plan, reason="lista greșită")
    assert "2 date completate la organizații au fost scoase" in client.get(done.location).text


def import_two(cast: Cast) -> int:
    client = cast.client("registrar")
    where = upload(client, write_csv(HEADINGS, TWO)).location
    soup = BeautifulSoup(client.get(where).text, "html.parser")
    plan = soup.find("input", attrs={"name": "plan"})["value"]  # type: ignore[index]
    assert post(client, where, do="enrol", plan=plan).status_code == 302
    with cast.app.app_context():
        return db.session().scalars(sa.select(ParticipantImport.id)).one()


def test_a_registrar_undoes_an_import_in_three_clicks(cast: Cast) -> None:
    number = import_two(cast)
    client = cast.client("registrar")
    history = client.get("/editions/e1/imports").text
    assert "lista.csv" in history
    assert f"/imports/{number}/undo" in history
    page = BeautifulSoup(client.get(f"/imports/{number}/undo").text, "html.parser")
    assert "2 locuri se scot" in page.text
    plan = page.find("input", attrs={"name": "plan"})["value"]  # type: ignore[index]
    address = f"/imports/{number}/undo"
    assert "motiv" in post(client, address, plan=plan).text.lower()
    assert count(cast, Enrolment) == 5
    done = post(client, address, plan=plan, reason="lista greșită")
    assert done.status_code == 302
    assert count(cast, Enrolment) == 3
    assert "2 locuri au fost scoase." in client.get(done.location).text
    again = post(client, address, plan=plan, reason="lista greșită")
    assert again.status_code == 302
    assert "deja anulat" in client.get(again.location).text
    assert "lista greșită" in client.get(f"/imports/{number}").text


def test_undoing_after_thirty_days_is_refused_in_words(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = import_two(cast)
    now = clock.now() + timedelta(days=31)
    client = cast.client("registrar")
    monkeypatch.setattr(clock, "now", lambda: now)
    asked = client.get(f"/imports/{number}/undo")
    assert asked.status_code == 302
    assert "mai vechi" in client.get(asked.location).text
    post(client, f"/imports/{number}/undo", reason="x")
    assert count(cast, Enrolment) == 5


@pytest.mark.parametrize(
    ("part", "status"), [("learner", 404), ("trainer", 404), ("auditor", 403), ("owner", 302)]
)
def test_who_may_undo(cast: Cast, part: str, status: int) -> None:
    number = import_two(cast)
    client = cast.client(part)
    assert post(client, f"/imports/{number}/undo", reason="x").status_code == status
    assert count(cast, Enrolment) == (3 if status == 302 else 5)


def test_what_an_import_did_is_a_file_as_well(cast: Cast) -> None:
    number = import_two(cast)
    client = cast.client("auditor")
    rows = read_table(client.get(f"/imports/{number}/rows.csv?deed=new").data, "i.csv").rows
    assert [row.cells[1] for row in rows] == ["Plopeanu Ana", "Fânețeanu Dan"]
    none = client.get(f"/imports/{number}/rows.csv?deed=changed").data.decode("utf-8-sig")
    assert len(none.splitlines()) == 1
    history = read_table(client.get("/editions/e1/imports.xlsx").data, "i.xlsx").rows
    assert len(history) == 1


def test_the_shell_undoes_as_the_page_does(cast: Cast) -> None:
    done = bring_in(cast, listed(ANA, DAN))
    run = cast.app.test_cli_runner().invoke
    asked = ["participants", "undo", str(done.import_id), "--reason", "x"]

    def now() -> None:
        db.session().execute(sa.update(ParticipantImport).values(made_at=clock.now()))

    in_write(cast, now)
    listed_imports = run(args=["participants", "imports", "--edition", "e1"])
    assert f"{done.import_id}  " in listed_imports.output
    before = counts(cast)
    tried = run(args=[*asked, "--dry-run"])
    assert "2 places and 2 people would go" in tried.output
    assert counts(cast) == before
    assert "2 places and 2 people are taken back" in run(args=asked).output
    assert run(args=asked).exit_code != 0
    assert "no import 99999" in run(args=["participants", "undo", "99999", "--reason", "x"]).output


def test_the_edition_is_read_again_for_the_next_list(cast: Cast) -> None:
    done = bring_in(cast, listed(ANA))
    undo(cast, done.import_id)
    again = bring_in(cast, listed(ANA))
    assert (again.new_people, len(again.enrolment_ids)) == (1, 1)
    with cast.app.app_context():
        assert the_edition(cast).slug == "e1"

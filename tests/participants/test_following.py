"""One page on which everybody is followed: who stands where, who is stuck, and where it leads."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from bench.in_process import statements
from lms import clock, db
from lms.accounts.models import Person, Token
from lms.courses.models import Edition, Enrolment, LessonProgress
from lms.mail.models import MailMessage, MailState
from lms.participants.reading import edition_table
from lms.participants.services import invitations
from lms.participants.standing import Filters, Signs, Stage, Traits, matches, stage_of
from lms.quizzes import exhausted
from lms.quizzes.models import Attempt, AttemptAllowance, Quiz
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.safety.sheets import read_table
from tests.cast import Cast
from tests.factories import make_quiz
from tests.participants.test_importing import ANA, DAN, bring_in, listed, the_edition
from tests.participants.test_pages import names_on, post

NOW = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)
NOBODY = Signs(
    is_withdrawn=False,
    is_suspended=False,
    is_invited=False,
    mail_failed=False,
    has_opened=False,
    has_signed_in=False,
    signed_in_at=None,
    last_activity_at=None,
    completed_at=None,
)
INVITED = replace(NOBODY, is_invited=True)
IN = replace(INVITED, has_signed_in=True, signed_in_at=NOW - timedelta(days=13))


@pytest.mark.parametrize(
    ("signs", "stage"),
    [
        pytest.param(NOBODY, Stage.NOT_INVITED, id="not invited"),
        pytest.param(INVITED, Stage.INVITED, id="invited"),
        pytest.param(
            replace(INVITED, mail_failed=True), Stage.MAIL_FAILED, id="the mail did not go"
        ),
        pytest.param(
            replace(INVITED, mail_failed=True, has_opened=True),
            Stage.OPENED,
            id="who has opened the link was reached, whatever the mail says",
        ),
        pytest.param(IN, Stage.SIGNED_IN, id="signed in"),
        pytest.param(
            replace(IN, signed_in_at=NOW - timedelta(days=14)),
            Stage.QUIET,
            id="signed in two weeks ago and nothing since is quiet",
        ),
        pytest.param(
            replace(IN, last_activity_at=NOW - timedelta(days=1)), Stage.LEARNING, id="learning"
        ),
        pytest.param(
            replace(IN, last_activity_at=NOW - timedelta(days=14)), Stage.QUIET, id="quiet"
        ),
        pytest.param(
            replace(IN, last_activity_at=NOW, completed_at=NOW), Stage.COMPLETED, id="completed"
        ),
        pytest.param(
            replace(IN, completed_at=NOW, is_withdrawn=True), Stage.WITHDRAWN, id="withdrawn"
        ),
    ],
)
def test_where_somebody_stands(signs: Signs, stage: Stage) -> None:
    assert stage_of(signs, now=NOW) is stage


TRAITS = Traits(
    stage=Stage.LEARNING,
    group_id=1,
    county="IS",
    kind="ngo",
    has_own_address=True,
    is_blocked=True,
    organisation="asociatia izvorul viu",
    searchable="plopeanu ana",
)


@pytest.mark.parametrize(
    ("filters", "is_at_risk", "is_shown"),
    [
        pytest.param(Filters(state="blocked"), False, True, id="blocked"),
        pytest.param(Filters(state="at_risk"), True, True, id="at risk"),
        pytest.param(Filters(state="at_risk"), False, False, id="at no risk"),
        pytest.param(Filters(organisation="IZVORUL"), False, True, id="organisation, folded"),
        pytest.param(Filters(organisation="plopul"), False, False, id="another organisation"),
        pytest.param(
            Filters(state="blocked", organisation="izvorul", county="VS"),
            False,
            False,
            id="every filter has its say",
        ),
    ],
)
def test_what_a_filter_shows(filters: Filters, is_at_risk: bool, is_shown: bool) -> None:
    assert matches(TRAITS, filters, is_at_risk=is_at_risk) is is_shown


# --- The page --------------------------------------------------------------------------------


def write(cast: Cast, act: Callable[[], object]) -> None:
    with cast.app.app_context(), db.writing():
        act()


def invite(cast: Cast, family: str) -> None:
    def act() -> None:
        statement = invitations.invitable(the_edition(cast), None)
        places = db.session().scalars(statement.where(Person.family_name == family)).all()
        assert invitations.invite_all(places, by=None, now=clock.now()) == 1

    write(cast, act)


def test_it_says_how_far_each_invitation_got(cast: Cast) -> None:
    bring_in(cast, listed(ANA, (*DAN[:2], "dan@exemplu.example", *DAN[3:])))
    client = cast.client("registrar")
    assert names_on(client, "/editions/e1?state=not_invited") == ["Fânețeanu Dan", "Plopeanu Ana"]
    invite(cast, "Plopeanu")
    invite(cast, "Fânețeanu")
    assert names_on(client, "/editions/e1?state=invited") == ["Fânețeanu Dan", "Plopeanu Ana"]

    def fail_one_and_open_the_other() -> None:
        people = dict(db.session().execute(sa.select(Person.family_name, Person.id)).all())
        mine, other = people["Plopeanu"], people["Fânețeanu"]
        session = db.session()
        mails = sa.update(MailMessage).where(MailMessage.person_id == mine)
        session.execute(mails.values(state=MailState.FAILED))
        links = sa.update(Token).where(Token.person_id == other)
        session.execute(links.values(opened_at=clock.now()))

    write(cast, fail_one_and_open_the_other)
    assert names_on(client, "/editions/e1?state=mail_failed") == ["Plopeanu Ana"]
    assert names_on(client, "/editions/e1?state=opened") == ["Fânețeanu Dan"]
    assert len(names_on(client, "/editions/e1?state=not_in")) == 2
    assert "e-mail eșuat" in client.get("/editions/e1").text
    write(cast, lambda: db.session().execute(sa.update(Token).values(created_at=NOW)))
    invite(cast, "Plopeanu")  # a new mail is on its way, so the old one's fate is no longer told
    assert names_on(client, "/editions/e1?state=mail_failed") == []


def fail_quiz(cast: Cast, times: int, part: str = "learner") -> int:
    """Let somebody fail a quiz of two attempts so many times; return the quiz."""

    def act() -> None:
        session = db.session()
        quiz = session.scalars(sa.select(Quiz)).first()
        quiz_id = quiz.id if quiz else make_quiz(cast.module_ids[0], attempts=2)
        version = session.get_one(Quiz, quiz_id).current_version_id
        for number in range(1, times + 1):
            session.add(
                Attempt(
                    enrolment_id=cast.enrolments[part],
                    quiz_id=quiz_id,
                    quiz_version_id=version,
                    number=number,
                    seed=number,
                    state=AttemptState.SUBMITTED,
                    started_at=clock.now(),
                    submitted_at=clock.now(),
                    passed=False,
                )
            )

    write(cast, act)
    with cast.app.app_context():
        return db.session().scalars(sa.select(Quiz.id)).one()


def test_who_has_no_attempt_left_is_blocked_and_the_test_is_named(cast: Cast) -> None:
    fail_quiz(cast, 1)
    client = cast.client("registrar")
    assert names_on(client, "/editions/e1?state=blocked") == []
    quiz = fail_quiz_again(cast)
    assert names_on(client, "/editions/e1?state=blocked") == ["Învățăcel Maria"]
    page = client.get("/editions/e1").text
    assert "fără încercări rămase: Testul de probă" in page
    with cast.app.app_context():
        assert exhausted.of_edition(cast.edition_id) == {
            cast.enrolments["learner"]: (f"quiz:{quiz}",)
        }

    def give_one_more() -> None:
        db.session().add(
            AttemptAllowance(
                enrolment_id=cast.enrolments["learner"],
                quiz_id=quiz,
                extra=1,
                reason="x",
                granted_at=clock.now(),
                granted_by_id=cast.persons["trainer"],
            )
        )

    write(cast, give_one_more)
    assert names_on(client, "/editions/e1?state=blocked") == []


def fail_quiz_again(cast: Cast) -> int:
    def act() -> None:
        first = db.session().scalars(sa.select(Attempt)).one()
        db.session().add(
            Attempt(
                enrolment_id=first.enrolment_id,
                quiz_id=first.quiz_id,
                quiz_version_id=first.quiz_version_id,
                number=2,
                seed=2,
                state=AttemptState.SUBMITTED,
                started_at=clock.now(),
                submitted_at=clock.now(),
                passed=False,
            )
        )

    write(cast, act)
    with cast.app.app_context():
        return db.session().scalars(sa.select(Quiz.id)).one()


def test_who_withdrew_is_listed_with_day_and_reason_on_page_and_in_the_file(cast: Cast) -> None:
    client = cast.client("registrar")
    mine = cast.enrolments["learner"]
    post(client, f"/participants/{mine}/withdraw", on="2026-05-04", reason="=a plecat")
    page = client.get("/editions/e1?state=withdrawn").text
    assert "=a plecat" in page
    table = read_table(client.get("/editions/e1/participants.csv?state=withdrawn").data, "p.csv")
    (row,) = table.rows
    cells = dict(zip(table.columns, row.cells, strict=False))
    assert (cells["Retras la"], cells["Motiv"]) == ("2026-05-04", "=a plecat")
    raw = client.get("/editions/e1/participants.csv?state=withdrawn").data.decode("utf-8-sig")
    assert "'=a plecat" in raw


def test_the_forecast_is_said_drawn_and_listed(cast: Cast) -> None:
    def aim() -> None:
        edition = db.session().get_one(Edition, cast.edition_id)
        edition.target_number = 2
        edition.ends_on = clock.today("Europe/Bucharest") + timedelta(days=60)
        now = clock.now()
        place = db.session().get_one(Enrolment, cast.enrolments["learner"])
        place.first_activity_at, place.last_activity_at = now - timedelta(days=20), now
        for lesson in cast.lesson_ids[:3]:
            db.session().add(
                LessonProgress(
                    enrolment_id=place.id,
                    lesson_id=lesson,
                    first_opened_at=now,
                    last_active_at=now,
                    read_at=now,
                )
            )

    write(cast, aim)
    client = cast.client("registrar")
    soup = BeautifulSoup(client.get("/editions/e1").text, "html.parser")
    said = soup.select_one("section.forecast strong")
    assert said is not None
    assert said.text.startswith("Ținta: 2. De așteptat: 1 din 2 până la ")
    assert said.text.endswith("1 în pericol.")
    plot = soup.select_one("section.forecast svg.plot")
    assert plot is not None
    assert plot.find("desc").text == said.text  # type: ignore[union-attr]
    assert soup.select("section.forecast table tbody tr")
    assert names_on(client, "/editions/e1?state=at_risk") == ["Coleg Dan"]
    table = read_table(client.get("/editions/e1/participants.csv?state=at_risk").data, "p.csv")
    assert "fără activitate de 14 zile" in table.rows[0].cells


# --- The phone list --------------------------------------------------------------------------


def pdf_words(data: bytes, tmp_path: Path) -> str:
    path = tmp_path / "list.pdf"
    path.write_bytes(data)
    return subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout


def test_the_phone_list_is_printed_by_group_with_the_filters(cast: Cast, tmp_path: Path) -> None:
    bring_in(cast, listed(ANA, DAN))
    client = cast.client("registrar")
    answer = client.get("/editions/e1/phones.pdf")
    assert answer.mimetype == "application/pdf"
    pages = pdf_words(answer.data, tmp_path).split("\f")
    first = next(page for page in pages if "Grupa 1" in page)
    assert "0740 000 001" in first
    assert "Fânețeanu" not in first
    narrowed = pdf_words(client.get("/editions/e1/phones.pdf?search=plopeanu").data, tmp_path)
    assert "Plopeanu Ana" in narrowed
    assert "Grupa 2" not in narrowed
    assert client.get("/editions/e1/phones.pdf?search=nimeni").data.startswith(b"%PDF")


def test_the_phone_list_can_name_its_people(cast: Cast, tmp_path: Path) -> None:
    bring_in(cast, listed(ANA, DAN))
    client = cast.client("registrar")
    table = BeautifulSoup(client.get("/editions/e1?search=plopeanu").text, "html.parser")
    box = table.select_one("input[name=id]")
    assert box is not None
    listing = client.get(f"/editions/e1/phones.pdf?places={box['value']}-x-99999999")
    words = pdf_words(listing.data, tmp_path)
    assert "Plopeanu Ana" in words
    assert "Grupa 2" not in words


# --- Statements ------------------------------------------------------------------------------


def test_five_hundred_people_are_read_in_as_many_statements_as_five(cast: Cast) -> None:
    asked = []
    for size, start in ((5, 0), (500, 100)):
        rows = [(f"Nume{n + start}", "Ana", *("",) * 8) for n in range(size)]
        bring_in(cast, listed(*rows))
        fail_quiz(cast, 2, part="learner" if not start else "classmate")
        with cast.app.app_context():
            edition = the_edition(cast)
            _ = edition.groups
            edition_table(edition, now=clock.now())  # the course's outline is kept
            with statements(cast.app) as seen:
                edition_table(edition, now=clock.now())
            asked.append(len(seen))
    assert asked[0] == asked[1]

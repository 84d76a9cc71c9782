"""The heat map of a group: what it says, of whom, to whom; and a module's hot spots."""

from __future__ import annotations

import gzip
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from bench.in_process import statements
from lms import clock, db
from lms.courses.models import Enrolment, Group, LessonProgress
from lms.mail.models import MailMessage
from lms.participants import heat_words
from lms.participants.heat import Stuck
from lms.participants.heat_map import heat_map_of
from lms.participants.reading import edition_table
from lms.quizzes.hot_spots import hot_spots
from lms.quizzes.models import Attempt, AttemptItem, Dispute, PaperResult, Quiz, QuizQuestion
from lms.quizzes.provider import key_of
from lms.quizzes.rules.attempt_rules import AttemptState
from tests.cast import EPOCH, Cast, csrf, make_person
from tests.factories import make_quiz
from tests.messages.people import enrol, post
from tests.participants.test_following import fail_quiz, fail_quiz_again, write
from tests.participants.test_importing import the_edition

MAP = "/editions/e1/progress"


def lines_of(client: FlaskClient, address: str = MAP) -> dict[str, list[str]]:
    """Return each learner's squares and what speaks against them, by name, in the page's order."""
    page = BeautifulSoup(client.get(address).text, "html.parser")
    found = {}
    for row in page.select("table.heat tbody tr"):
        name = row.select_one("th a").text
        found[name] = [cell.text for cell in row.select("td.h")]
        found[name] += [f"!{why.text}" for why in row.select("em")]
    return found


def read_lessons(cast: Cast, part: str, count: int, days_ago: int = 0) -> None:
    at = clock.now() - timedelta(days=days_ago)

    def act() -> None:
        place = cast.enrolments[part]
        for lesson in cast.lesson_ids[:count]:
            db.session().add(
                LessonProgress(
                    enrolment_id=place,
                    lesson_id=lesson,
                    first_opened_at=at,
                    last_active_at=at,
                    active_seconds=60,
                    read_at=at,
                )
            )
        db.session().get_one(Enrolment, place).last_activity_at = clock.now()

    write(cast, act)


def with_quiz(cast: Cast) -> int:
    made: list[int] = []
    write(cast, lambda: made.append(make_quiz(cast.module_ids[0], pass_mark=70, attempts=3)))
    return made[0]


def test_each_square_says_in_words_how_far_somebody_is(cast: Cast) -> None:
    with_quiz(cast)
    read_lessons(cast, "learner", 1)
    read_lessons(cast, "classmate", 2)
    found = lines_of(cast.client("trainer"))
    assert found["Învățăcel Maria"][:2] == ["1 din 2", "neînceput"]
    assert found["Coleg Dan"][:2] == ["la test", "neînceput"]


def test_the_words_for_who_never_came_in_agree_with_how_many_they_are(cast: Cast) -> None:
    with cast.app.test_request_context():
        assert heat_words.stuck_word(Stuck.NEVER_IN) == "nu a intrat niciodată"
        assert heat_words.stuck_word(Stuck.NEVER_IN, 24) == "nu au intrat niciodată"


def test_who_is_at_a_test_for_a_week_is_stuck_and_comes_first(cast: Cast) -> None:
    with_quiz(cast)
    read_lessons(cast, "learner", 2, days_ago=8)
    client = cast.client("trainer")
    found = lines_of(client)
    assert next(iter(found)) == "Învățăcel Maria"
    assert found["Învățăcel Maria"][0] == "la test de 8 zile"
    assert "!la un test de 7 zile sau mai mult" in found["Învățăcel Maria"]
    assert list(lines_of(client, f"{MAP}?stuck=long")) == ["Învățăcel Maria"]
    page = client.get(MAP).text
    assert "Toate lecțiile unui modul sunt citite de cel puțin 7 zile" in page


def test_who_failed_twice_is_named_until_a_paper_passes(cast: Cast) -> None:
    quiz_id = with_quiz(cast)
    fail_quiz(cast, 2)
    client = cast.client("trainer")
    assert lines_of(client, f"{MAP}?stuck=failed")["Învățăcel Maria"][0] == "picat de 2 ori"

    def pass_on_paper() -> None:
        session = db.session()
        version = session.get_one(Quiz, quiz_id).current_version_id
        session.add(
            PaperResult(
                enrolment_id=cast.enrolments["learner"],
                quiz_id=quiz_id,
                quiz_version_id=version,
                taken_on=clock.today("Europe/Bucharest"),
                place="Iași",
                percent=Decimal(90),
                passed=True,
                reason="x",
                recorded_at=clock.now(),
                recorded_by_id=cast.persons["trainer"],
            )
        )

    write(cast, pass_on_paper)
    assert lines_of(client, f"{MAP}?stuck=failed") == {}


def test_who_has_no_attempt_left_is_blocked(cast: Cast) -> None:
    fail_quiz(cast, 1)
    fail_quiz_again(cast)
    write(cast, lambda: db.session().execute(sa.update(Attempt).values(passed=False)))
    client = cast.client("trainer")
    assert lines_of(client, f"{MAP}?stuck=blocked")["Învățăcel Maria"][0] == "fără încercări"


def test_filters_by_group_and_organisation_and_the_order(cast: Cast) -> None:
    def part() -> None:
        session = db.session()
        group = Group(edition_id=cast.edition_id, name="Grupa 1", trainers=[])
        session.add(group)
        session.flush()
        learner = session.get_one(Enrolment, cast.enrolments["learner"])
        learner.group_id, learner.organisation_name = group.id, "Asociația Izvorul"
        cast.enrolments["group"] = group.id

    write(cast, part)
    client = cast.client("trainer")
    mine = ["Învățăcel Maria"]
    assert list(lines_of(client, f"{MAP}?group={cast.enrolments['group']}")) == mine
    assert list(lines_of(client, f"{MAP}?organisation=IZVORUL")) == mine
    assert list(lines_of(client, f"{MAP}?group=none")) == ["Coleg Dan"]
    read_lessons(cast, "learner", 1)
    assert list(lines_of(client, f"{MAP}?sort=progress")) == [*mine, "Coleg Dan"]
    assert list(lines_of(client, f"{MAP}?sort=name")) == ["Coleg Dan", *mine]
    for odd in ("stuck=x", "sort=x", "page=0", "page=999999", "group=x'", "page=²"):
        assert client.get(f"{MAP}?{odd}").status_code == 200


def test_the_map_is_a_table_with_headings_and_words(cast: Cast) -> None:
    page = BeautifulSoup(cast.client("trainer").get(MAP).text, "html.parser")
    table = page.select_one("table.heat")
    heads = [head.get_text(" ") for head in table.select("thead th[scope=col] a")]
    assert heads == ["Modulul 1 : Modulul 1", "Modulul 2 : Modulul 2"]
    assert all(row.select("th[scope=row]") for row in table.select("tbody tr"))
    assert all(cell.text.strip() for cell in table.select("td.h"))
    names = {link["id"] for link in table.select("th a[id]")}
    assert {box["aria-labelledby"] for box in table.select("input[name=id]")} == names


def test_the_trainer_writes_once_to_those_ticked_and_to_those_who_are_stuck(cast: Cast) -> None:
    fail_quiz(cast, 1)
    fail_quiz_again(cast)
    place = enrol(cast, "Ana")
    write(
        cast,
        lambda: db.session().execute(sa.update(Attempt).values(enrolment_id=place, passed=False)),
    )
    client = cast.client("trainer")
    page = BeautifulSoup(client.get(MAP).text, "html.parser")
    link = page.select_one("a[href*='/messages/new?stuck=blocked']")
    shown = BeautifulSoup(client.get(str(link["href"])).text, "html.parser")
    assert shown.select_one("input[name=ids]")["value"] == str(place)
    ticked = post(client, "/editions/e1/messages/new", id=[place])
    form = BeautifulSoup(ticked.text, "html.parser")
    values = {name: form.select_one(f"input[name={name}]")["value"] for name in ("ids", "key")}
    words = {"subject": "Încă o încercare", "text": "Bună ziua, {nume}", "do": "send"}
    sent = [post(client, "/editions/e1/messages", **values, **words) for _click in (1, 2)]
    assert {answer.status_code for answer in sent} == {302}
    with cast.app.app_context():
        mails = db.session().scalars(
            sa.select(MailMessage.to_address).where(MailMessage.event.startswith("message:"))
        )
        assert list(mails) == ["ana@exemplu.example"]


def test_an_auditor_sees_the_map_and_cannot_write(cast: Cast) -> None:
    page = BeautifulSoup(cast.client("auditor").get(MAP).text, "html.parser")
    assert page.select("table.heat tbody tr")
    assert not page.select("input[name=id]")
    assert not page.select("a[href*='/messages/new']")


@pytest.mark.parametrize("part", ["learner", "trainer_of_other"])
def test_nobody_else_learns_that_it_is_there(cast: Cast, part: str) -> None:
    for address in (MAP, f"{MAP}/1"):
        assert cast.client(part).get(address).status_code == 404


def test_a_module_that_is_not_there_is_not_found(cast: Cast) -> None:
    client = cast.client("trainer")
    for odd in ("0", "99", "-1", "x", "99999999999999999999"):
        assert client.get(f"{MAP}/{odd}").status_code == 404


# --- Hot spots -------------------------------------------------------------------------------


def answered(cast: Cast, quiz_id: int, fractions: dict[str, list[int]]) -> list[int]:
    """Let learners submit an attempt; each with what its first questions earned. Items' ids."""
    ids: list[int] = []

    def act() -> None:
        session = db.session()
        version = session.get_one(Quiz, quiz_id).current_version_id
        asked = session.scalars(
            sa.select(QuizQuestion.question_version_id)
            .where(QuizQuestion.quiz_version_id == version)
            .order_by(QuizQuestion.position)
        ).all()
        for part, earned in fractions.items():
            attempt = Attempt(
                enrolment_id=cast.enrolments[part],
                quiz_id=quiz_id,
                quiz_version_id=version,
                number=1,
                seed=1,
                state=AttemptState.SUBMITTED,
                started_at=EPOCH,
                submitted_at=EPOCH,
                passed=True,
            )
            session.add(attempt)
            session.flush()
            for position, question in enumerate(asked, 1):
                share = earned[position - 1] if position <= len(earned) else 1
                item = AttemptItem(
                    attempt_id=attempt.id,
                    position=position,
                    question_version_id=question,
                    option_order=[],
                    fraction=Decimal(share),
                )
                session.add(item)
                session.flush()
                ids.append(item.id)
            session.flush()

    write(cast, act)
    return ids


def test_the_questions_most_often_wrong_and_most_contested_are_named(cast: Cast) -> None:
    quiz_id = with_quiz(cast)
    items = answered(cast, quiz_id, {"learner": [0, 0], "classmate": [1, 0]})

    def contest() -> None:
        attempt = db.session().get_one(AttemptItem, items[0]).attempt_id
        db.session().add(
            Dispute(attempt_id=attempt, item_id=items[0], text="De ce?", raised_at=clock.now())
        )

    write(cast, contest)
    with cast.app.test_request_context():
        (spots,) = hot_spots(the_edition(cast), [key_of(quiz_id)], locale="ro")
    assert [(s.question.number, s.wrong, s.question.of.marked) for s in spots.wrong] == [
        (2, 2, 2),
        (1, 1, 2),
    ]
    assert [(s.question.number, s.contested, s.waiting) for s in spots.contested] == [(1, 1, 1)]
    page = BeautifulSoup(cast.client("trainer").get(f"{MAP}/1").text, "html.parser")
    first = page.select_one("table caption")
    assert first.text == "Cel mai des greșite"
    assert "2 din 2" in first.find_parent("table").select_one("tbody tr").text
    assert "1 așteaptă răspuns" in page.text
    for link in page.select("a[href*='/statistics/']"):
        assert cast.client("trainer").get(str(link["href"])).status_code == 200


def test_answers_of_another_edition_are_not_counted(cast: Cast) -> None:
    quiz_id = with_quiz(cast)
    answered(cast, quiz_id, {"learner_of_other": [0]})
    with cast.app.test_request_context():
        (spots,) = hot_spots(the_edition(cast), [key_of(quiz_id)], locale="ro")
    assert (spots.tried, spots.wrong, spots.contested) == (0, (), ())
    assert "Nimeni nu a trimis încă acest test." in cast.client("trainer").get(f"{MAP}/1").text


def test_a_module_lists_who_is_stuck_in_it_alone(cast: Cast) -> None:
    with_quiz(cast)
    read_lessons(cast, "learner", 2, days_ago=8)
    client = cast.client("trainer")
    page = BeautifulSoup(client.get(f"{MAP}/1").text, "html.parser")
    assert [a.text for a in page.select(".work-list a")] == ["Învățăcel Maria"]
    assert "Nimeni nu stă pe loc în acest modul." in client.get(f"{MAP}/2").text


# --- What it costs ---------------------------------------------------------------------------


def many(cast: Cast, count: int, first: int = 0) -> None:
    """Enrol so many more people, each of whom has read one lesson."""

    def act() -> None:
        session = db.session()
        for number in range(first, first + count):
            name = "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")
            person = make_person("Ștefania", f"Ipotetic {name}", sign_in_name=f"p{number}")
            session.flush()
            place = Enrolment(
                person_id=person.id,
                edition_id=cast.edition_id,
                enrolled_at=EPOCH,
                organisation_name=f"Asociația Inventată {number % 80}",
                county="IS",
                hours_attended=Decimal(0),
                last_activity_at=clock.now(),
            )
            session.add(place)
            session.flush()
            session.add(
                LessonProgress(
                    enrolment_id=place.id,
                    lesson_id=cast.lesson_ids[number % 4],
                    first_opened_at=EPOCH,
                    last_active_at=EPOCH,
                    active_seconds=1,
                    read_at=EPOCH,
                )
            )

    write(cast, act)


def asked_by(cast: Cast, address: str) -> int:
    client = cast.client("trainer")
    client.get(address)
    with statements(cast.app) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_the_number_of_statements_does_not_grow_with_the_group(cast: Cast) -> None:
    with_quiz(cast)
    few = [asked_by(cast, address) for address in (MAP, f"{MAP}/1")]
    many(cast, 60)
    assert [asked_by(cast, address) for address in (MAP, f"{MAP}/1")] == few


def test_the_map_asks_two_questions_beyond_the_table_and_none_twice(cast: Cast) -> None:
    with_quiz(cast)
    with cast.app.test_request_context():
        table = edition_table(the_edition(cast), now=clock.now())
        with statements(cast.app) as seen:
            first = heat_map_of(cast.edition_id, table, now=clock.now())
        assert len(seen) == 2
        with statements(cast.app) as seen:
            assert heat_map_of(cast.edition_id, table, now=clock.now()) is first
        assert not seen


def test_a_hundred_and_sixty_stand_on_one_light_page_and_more_are_paged(cast: Cast) -> None:
    many(cast, 160)
    client = cast.client("trainer")
    page = client.get(MAP)
    assert len(lines_of(client)) == 162
    assert len(gzip.compress(page.data, 6)) <= 15_000
    assert 'class="pager"' not in page.text
    many(cast, 60, first=160)
    assert len(lines_of(client)) == 200
    assert len(lines_of(client, f"{MAP}?page=2")) == 22
    assert csrf(client) in client.get(f"{MAP}?page=2").text

"""Where who is stuck is said, and where a module's questions lead."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from lms import clock, db
from lms.accounts.models import RoleGrant
from lms.courses.models import Edition
from tests.cast import Cast
from tests.participants.test_following import write
from tests.participants.test_heat_map import (
    MAP,
    answered,
    asked_by,
    lines_of,
    many,
    read_lessons,
    with_quiz,
)


def running(cast: Cast, *, until: int = 30) -> None:
    """Let the edition run from a month ago until so many days from now."""

    def act() -> None:
        edition = db.session().get_one(Edition, cast.edition_id)
        today = clock.today(edition.programme.zone)
        edition.starts_on = today - timedelta(days=30)
        edition.ends_on = today + timedelta(days=until)

    write(cast, act)


def stuck_line(client: FlaskClient) -> tuple[str, str]:
    """What the trainer's home page says of the edition, and where it leads."""
    page = BeautifulSoup(client.get("/teaching").text, "html.parser")
    link = page.select_one(f"main a[href^='{MAP}']")
    return (link.parent.get_text(" "), str(link["href"])) if link else ("", "")  # type: ignore[union-attr]


def test_the_trainer_s_home_page_says_how_many_are_stuck_and_leads_to_them(cast: Cast) -> None:
    with_quiz(cast)
    running(cast)
    for part in ("learner", "classmate"):
        read_lessons(cast, part, 1)
    client = cast.client("trainer")
    said, href = stuck_line(client)
    assert ("Nimeni nu stă pe loc." in said, href) == (True, MAP)

    def forget() -> None:
        db.session().execute(sa.text("DELETE FROM lesson_progress"))

    write(cast, forget)
    read_lessons(cast, "learner", 2, days_ago=8)
    said, href = stuck_line(client)
    assert "1 persoană stă pe loc" in said
    assert "la un test de 7 zile sau mai mult: 1" in said
    assert list(lines_of(client, href)) == ["Învățăcel Maria"]


def test_an_edition_that_is_over_says_nothing_of_who_is_stuck(cast: Cast) -> None:
    running(cast, until=-1)
    assert stuck_line(cast.client("trainer")) == ("", "")


def test_the_home_page_asks_no_more_for_a_larger_group(cast: Cast) -> None:
    running(cast)
    few = asked_by(cast, "/teaching")
    many(cast, 40)
    assert asked_by(cast, "/teaching") == few


def test_each_question_leads_to_its_statistics_and_to_its_place_in_the_bank(cast: Cast) -> None:
    quiz_id = with_quiz(cast)
    answered(cast, quiz_id, {"learner": [0, 0], "classmate": [1, 0]})
    for part, said in (("trainer", "Modificați întrebarea"), ("auditor", "Banca de întrebări")):
        client = cast.client(part)
        page = BeautifulSoup(client.get(f"{MAP}/1").text, "html.parser")
        links = page.select("main table a[href*='/bank/']")
        assert [link.text for link in links] == [said, said]
        assert all(client.get(str(link["href"])).status_code == 200 for link in links)


def test_who_teaches_one_edition_alone_is_not_led_to_the_bank(cast: Cast) -> None:
    quiz_id = with_quiz(cast)
    answered(cast, quiz_id, {"learner": [0]})
    write(
        cast,
        lambda: db.session().execute(
            sa.update(RoleGrant)
            .where(RoleGrant.person_id == cast.persons["trainer"])
            .values(course_id=None, edition_id=cast.edition_id)
        ),
    )
    page = BeautifulSoup(cast.client("trainer").get(f"{MAP}/1").text, "html.parser")
    assert page.select("main table a[href*='/statistics/']")
    assert not page.select("main a[href*='/bank/']")


def test_the_registrar_s_page_of_an_edition_leads_to_the_map(cast: Cast) -> None:
    page = BeautifulSoup(cast.client("registrar").get("/editions/e1").text, "html.parser")
    assert page.select(f".forecast a[href='{MAP}']")

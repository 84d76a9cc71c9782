"""Before a name is printed: what is odd about it is said, and how it is probably meant."""

from __future__ import annotations

import pytest

from lms import db
from lms.accounts.models import Person
from lms.accounts.name_words import name_offered
from tests.cast import Cast


@pytest.mark.parametrize(
    ("family", "given", "words", "offered"),
    [
        ("Ţurcanu", "Ştefania", "nu cu sedilă", "Ștefania Țurcanu"),
        ("POPESCU", "Ana", "cu majuscule", "Ana Popescu"),
        ("Popescu  Ionescu", "Ana", "spațiu în plus", ""),
        ("ŢURCANU", "ŞTEFANIA  IOANA", "nu cu sedilă", "Ștefania Ioana Țurcanu"),
    ],
)
def test_the_holder_reads_what_is_odd_before_confirming(
    cast: Cast, family: str, given: str, words: str, offered: str
) -> None:
    with cast.app.app_context(), db.writing() as session:
        person = session.get_one(Person, cast.persons["learner"])
        person.family_name, person.given_names = family, given
        person.name_confirmed_at = None
    page = cast.client("learner").get("/welcome").text
    assert "Priviți de două ori acest nume" in page
    assert words in page
    assert name_offered(family, given) == offered
    if offered:
        assert offered in page


def test_a_name_as_names_are_written_needs_no_second_look(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).name_confirmed_at = None
    assert "Priviți de două ori" not in cast.client("learner").get("/welcome").text


def test_the_registrar_is_shown_namesakes_and_odd_names(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        for part in ("learner", "classmate"):
            person = session.get_one(Person, cast.persons[part])
            person.family_name, person.given_names = "POPESCU", "Ana"
            person.name_confirmed_at = None
    page = cast.client("registrar").get("/editions/e1/names").text
    assert page.count("mai este cineva cu același nume") == 2
    assert "Este scris cu majuscule." in page

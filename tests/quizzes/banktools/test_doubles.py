"""Doubles in a course's bank: shown, told apart, made one; hinted at while questions are pasted."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import db
from lms.audit.models import AuditEntry
from lms.quizzes.models import DistinctPair, Question, QuestionState
from lms.quizzes.workshop.reading import read_text
from tests.cast import csrf
from tests.exchange.sample import files, import_files
from tests.quizzes.banktools.acting import Desk

TWICE = """
// [id:d-1]
Câți membri fondatori trebuie să aibă o asociație?{{
=trei
~doi
}}

// [id:d-2] [slot:7]{}
Cati membri fondatori trebuie sa aiba o ASOCIATIE?{{
~doi
=trei
}}
"""


@pytest.fixture
def twice(desk) -> Desk:
    desk.save(f"{desk.text}\n{TWICE.format('')}")
    return desk


def doubles(desk: Desk, **args: str) -> str:
    answer = desk.client.get(f"/courses/{desk.course}/bank/doubles", query_string=args)
    assert answer.status_code == 200
    return answer.text


def pair(desk: Desk, one: str, other: str, page: str = "") -> str:
    number = desk.question_id(other)
    return desk.address(one, f"doubles/{number}{page}")


def state(desk: Desk, content_id: str) -> tuple[QuestionState, bool]:
    with desk.app.app_context():
        rows = db.session().scalars(sa.select(Question).filter_by(content_id=content_id))
        row = rows.one()
        found = row.state, row.quiz_id is not None
        db.end_reading()
    return found


def ids_in_text(desk: Desk) -> list[str]:
    return [item.id for item in read_text(desk.text).items]


def acts(desk: Desk, name: str) -> int:
    with desk.app.app_context():
        count = sa.select(sa.func.count()).where(AuditEntry.action == name)
        found = db.session().scalar(count) or 0
        db.end_reading()
    return found


def test_a_bank_without_doubles_says_so(desk):
    assert "Nicio dublură" in doubles(desk)


def test_a_double_is_shown_side_by_side(twice):
    page = doubles(twice)
    assert "1 pereche de întrebări care seamănă" in page
    assert "aceleași cuvinte și aceeași cheie" in page
    assert "d-1" in page
    assert "d-2" in page


def test_another_key_is_told(desk):
    text = TWICE.format("").replace("~doi\n=trei", "=doi\n~trei")
    desk.save(f"{desk.text}\n{text}")
    assert "aceleași cuvinte, altă cheie" in doubles(desk)


def test_what_is_not_the_same_is_remembered_once_and_can_be_offered_again(twice):
    path = pair(twice, "d-1", "d-2")
    for _time in range(2):
        assert twice.post(path).status_code == 302
    page = doubles(twice)
    assert "Nicio dublură" in page
    assert "1 pereche lămurită" in page
    assert acts(twice, "question.told_apart") == 1
    for _time in range(2):
        twice.post(pair(twice, "d-2", "d-1"), do="again")
    assert "1 pereche" in doubles(twice)
    with twice.app.app_context():
        assert not db.session().scalars(sa.select(DistinctPair)).all()
        db.end_reading()


def test_of_two_in_one_test_one_stays(twice):
    path = pair(twice, "d-1", "d-2", "/merge")
    before = twice.text
    page = twice.get(path).text
    assert "le are pe amândouă" in page
    assert twice.text == before
    for _time in range(2):
        assert twice.post(path).status_code == 302
    assert "d-2" not in ids_in_text(twice)
    assert "d-2" not in twice.asked()
    assert state(twice, "d-2") == (QuestionState.RETIRED, False)
    assert state(twice, "d-1") == (QuestionState.PUBLISHED, True)
    assert acts(twice, "question.merged") == 1
    assert "Nicio dublură" in doubles(twice)


def test_one_of_the_bank_takes_the_others_place(twice):
    text = twice.text
    only = text[: text.index("// [id:d-1]")] + text[text.index("// [id:d-2]") :]
    twice.save(only)  # d-1 stays in the bank alone
    assert state(twice, "d-1") == (QuestionState.DRAFT, False)
    path = pair(twice, "d-1", "d-2", "/merge")
    assert "îi ia locul" in twice.get(path).text
    twice.post(path)
    items = {item.id: item for item in read_text(twice.text).items}
    assert "d-2" not in items
    assert items["d-1"].slot == "7"
    assert twice.asked()["d-1"] == 1
    assert state(twice, "d-2") == (QuestionState.RETIRED, False)


def test_one_of_the_bank_is_retired_alone(twice):
    text = twice.text
    only = text[: text.index("// [id:d-1]")] + text[text.index("// [id:d-2]") :]
    twice.save(only)
    before = twice.text
    twice.post(pair(twice, "d-2", "d-1", "/merge"))
    assert twice.text == before
    assert state(twice, "d-1") == (QuestionState.RETIRED, False)


def test_a_test_that_would_be_too_short_keeps_both(desk):
    desk.save(desk.text.replace("[status:draft]", ""))  # draws two
    own = [item.id for item in read_text(desk.text).items]
    first, second = own[:2]
    text = desk.text
    start = text.index(f"// [id:{own[2]}]")
    desk.save(text[:start])
    path = pair(desk, first, second, "/merge")
    assert "prea scurt" in desk.get(path).text
    before = desk.text
    assert desk.post(path).status_code == 302
    assert desk.text == before
    assert state(desk, second)[0] is QuestionState.PUBLISHED


def test_a_question_is_no_double_of_itself_nor_of_anothers_that_is_not_shared(app, twice):
    own = twice.question_id("d-1")
    assert twice.get(twice.address("d-1", f"doubles/{own}/merge")).status_code == 404
    with app.app_context():
        other = {k: v.replace(b"proba", b"altfel") for k, v in files().items()}
        import_files(other)
        rows = db.session().scalars(
            sa.select(Question.id).where(Question.course_id != twice.course_id)
        )
        foreign = rows.first()
        db.end_reading()
    path = twice.address("d-1", f"doubles/{foreign}")
    assert twice.post(path).status_code == 404
    assert twice.get(f"{path}/merge").status_code == 404


def test_a_shared_question_of_another_course_is_compared_but_not_merged(app, desk):
    with app.app_context():
        other = {k: v.replace(b"proba", b"altfel") for k, v in files().items()}
        import_files(other)
    assert "Nicio dublură" in doubles(desk)
    with app.app_context(), db.writing():
        shared = db.session().scalars(
            sa.select(Question).where(
                Question.course_id != desk.course_id, Question.content_id == "altfel-q1-01"
            )
        )
        row = shared.one()
        row.is_shared, foreign = True, row.id
    page = doubles(desk)
    assert "oferită de" in page
    assert "Păstrați" not in page
    own = desk.address("proba-q1-01", f"doubles/{foreign}")
    assert desk.post(f"{own}/merge").status_code == 302
    assert state(desk, "altfel-q1-01")[0] is QuestionState.PUBLISHED
    desk.post(own)
    assert "Nicio dublură" in doubles(desk)
    assert "altfel-q1-01" in doubles(desk)
    with app.app_context(), db.writing() as session:
        session.get_one(Question, foreign).is_shared = False
    assert "altfel-q1-01" not in doubles(desk)


@pytest.mark.parametrize("page", ["0", "-1", "x", "99"])
def test_an_odd_page_is_the_nearest(twice, page):
    assert "d-1" in doubles(twice, page=page)


def test_a_pasted_question_that_is_there_already_is_told(twice):
    pasted = "Câți membri fondatori trebuie să aibă o asociație?\na) doi\n*b) trei\n"
    answer = twice.client.post(
        f"/courses/{twice.course}/workshop/preview",
        data={"csrf_token": csrf(twice.client), "text": f"{pasted}\n{pasted}"},
    )
    html = answer.get_json()["html"]
    assert html.count("Cursul are deja această întrebare") == 2
    fresh = "Cine aprobă bugetul local?\n*a) consiliul\nb) primarul\n"
    answer = twice.client.post(
        f"/courses/{twice.course}/workshop/preview",
        data={"csrf_token": csrf(twice.client), "text": f"{fresh}\n{fresh}"},
    )
    html = answer.get_json()["html"]
    assert "Cursul are" not in html
    assert html.count("Aceeași întrebare este la rândul 1") == 1


def test_the_tests_own_questions_are_no_doubles_of_themselves(twice):
    page = twice.get(f"/courses/{twice.course}/quizzes/{twice.slug}/questions").text
    assert "Cursul are deja" not in page


def test_who_may_only_look_has_no_buttons(cast, twice):
    page = twice.get(f"/courses/{twice.course}/bank/doubles", cast.client("auditor")).text
    assert "d-1" in page
    assert "Nu sunt dubluri" not in page
    assert twice.post(pair(twice, "d-1", "d-2"), cast.client("auditor")).status_code == 403


def test_questions_on_facts_that_wait_do_not_make_a_test_long_enough(desk):
    desk.save(desk.text.replace("[status:draft]", ""))  # draws two; the third rests on a guess
    first, second = [item.id for item in read_text(desk.text).items][:2]
    assert set(desk.asked()) == {first, second}
    page = desk.get(pair(desk, first, second, "/merge")).text
    assert "prea scurt" in page
    desk.post(pair(desk, first, second, "/merge"))
    assert state(desk, second)[0] is QuestionState.PUBLISHED


def test_two_are_kept_as_alternatives_once_and_may_be_said_not_to_be_the_same(twice):
    path = pair(twice, "d-1", "d-2")
    for _time in range(2):
        assert twice.post(path, do="alternatives").status_code == 302
    page = doubles(twice)
    assert "alternative: niciodată ambele" in page
    assert acts(twice, "question.made_alternative") == 1
    twice.post(pair(twice, "d-2", "d-1"), do="apart")
    assert "alternative: niciodată" not in doubles(twice)
    with twice.app.app_context():
        [row] = db.session().scalars(sa.select(DistinctPair))
        assert not row.are_alternatives
        db.end_reading()


def test_a_question_merged_into_another_says_which(twice):
    twice.post(pair(twice, "d-1", "d-2", "/merge"))
    kept, gone = twice.question_id("d-1"), twice.question_id("d-2")
    with twice.app.app_context():
        assert db.session().get_one(Question, gone).merged_into_id == kept
        db.end_reading()

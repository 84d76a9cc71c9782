"""The bank over HTTP: found, put in order, written, copied, looked over."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from lms import db
from lms.courses.models import ContentItem, Course, CourseFigure
from lms.quizzes.models import (
    Question,
    QuestionComment,
    QuestionState,
    QuestionTag,
    Quiz,
    QuizQuestion,
)
from lms.quizzes.services.workshop_plan import source_of
from lms.safety.sheets import read_table
from tests.cast import csrf
from tests.exchange.sample import import_files, replaced
from tests.quizzes.bank.test_filing import of, tags
from tests.quizzes.exchange.test_moodle_xml import PIXEL
from tests.quizzes.workshop.test_pages import stored

BANK = "/courses/proba/bank"
NEW = """$CATEGORY: Modulul 1/Definiții

1. Câți membri fondatori cere legea?
a) doi
*b) trei

// [tag:greu]
2. Unde se depune cererea?
*a) la judecătorie
b) la primărie
"""


def post(client: FlaskClient, path: str, **form: object):
    return client.post(path, data={"csrf_token": csrf(client), **form})


@contextmanager
def statements(app) -> Iterator[list[str]]:
    """Gather the statements that are sent."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.session().get_bind()
        db.end_reading()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def owner(cast) -> FlaskClient:
    return cast.client("owner")


def write(client: FlaskClient, text: str = NEW, do: str = "ready") -> None:
    answer = post(client, f"{BANK}/text", text=text, do=do, key="abcdef")
    assert answer.status_code == 302, answer.text


def newest(number: int) -> list[Question]:
    rows = db.session().scalars(sa.select(Question).order_by(Question.id.desc()).limit(number))
    return list(reversed(rows.all()))


def ids(app, number: int) -> list[int]:
    with app.app_context():
        found = [row.id for row in newest(number)]
        db.end_reading()
    return found


def test_questions_written_for_the_bank_are_asked_by_nobody(app, cast, course, owner) -> None:
    write(owner)
    with app.app_context():
        first, second = newest(2)
        assert first.is_in_bank_alone
        assert (first.state, first.is_ready) == (QuestionState.DRAFT, True)
        assert (first.category, second.category) == ("Modulul 1/Definiții",) * 2
        assert tags(second) == {"greu"}
        version = first.versions[0].id
        asked = sa.select(QuizQuestion).where(QuizQuestion.question_version_id == version)
        assert db.session().scalars(asked).first() is None
        db.end_reading()
    page = owner.get(f"{BANK}?used=nowhere").text
    assert "Câți membri fondatori cere legea?" in page
    assert "în niciun test" in page


def test_one_s_text_can_be_changed_in_the_bank_and_keeps_its_versions(
    app, cast, course, owner
) -> None:
    write(owner)
    first = ids(app, 2)[0]
    page = owner.get(f"{BANK}/text?question={first}")
    assert "Câți membri fondatori cere legea?" in page.text
    with app.app_context():
        source = db.session().get_one(Question, first).source
        db.end_reading()
    write(owner, source.replace("=trei", "=patru"), do="save")
    with app.app_context():
        row = db.session().get_one(Question, first)
        assert "patru" in row.source
        assert not row.is_ready or "[status:ready]" in row.source
        assert len(row.versions[0].revisions) + len(row.versions) > 2
        db.end_reading()


def test_who_saves_second_is_told_and_overwrites_nothing(app, cast, course, owner) -> None:
    write(owner)
    first = ids(app, 2)[0]
    there = f"{BANK}/text?question={first}"
    page = BeautifulSoup(owner.get(there).data, "html.parser")
    text, base = page.select_one("#text").text, page.select_one("[name=base]")["value"]
    form = {"key": "abcdef", "do": "save"}
    theirs = post(owner, there, text=text.replace("=trei", "=patru"), base=base, **form)
    assert theirs.status_code == 302
    mine = post(owner, there, text=text.replace("=trei", "=cinci"), base=base, **form)
    assert mine.status_code == 409
    assert "Altcineva a salvat aceste întrebări" in mine.text
    assert "=cinci" in mine.text
    with app.app_context():
        assert "=patru" in db.session().get_one(Question, first).source
        db.end_reading()
    base = BeautifulSoup(mine.data, "html.parser").select_one("[name=base]")["value"]
    again = post(owner, there, text=text.replace("=trei", "=cinci"), base=base, **form)
    assert again.status_code == 302


@pytest.mark.parametrize("odd", ["9" * 30, "٣", "x", "-1", ""])
def test_a_question_that_can_t_be_is_none(cast, course, owner, odd: str) -> None:
    assert owner.get(f"{BANK}/text?question={odd}").status_code == 200


def test_a_text_with_faults_is_not_saved(app, cast, course, owner) -> None:
    answer = post(owner, f"{BANK}/text", text="1. Câți?\na) doi\nb) trei\n", do="save")
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert "Câți?" in answer.text
    answer = post(owner, f"{BANK}/text", text="", do="save")
    assert answer.status_code == 422


def test_a_file_of_another_system_comes_into_the_text(app, cast, course, owner) -> None:
    gift = "::Una::Câți sunt? {=trei ~doi}\n".encode()
    data = {
        "csrf_token": csrf(owner),
        "do": "upload",
        "text": "",
        "file": (io.BytesIO(gift), "a.gift"),
    }
    answer = owner.post(f"{BANK}/text", data=data)
    assert answer.status_code == 200
    assert "Câți sunt?" in answer.text
    csv = "întrebare;A;B;corect\nCâți?;doi;trei;B\n".encode()
    data = {"csrf_token": csrf(owner), "file": (io.BytesIO(csv), "a.csv")}
    made = owner.post(f"{BANK}/convert", data=data).json
    assert "Câți?" in made["text"]
    data = {"csrf_token": csrf(owner), "file": (io.BytesIO(b"<quiz></quiz>"), "a.xml")}
    assert owner.post(f"{BANK}/convert", data=data).status_code == 422


def test_a_file_of_another_system_brings_its_pictures(app, cast, course, owner) -> None:
    picture = base64.b64encode(PIXEL).decode()
    quiz = f"""<?xml version="1.0" encoding="UTF-8"?>
<quiz><question type="truefalse"><name><text>Una</text></name>
<questiontext format="html"><text><![CDATA[<p>E? <img src="@@PLUGINFILE@@/a.png" alt="poza"></p>]]>
</text><file name="a.png" path="/" encoding="base64">{picture}</file></questiontext>
<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>
</question></quiz>""".encode()
    for path, more in (("convert", {}), ("text", {"do": "upload", "text": ""})):
        data = {"csrf_token": csrf(owner), "file": (io.BytesIO(quiz), "a.xml"), **more}
        answer = owner.post(f"{BANK}/{path}", data=data)
        assert answer.status_code == 200
        assert "![poza]" in (answer.json["text"] if answer.is_json else answer.text)
    with app.app_context():
        names = db.session().scalars(sa.select(CourseFigure.name).filter_by(course_id=course.id))
        assert sum(name.endswith(".png") for name in names) == 1
        db.end_reading()


def test_many_are_moved_and_tagged_in_their_quiz_s_text_and_in_the_bank(
    app, cast, course, owner
) -> None:
    write(owner)
    alone = ids(app, 2)
    with app.app_context():
        there = of("proba-q1-01").id
        db.end_reading()
    chosen = [str(each) for each in [*alone, there]]
    post(owner, BANK, question=chosen, do="move", category="Modulul 2 / Actori")
    post(owner, BANK, question=chosen, do="tag", tag="de revăzut")
    text, _base = stored(app, course, "proba-q1")
    assert "$CATEGORY: Modulul 2/Actori" in text
    assert "[tag:de revăzut]" in text
    with app.app_context():
        for row in (of("proba-q1-01"), *newest(2)):
            assert row.category == "Modulul 2/Actori"
            assert "de revăzut" in tags(row)
        assert of("proba-q1-03").category == ""
        db.end_reading()
    found = owner.get(f"{BANK}?category=Modulul+2").text
    assert "proba-q1-01" in found
    assert "proba-q1-03" not in found
    post(owner, BANK, question=chosen, do="untag", tag="de revăzut")
    assert "de revăzut" not in stored(app, course, "proba-q1")[0]


def test_a_ready_question_goes_into_a_published_quiz_and_is_asked(app, cast, course, owner) -> None:
    write(owner)
    write(owner, "1. Câte?\n*a) una\nb) două\n", do="save")
    chosen = ids(app, 3)
    with app.app_context():
        quiz = db.session().scalars(sa.select(Quiz).filter_by(content_id="proba-q1")).one()
        number, before = quiz.id, len(quiz.current_version.questions)
        assert quiz.published_at is not None
        db.end_reading()
    post(owner, BANK, question=[str(each) for each in chosen], do="add", quiz=str(number))
    with app.app_context():
        *ready, draft = (db.session().get_one(Question, each) for each in chosen)
        assert {row.state for row in ready} == {QuestionState.PUBLISHED}
        assert draft.state is QuestionState.DRAFT
        assert {row.quiz_id for row in (*ready, draft)} == {number}
        quiz = db.session().get_one(Quiz, number)
        assert len(quiz.current_version.questions) == before + 2
        text = source_of(course.id, "proba-q1").text
        assert text.index("proba-q1-01") < text.index(ready[0].content_id)
        db.end_reading()
    post(owner, BANK, question=str(chosen[2]), do="ready")
    with app.app_context():
        assert db.session().get_one(Question, chosen[2]).state is QuestionState.PUBLISHED
        db.end_reading()


def test_a_question_goes_into_a_quiz_with_its_english_and_without_another_quiz_s_slot(
    app, cast, course, owner
) -> None:
    write(owner, "// [slot:7]\n1. Câte?\n*a) una\nb) două\n")
    [chosen] = ids(app, 1)
    with app.app_context():
        with db.writing() as session:
            row = session.get_one(Question, chosen)
            assert "[slot:7]" in row.source
            row.words_source = f"// [id:{row.content_id}]\nHow many? {{\n=one\n~two\n}}"
        quiz = db.session().scalars(sa.select(Quiz).filter_by(content_id="proba-q1")).one()
        number = quiz.id
        assert not source_of(course.id, "proba-q1").words
        db.end_reading()
    post(owner, BANK, question=str(chosen), do="add", quiz=str(number))
    with app.app_context():
        source = source_of(course.id, "proba-q1")
        assert "Câte?" in source.text
        assert "[slot:7]" not in source.text
        assert "=one" in source.words
        row = db.session().get_one(Question, chosen)
        assert "How many?" in row.words_source
        paths = db.session().scalars(
            sa.select(ContentItem.path)
            .where(ContentItem.content_id.in_(["proba-q1", "proba-q1.en"]))
            .order_by(ContentItem.content_id)
        )
        path, beside = paths
        assert beside == path.replace(".gift", ".en.gift")
        db.end_reading()


def test_what_is_published_stays_published(app, cast, course, owner) -> None:
    with app.app_context():
        row = of("proba-q1-01")
        number = row.id
        assert row.state is QuestionState.PUBLISHED
        db.end_reading()
    answer = post(owner, BANK, question=str(number), do="draft")
    assert "rămâne publicată" in owner.get(answer.location).text
    answer = post(owner, BANK, question=str(number), do="retire")
    assert "rămâne în uz" in owner.get(answer.location).text
    with app.app_context():
        assert of("proba-q1-01").state is QuestionState.PUBLISHED
        db.end_reading()


def test_a_question_of_one_quiz_comes_into_another_as_a_copy(app, cast, course, owner) -> None:
    new = "1. Câte?\n*a) una\nb) două\n"
    with app.app_context():
        module = (
            db.session().scalars(sa.select(Quiz.module_id).filter_by(content_id="proba-q1")).one()
        )
        number = of("proba-q1-01").id
        db.end_reading()
    post(owner, "/courses/proba/new-quiz", text=new, module=str(module), key="cafe01", do="save")
    with app.app_context():
        other = db.session().scalars(sa.select(Quiz).where(Quiz.content_id.like("%cafe01"))).one()
        quiz_id, content_id = other.id, other.content_id
        db.end_reading()
    post(owner, f"{BANK}/{number}", do="add", quiz=str(quiz_id))
    with app.app_context():
        [copy] = db.session().scalars(sa.select(Question).filter_by(copied_from_id=number))
        assert copy.content_id.startswith(content_id)
        assert copy.quiz_id == quiz_id
        assert of("proba-q1-01").state is QuestionState.PUBLISHED
        db.end_reading()
    assert "copiată ca" in owner.get(f"{BANK}/{number}").text


def test_out_of_use_and_back(app, cast, course, owner) -> None:
    write(owner)
    first, second = ids(app, 2)
    post(owner, BANK, question=[str(first), str(second)], do="retire")
    assert "Câți membri fondatori" not in owner.get(BANK).text
    assert "Câți membri fondatori" in owner.get(f"{BANK}?status=retired").text
    post(owner, f"{BANK}/{first}", do="restore")
    with app.app_context():
        row = db.session().get_one(Question, first)
        assert row.is_in_bank_alone
        assert row.is_ready
        assert db.session().get_one(Question, second).state is QuestionState.RETIRED
        db.end_reading()


def test_category_and_tags_are_edited_on_the_question_s_page(app, cast, course, owner) -> None:
    write(owner)
    first = ids(app, 2)[0]
    post(owner, f"{BANK}/{first}", do="file", category="Alta", tags="unu, doi ,unu")
    with app.app_context():
        row = db.session().get_one(Question, first)
        assert (row.category, tags(row)) == ("Alta", {"unu", "doi"})
        db.end_reading()
    page = owner.get(f"{BANK}/{first}").text
    assert 'value="doi, unu"' in page


def test_comments_are_said_settled_and_opened_again(app, cast, course, owner) -> None:
    with app.app_context():
        number = of("proba-q1-01").id
        db.end_reading()
    there = f"{BANK}/{number}"
    assert post(owner, f"{there}/comments", text="  ").status_code == 302
    post(owner, f"{there}/comments", text="Varianta <b>c</b> e prea lungă.")
    page = owner.get(there).text
    assert "Varianta &lt;b&gt;c&lt;/b&gt; e prea lungă." in page
    assert "1 comentariu deschis" in owner.get(BANK).text
    with app.app_context():
        [comment] = db.session().scalars(sa.select(QuestionComment))
        number = comment.id
        db.end_reading()
    post(owner, f"{there}/comments/{number}", do="settle")
    assert "comentariu deschis" not in owner.get(BANK).text
    post(owner, f"{there}/comments/{number}", do="reopen")
    assert "1 comentariu deschis" in owner.get(BANK).text
    assert post(owner, f"{there}/comments/999999", do="settle").status_code == 404


def test_a_shared_question_is_copied_with_its_source_noted(app, cast, course, owner) -> None:
    with app.app_context():
        other = import_files(replaced("course.yaml", "id: proba", "id: alta"))
        db.end_reading()
        number = of("proba-q1-01").id
        db.end_reading()
    assert "proba-q1-01" not in owner.get("/courses/alta/bank/shared").text
    post(owner, BANK, question=str(number), do="share")
    assert "proba-q1-01" in owner.get("/courses/alta/bank/shared").text
    assert "proba-q1-01" not in owner.get(f"{BANK}/shared").text
    post(owner, "/courses/alta/bank/shared", question=str(number))
    with app.app_context():
        [copy] = db.session().scalars(sa.select(Question).filter_by(copied_from_id=number))
        assert copy.course_id == other
        assert copy.is_in_bank_alone
        mine = of("proba-q1-01")
        assert copy.stem == mine.stem
        db.end_reading()
    post(owner, BANK, question=str(number), do="unshare")
    assert "proba-q1-01" not in owner.get("/courses/alta/bank/shared").text


def test_a_copy_for_a_test_whose_text_has_faults_is_refused_in_words(
    app, cast, course, owner
) -> None:
    with app.app_context():
        other = import_files(replaced("course.yaml", "id: proba", "id: alta"))
        db.end_reading()
        number = of("proba-q1-01").id
        db.end_reading()
        with db.writing() as session:
            session.get_one(Question, number).is_shared = True
            file = session.scalars(
                sa.select(ContentItem).filter_by(course_id=other, content_id="proba-q1")
            ).one()
            file.source += b"\nCare? {~una ~alta}\n"
        quiz = db.session().scalars(sa.select(Quiz.id).filter_by(course_id=other)).one()
        db.end_reading()
    answer = post(owner, "/courses/alta/bank/shared", question=str(number), quiz=str(quiz))
    assert answer.status_code == 302
    assert "Nu s-a schimbat nimic" in owner.get(answer.location).text
    with app.app_context():
        copies = sa.select(Question).filter_by(copied_from_id=number)
        assert db.session().scalars(copies).first() is None
        db.end_reading()


def test_what_is_not_shared_can_t_be_taken(app, cast, course, owner) -> None:
    with app.app_context():
        import_files(replaced("course.yaml", "id: proba", "id: alta"))
        db.end_reading()
        number = of("proba-q1-01").id
        db.end_reading()
    post(owner, "/courses/alta/bank/shared", question=str(number))
    with app.app_context():
        copies = sa.select(Question).filter_by(copied_from_id=number)
        assert db.session().scalars(copies).first() is None
        db.end_reading()
    answer = post(owner, "/courses/alta/bank", question=str(number), do="tag", tag="x")
    assert answer.status_code == 302
    with app.app_context():
        assert tags(of("proba-q1-01")) == set()
        db.end_reading()


def test_what_is_looked_for_has_no_wildcards_and_no_diacritics(app, cast, course, owner) -> None:
    write(owner, "1. Cât e 100% din buget_x?\n*a) tot\nb) jumătate\n")
    assert "buget_x" in owner.get(f"{BANK}?text=100%25+BUGET_X").text
    assert "buget_x" in owner.get(f"{BANK}?text=cat+jumatate").text
    assert "buget_x?" not in owner.get(f"{BANK}?text=buget%25x").text
    for odd in (
        "status=nimic",
        "author=x",
        "used=-1",
        "since=ieri",
        "since=0001-01-01",
        "page=0",
        "page=99999",
        "sort=9",
    ):
        assert owner.get(f"{BANK}?{odd}").status_code == 200


def test_a_day_begins_where_the_list_is_read(app, cast, course, owner) -> None:
    with app.app_context(), db.writing():
        of("proba-q1-01").changed_at = datetime(2026, 11, 29, 22, 30, tzinfo=UTC)
        of("proba-q1-02").changed_at = datetime(2026, 11, 29, 21, 30, tzinfo=UTC)
    page = owner.get(f"{BANK}?since=2026-11-30").text
    assert "proba-q1-01" in page
    assert "proba-q1-02" not in page


def test_the_list_is_handed_out_as_a_table_without_formulas(app, cast, course, owner) -> None:
    write(owner, "1. =1+1 cât face?\n*a) doi\nb) trei\n")
    table = read_table(owner.get(f"{BANK}.csv?used=nowhere").data, "a.csv")
    assert [row.cells[1] for row in table.rows] == ["=1+1 cât face?"]
    assert owner.get(f"{BANK}.csv?used=nowhere").data.count(b"'=1+1") == 1
    assert owner.get(f"{BANK}.xlsx").data[:2] == b"PK"
    assert owner.get(f"{BANK}/shared.csv").status_code == 200


@pytest.fixture
def many(app, course: Course) -> int:
    """A bank of 5,000 questions."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with app.app_context(), db.writing() as session:
        first = (session.scalar(sa.select(sa.func.max(Question.id))) or 0) + 1
        session.execute(
            sa.insert(Question),
            [
                {
                    "course_id": course.id,
                    "content_id": f"m-{n}",
                    "state": QuestionState.DRAFT,
                    "fact_ids": [],
                    "type": "single_choice",
                    "category": f"Modulul {n % 8}/Partea {n % 40}",
                    "is_ready": n % 2 == 0,
                    "is_shared": False,
                    "stem": f"Întrebarea {n}?",
                    "search_text": f"m-{n} intrebarea {n}? una alta",
                    "source": "",
                    "words_source": "",
                    "changed_at": now + timedelta(minutes=n),
                }
                for n in range(5000)
            ],
        )
        found = session.scalars(sa.select(Question.id).where(Question.id >= first)).all()
        session.execute(
            sa.insert(QuestionTag),
            [{"question_id": each, "tag": f"t{each % 50}"} for each in found],
        )
    return len(found)


def test_a_page_of_five_thousand_takes_as_few_statements_as_one_of_five(
    app, cast, course, owner, many
) -> None:
    owner.get(BANK)
    with statements(app) as few:
        page = owner.get(
            f"{BANK}?category=Modulul+3&tag=t13&status=ready&sort=stem&text=intrebarea"
        )
    assert page.status_code == 200
    with statements(app) as all_of_them:
        page = owner.get(BANK)
    assert "5.00" in page.text
    assert len(all_of_them) <= len(few) + 1
    assert len(all_of_them) <= 14, all_of_them

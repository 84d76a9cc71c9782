"""The workshop over HTTP: a quiz made of text, changed, kept from being overwritten."""

from __future__ import annotations

import base64
import io
import re

import docx
import lxml.html
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from lms import db
from lms.courses.models import ContentItem, Course, Module
from lms.exchange.course_files import read_course
from lms.exchange.services import export_course, plan_files
from lms.quizzes.models import Question, QuestionState, QuestionVersion, Quiz, QuizVersion
from lms.quizzes.services.workshop_plan import source_of
from tests.access.samples import PNG
from tests.cast import Cast, csrf
from tests.exchange.sample import files, import_files

TEN = "\n\n".join(
    f"{n}. Întrebarea a {n}-a?\na) una\n*b) alta {n}\nc) a treia" for n in range(1, 11)
)


@pytest.fixture
def course(app: Flask, cast: Cast) -> Course:
    with app.app_context():
        course_id = import_files(files())
    cast.course_id = course_id
    with app.app_context(), db.writing() as session:
        row = session.get_one(Course, course_id)
        session.expunge(row)
    return row


def owner(cast: Cast) -> FlaskClient:
    return cast.client("owner")


def post(client: FlaskClient, path: str, **form: str):
    return client.post(path, data={"csrf_token": csrf(client), **form})


def module_id(app: Flask, course: Course) -> str:
    with app.app_context():
        found = db.session().scalars(sa.select(Module.id).filter_by(course_id=course.id)).one()
        db.end_reading()
    return str(found)


def quizzes(app: Flask, course: Course) -> list[Quiz]:
    with app.app_context():
        rows = db.session().scalars(
            sa.select(Quiz).filter_by(course_id=course.id).order_by(Quiz.id)
        )
        found = list(rows)
        db.session().expunge_all()
        db.end_reading()
    return found


def stored(app: Flask, course: Course, quiz: str) -> tuple[str, str]:
    with app.app_context():
        source = source_of(course.id, quiz)
        db.end_reading()
    return source.text, source.base


def versions(app: Flask, question: str) -> list[int]:
    """Return how many revisions each version of a question has."""
    with app.app_context():
        rows = db.session().scalars(
            sa.select(QuestionVersion)
            .join(Question)
            .where(Question.content_id == question)
            .order_by(QuestionVersion.number)
        )
        found = [len(row.revisions) for row in rows]
        db.end_reading()
    return found


def make(cast: Cast, app: Flask, course: Course, text: str = TEN, **form: str):
    given = {"text": text, "module": module_id(app, course), "key": "abc123", "do": "publish"}
    return post(owner(cast), "/courses/proba/new-quiz", **(given | form))


def test_ten_pasted_questions_become_a_published_quiz(app, cast, course) -> None:
    answer = make(cast, app, course)
    assert answer.status_code == 302
    quiz = quizzes(app, course)[-1]
    assert answer.location.startswith(f"/courses/proba/quizzes/{quiz.slug}/questions")
    assert quiz.published_at is not None
    assert (quiz.title_ro, quiz.title_en) == ("Testul modulului 1", "Test of module 1")
    text, _base = stored(app, course, quiz.content_id)
    ids = re.findall(r"\[id:([^]]+)\]", text)
    assert ids == [f"proba-m1-abc123-{n:02}" for n in range(1, 11)]


def test_the_same_form_sent_twice_makes_one_quiz(app, cast, course) -> None:
    first, second = make(cast, app, course), make(cast, app, course)
    assert first.location.partition("?")[0] == second.location.partition("?")[0]
    assert len(quizzes(app, course)) == 2


def test_a_draft_is_not_seen_and_is_published_later(app, cast, course) -> None:
    make(cast, app, course, do="save")
    quiz = quizzes(app, course)[-1]
    assert quiz.published_at is None
    text, base = stored(app, course, quiz.content_id)
    assert text.count("[status:draft]") == 10
    post(
        owner(cast),
        f"/courses/proba/quizzes/{quiz.slug}/questions",
        text=text,
        base=base,
        do="publish",
    )
    assert quizzes(app, course)[-1].published_at is not None
    assert "[status:draft]" not in stored(app, course, quiz.content_id)[0]


def test_what_is_unclear_is_asked_and_nothing_is_saved(app, cast, course) -> None:
    answer = make(cast, app, course, text="1. Câți?\na) doi\nb) trei")
    assert answer.status_code == 422
    assert "Care răspuns este corect?" in answer.text
    assert len(quizzes(app, course)) == 1
    chosen = make(cast, app, course, text="1. Câți?\na) doi\nb) trei", do="", right="1:1")
    assert "*b) trei" in chosen.text


def test_questions_without_a_place_are_asked_about(app, cast, course) -> None:
    answer = make(cast, app, course, module="")
    assert answer.status_code == 422
    assert "Cărui modul îi aparțin aceste întrebări?" in answer.text
    headed = make(cast, app, course, text=f"Modulul 1\n\n{TEN}", module="")
    assert headed.status_code == 302


def test_other_words_are_a_revision_and_another_key_a_new_version(app, cast, course) -> None:
    text, base = stored(app, course, "proba-q1")
    page = owner(cast).get("/courses/proba/quizzes/proba-q1/questions").text
    assert "versiune nouă" not in page
    preview = post(
        owner(cast),
        "/courses/proba/workshop/preview",
        quiz=str(quizzes(app, course)[0].id),
        text=text.replace("Prea puțini.", "Sunt prea puțini.").replace("{TRUE", "{FALSE"),
    ).json
    assert "se schimbă doar textul" in preview["html"]
    assert "versiune nouă" in preview["html"]
    save(cast, text.replace("Prea puțini.", "Sunt prea puțini."), base)
    assert versions(app, "proba-q1-01") == [2]
    text, base = stored(app, course, "proba-q1")
    save(cast, text.replace("{TRUE", "{FALSE"), base)
    assert versions(app, "proba-q1-02") == [1, 1]
    assert versions(app, "proba-q1-01") == [2]


def save(cast: Cast, text: str, base: str, quiz: str = "proba-q1"):
    path = f"/courses/proba/quizzes/{quiz}/questions"
    return post(owner(cast), path, text=text, base=base, do="save")


def test_a_question_taken_out_is_named_before_and_kept_in_the_bank(app, cast, course) -> None:
    text, base = stored(app, course, "proba-q1")
    kept = text[: text.index("// [id:proba-q1-02]")] + text[text.index("// [id:proba-q1-03]") :]
    client = owner(cast)
    path = "/courses/proba/quizzes/proba-q1/questions"
    assert "se scoate: proba-q1-02" in post(client, path, text=kept, base=base).text
    assert save(cast, kept, base).status_code == 302
    with app.app_context():
        question = sa.select(Question).filter_by(content_id="proba-q1-02")
        row = db.session().scalars(question).one()
        assert row.is_in_bank_alone
        assert (row.state, row.is_ready) == (QuestionState.DRAFT, True)
        assert "[status:ready]" in row.source
        db.end_reading()


def test_settings_and_title_stay_what_they_are(app, cast, course) -> None:
    text, base = stored(app, course, "proba-q1")
    save(cast, text + "\n4. Câți?\na) doi\n*b) trei\n", base)
    with app.app_context():
        quiz = db.session().scalars(sa.select(Quiz).filter_by(content_id="proba-q1")).one()
        version = db.session().get_one(QuizVersion, quiz.current_version_id)
        assert version.settings["draw"] == 2
        assert quiz.title_ro == "Testul"
        db.end_reading()


def test_who_saves_second_loses_nothing_and_overwrites_nothing(app, cast, course) -> None:
    text, base = stored(app, course, "proba-q1")
    first = text.replace("Câți membri", "Câte persoane")
    assert save(cast, first, base).status_code == 302
    second = save(cast, text.replace("Mergem înainte.", "Mergem mereu."), base)
    assert second.status_code == 409
    assert "Mergem mereu." in second.text
    assert "Câte persoane" in second.text
    assert "Câte persoane" in stored(app, course, "proba-q1")[0]
    now = re.search(r'name="base" value="([0-9a-f]{64})"', second.text)[1]
    assert save(cast, text.replace("Mergem înainte.", "Mergem mereu."), now).status_code == 302


def test_facts_lessons_and_ids_of_others_are_checked_by_line(app, cast, course) -> None:
    wrong = "// [id:proba-q1-01] [fact:Z9] [lesson:9.9]\n1. Câți?\na) doi\n*b) trei"
    page = make(cast, app, course, text=wrong).text
    assert page.count("Rândul 1") == 3


def test_the_course_goes_out_with_the_quiz_and_comes_in_again(app, cast, course) -> None:
    make(cast, app, course)
    with app.app_context():
        exported = export_course(course.id)
        assert any(p.startswith("modules/1-inceputul/quizzes/") for p in exported)
        assert read_course(exported).errors == ()
        older = plan_files(files())  # a folder from before: what was made here stays
        assert len(older.conflicts) == 1
        assert all(item.is_kept for item in older.conflicts)
        db.end_reading()
        import_files(exported)
        assert not plan_files(exported).has_changes
        db.end_reading()
    assert versions(app, "proba-m1-abc123-01") == [1]
    assert quizzes(app, course)[-1].withdrawn_at is None


def test_the_english_of_other_questions_stays(app, cast, course) -> None:
    words = (
        "// [id:proba-q1-01]\n::One::How many? {\n=three\n~two\n~ten\n}\n\n"
        "// [id:proba-q1-02]\nWe go on. {TRUE}\n\n// [id:proba-q1-03]\nDays? {#30:0}\n"
    )
    with app.app_context():
        import_files(files() | {"modules/1-inceputul/quiz.en.gift": words.encode()})
    text, base = stored(app, course, "proba-q1")
    client = owner(cast)
    fewer = text.replace("~zece#Prea mulți.\n", "")
    path = "/courses/proba/quizzes/proba-q1/questions"
    answer = post(client, path, text=fewer, base=base, do="save")
    assert "engleză" in client.get(answer.location).text
    with app.app_context():
        row = db.session().scalars(sa.select(ContentItem).filter_by(content_id="proba-q1.en")).one()
        assert b"We go on." in row.source
        assert b"How many?" not in row.source
        exported = export_course(course.id)
        assert read_course(exported).errors == ()
        db.end_reading()


def test_a_trainer_of_another_course_can_neither_see_nor_save(app, cast, course) -> None:
    client = cast.client("trainer_of_other")
    assert client.get("/courses/proba/quizzes/proba-q1/questions").status_code == 404
    assert post(client, "/courses/proba/new-quiz", text=TEN, do="publish").status_code == 404


def test_who_oversees_reads_the_text_and_can_not_save_it(app, cast, course) -> None:
    page = cast.client("auditor").get("/courses/proba/quizzes/proba-q1/questions").text
    assert "readonly" in page
    assert 'name="do"' not in page


@pytest.mark.parametrize(
    "form",
    [
        {"do": "publish"},
        {"do": "publish", "text": "\x00\ud83d {", "module": "x"},
        {"do": "save", "text": "a " * 100_000},
        {"right": "9:9"},
        {"right": "x", "remove": "99999999"},
    ],
)
def test_odd_forms_are_answered_with_the_page(app, cast, course, form) -> None:
    form = {name: value.encode("utf-8", "replace").decode() for name, value in form.items()}
    answer = post(owner(cast), "/courses/proba/new-quiz", **form)
    assert answer.status_code in (200, 422)


# Forms -------------------------------------------------------------------------------------------


def fields_of(page: str) -> dict[str, list[str]]:
    """Return what a browser would send of the page's form, buttons left out."""
    found: dict[str, list[str]] = {}
    for form in lxml.html.fromstring(page).xpath("//form[@class='question-form']"):
        for name, value in form.form_values():
            if "__n__" not in (*name.split("-"), value):  # of the script's template
                found.setdefault(name, []).append(value.removeprefix("\n"))
    return found


def text_of(page: str) -> str:
    """Return the text that the page holds."""
    (box,) = lxml.html.fromstring(page).xpath("//textarea[@name='text']")
    return str(box.text).removeprefix("\n")


def test_a_question_is_changed_in_its_form_and_put_back_into_the_text(app, cast, course) -> None:
    text, base = stored(app, course, "proba-q1")
    client = owner(cast)
    path = "/courses/proba/quizzes/proba-q1/questions"
    line = str(text.split("\n").index("// [id:proba-q1-01] [fact:A1] [lesson:1.1]") + 1)
    page = post(client, path, text=text, base=base, form=line)
    assert "Un singur răspuns corect" in page.text
    sent = fields_of(page.text)
    assert sent["f-options-1-text"] == ["doi"]
    sent["f-options-1-text"] = ["două"]
    answer = client.post(path, data={**sent, "do": "apply"})
    shown = text_of(answer.text)
    assert "~două#Prea puțini." in shown
    assert "[fact:A1] [lesson:1.1]" in shown
    saved = post(client, path, text=shown, base=base, do="save")
    assert saved.status_code == 302
    assert versions(app, "proba-q1-01") == [2]


def test_a_questions_form_has_an_address_of_its_own(app, cast, course) -> None:
    client = owner(cast)
    path = "/courses/proba/quizzes/proba-q1/questions"
    sent = fields_of(client.get(path, query_string={"change": "proba-q1-01"}).text)
    assert sent["f-options-1-text"] == ["doi"]
    sent["f-options-1-text"] = ["două"]
    page = lxml.html.fromstring(client.post(path, data={**sent, "do": "apply"}).text)
    assert page.xpath("string(//*[@data-added])") == "Pusă în text, încă nesalvată."
    (form,) = page.xpath("//form[@data-at]")
    (box,) = page.xpath("//textarea[@name='text']")
    line = box.text.removeprefix("\n").split("\n")[int(form.get("data-at")) - 1]
    assert "[id:proba-q1-01]" in line
    assert 'name="text"' in client.get(path, query_string={"change": "nu-este"}).text


def test_a_changed_key_leads_to_what_it_would_move_and_to_its_old_comments(
    app, cast, course
) -> None:
    text, base = stored(app, course, "proba-q1")
    other = text.replace("=trei", "~trei").replace("~doi#", "=doi#")
    assert other != text
    page = post(owner(cast), "/courses/proba/quizzes/proba-q1/questions", text=other, base=base)
    assert "Răspunsul corect s-a schimbat, iar comentariile nu" in page.text
    assert "doi – Prea puțini." in page.text
    same = post(owner(cast), "/courses/proba/quizzes/proba-q1/questions", text=text, base=base)
    assert "iar comentariile nu" not in same.text


def test_what_was_put_in_is_counted_by_its_lines(app, cast, course) -> None:
    client = owner(cast)
    where = {"quiz": "", "module": module_id(app, course)}

    def said(text: str, lines: str) -> str:
        return post(
            client, "/courses/proba/workshop/preview", text=text, added=lines, **where
        ).json["added"]

    assert said(TEN, "37:39") == ""
    assert said(TEN, "46:49") == "1 întrebare adăugată la sfârșit, încă nesalvată."
    assert said(TEN, "1:9") == "2 întrebări adăugate la rândul 1, încă nesalvate."
    assert said(TEN, "x:9") == ""


def test_a_draw_is_said_beside_the_number_of_questions(app, cast, course) -> None:
    head = "---\ndraw: 4\n---\n"
    page = make(cast, app, course, text=head + TEN, do="preview").text
    assert "10 întrebări; fiecare cursant primește 4, la întâmplare" in page


def test_a_new_question_is_made_in_a_form_row_by_row_without_a_script(app, cast, course) -> None:
    client = owner(cast)
    path = "/courses/proba/new-quiz"
    page = post(client, path, text="", add="multiple_choice", module=module_id(app, course))
    sent = fields_of(page.text)
    sent |= {"f-stem": ["Care?"], "f-options-0-text": ["una"], "f-options-1-text": ["două"]}
    sent["f-options-right"] = ["0", "1"]
    sent |= {"f-options-0-percent": ["30"], "f-options-1-percent": ["30"]}
    wrong = client.post(path, data={**sent, "do": "apply"})
    assert wrong.status_code == 422
    assert "nu totalizează" in wrong.text or "100" in wrong.text
    spread = client.post(path, data={**sent, "row": "spread:options"})
    sent = fields_of(spread.text)
    assert sent["f-options-0-percent"] == ["50"]
    more = client.post(path, data={**sent, "row": "add:options"})
    assert len(fields_of(more.text)["f-options"]) == 5
    done = client.post(path, data={**sent, "do": "apply"})
    shown = text_of(done.text)
    assert "~%50%una" in shown
    assert "2 întrebări" not in done.text


@pytest.mark.parametrize("kind", ["single_choice", "true_false", "matching", "numerical"])
def test_each_usual_type_has_its_form(app, cast, course, kind) -> None:
    page = post(owner(cast), "/courses/proba/new-quiz", text="", add=kind)
    assert page.status_code == 200
    assert 'name="f-stem"' in page.text


@pytest.mark.parametrize(
    "form", [{"add": "nothing"}, {"form": "99"}, {"form": "x"}, {"row": "x"}, {"do": "apply"}]
)
def test_odd_buttons_lead_back_to_the_text(app, cast, course, form) -> None:
    page = post(owner(cast), "/courses/proba/new-quiz", text="1. C?\na) x\n*b) y", **form)
    assert page.status_code == 200
    assert 'name="text"' in page.text


# Documents and pictures --------------------------------------------------------------------------


def upload(client: FlaskClient, path: str, name: str, data: bytes, **form: str):
    sent = {"csrf_token": csrf(client), "file": (io.BytesIO(data), name), **form}
    return client.post(path, data=sent, content_type="multipart/form-data")


def word_file() -> bytes:
    made = docx.Document()
    made.add_paragraph("1. Ce se vede? ").add_run().add_picture(io.BytesIO(PNG))
    made.add_paragraph("a) roșu")
    made.add_paragraph("").add_run("b) verde").bold = True
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_a_document_comes_into_the_box_with_its_picture_and_goes_out_with_the_course(
    app, cast, course
) -> None:
    client = owner(cast)
    answer = upload(client, "/courses/proba/workshop/convert", "teste.docx", word_file())
    text = answer.json["text"]
    assert "*b) verde" in text
    name = re.search(r"!\[\]\(([0-9a-f]{20}\.png)\)", text)[1]
    shown = client.get(f"/courses/proba/figures/{name}")
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert make(cast, app, course, text=text).status_code == 302
    page = client.get(f"/courses/proba/quizzes/{quizzes(app, course)[-1].slug}/questions").text
    assert f"/courses/proba/figures/{name}" in page
    with app.app_context():
        exported = export_course(course.id)
        db.end_reading()
        assert f"figures/{name}" in exported
        import_files(exported)
        assert not plan_files(exported).has_changes
        db.end_reading()


def test_what_the_clipboard_holds_becomes_text(app, cast, course) -> None:
    picture = base64.b64encode(PNG).decode()
    html = (
        f"<ol><li>Câți? <img src='data:image/png;base64,{picture}'><ol type=a><li>doi</li>"
        "<li><b>trei</b></li></ol></li></ol><script>x</script>"
    )
    said = post(owner(cast), "/courses/proba/workshop/convert", html=html).json
    assert re.fullmatch(r"1\. Câți\? !\[\]\([0-9a-f]{20}\.png\)\na\) doi\n\*b\) trei", said["text"])
    broken = html.replace(picture, base64.b64encode(PNG[:60]).decode())
    said = post(owner(cast), "/courses/proba/workshop/convert", html=broken).json
    assert said["text"] == "1. Câți?\na) doi\n*b) trei"
    assert "lăsată deoparte" in said["notes"]


def test_without_a_script_a_file_is_put_after_the_text(app, cast, course) -> None:
    page = upload(
        owner(cast), "/courses/proba/new-quiz", "t.docx", word_file(), text="Prima", do="upload"
    )
    assert text_of(page.text).startswith("Prima\n\n1. Ce se vede?")
    assert "1 întrebare adăugată la sfârșit, încă nesalvată." in page.text
    assert 'data-at="3"' in page.text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("vechi.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "Salvare ca"),
        ("carte.pdf", b"%PDF-1.7", "Acesta nu este un document Word"),
        ("rupt.docx", word_file()[:999], "deteriorat"),
        ("rupt.png", PNG[:50], "deteriorat"),
    ],
)
def test_what_can_not_be_read_is_said_in_a_sentence(app, cast, course, name, data, said) -> None:
    answer = upload(owner(cast), "/courses/proba/workshop/convert", name, data)
    assert answer.status_code == 422
    assert said in answer.json["error"]
    page = upload(owner(cast), "/courses/proba/new-quiz", name, data, text="Prima", do="upload")
    assert said in page.text
    assert text_of(page.text) == "Prima"


def test_a_photograph_loses_what_its_camera_wrote(app, cast, course) -> None:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Aparatul lui Ion"
    Image.new("RGB", (3000, 2000), "blue").save(stream, "JPEG", exif=exif)
    client = owner(cast)
    said = upload(client, "/courses/proba/workshop/convert", "p.jpg", stream.getvalue()).json
    name = re.search(r"\((.*)\)", said["text"])[1]
    data = client.get(f"/courses/proba/figures/{name}").data
    assert b"Aparatul" not in data
    with Image.open(io.BytesIO(data)) as picture:
        assert max(picture.size) == 1600


def test_raised_letters_reach_the_learner_and_nothing_else_does(app, cast, course) -> None:
    text = "1. Câți m<sup>2</sup> <script>x</script><b>y</b>?\na) H<sub>2</sub>O\n*b) <u>z</u>"
    said = post(owner(cast), "/courses/proba/workshop/preview", text=text).json["html"]
    assert "m<sup>2</sup>" in said
    assert "H<sub>2</sub>O" in said
    assert "<script>" not in said
    assert "<b>y" not in said

"""Import and export over HTTP: looked at first, taken over by choice, taken back."""

from __future__ import annotations

import base64
import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from PIL import Image

from lms import clock, db
from lms.exchange.services import plan_files
from lms.quizzes.exchange.formats import Format, read_questions
from lms.quizzes.models import QuizImport
from tests.cast import csrf
from tests.quizzes.exchange.test_moodle_xml import CHOICE, HEAD, PIXEL
from tests.quizzes.workshop.test_pages import course, make, owner, quizzes, stored, versions

__all__ = ["course"]

MATCHING = """<question type="matching"><name><text>Perechi</text></name>
<questiontext format="html"><text>Potriviți.</text></questiontext><idnumber>per-1</idnumber>
<subquestion format="html"><text>unu</text><answer><text>1</text></answer></subquestion>
<subquestion format="html"><text>doi</text><answer><text>2</text></answer></subquestion>
</question>
"""
OTHER = '<question type="stack"><name><text>Formule</text></name></question>\n'
XML = f"{HEAD}{CHOICE}{OTHER}{MATCHING}</quiz>"
PAGE = "/courses/proba/quizzes/proba-q1/exchange"


def upload(cast, text: str | bytes = XML, name: str = "intrebari.xml", who: str = "owner"):
    client = cast.client(who)
    data = text.encode() if isinstance(text, str) else text
    return client.post(PAGE, data={"csrf_token": csrf(client), "file": (io.BytesIO(data), name)})


def dry_run(cast, **file):
    answer = upload(cast, **file)
    assert answer.status_code == 302, answer.text
    return answer.location, owner(cast).get(answer.location).text


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (3, 2), "teal").save(out, "PNG")
    return out.getvalue()


def base_of(html: str) -> str:
    return re.search(r'name="base" value="([^"]*)"', html)[1]


def take_over(cast, where: str, html: str, *ids: str, **form: str):
    client = owner(cast)
    chosen = list(ids) or re.findall(r'name="question" value="([^"]+)"', html)
    given = {"csrf_token": csrf(client), "base": base_of(html), "question": chosen, **form}
    return client.post(where, data=given)


def imports(app):
    with app.app_context():
        found = list(db.session().scalars(sa.select(QuizImport).order_by(QuizImport.id)))
        db.session().expunge_all()
        db.end_reading()
    return found


def take_back(cast, batch: QuizImport):
    client = owner(cast)
    where = f"{PAGE}/imports/{batch.id}"
    return client.post(where, data={"csrf_token": csrf(client)})


def test_a_file_is_looked_at_before_anything_is_changed(app, cast, course) -> None:
    before = stored(app, course, "proba-q1")
    _where, html = dry_run(cast)
    assert "2 întrebări de preluat" in html
    assert "acest tip de întrebare nu poate fi păstrat aici (stack)" in html
    assert "Care dintre?" in html
    assert re.findall(r'name="question" value="([^"]+)"', html) == ["lim-1", "per-1"]
    assert stored(app, course, "proba-q1") == before


def test_what_people_open_comes_first_and_what_platforms_read_stands_apart(cast, course) -> None:
    soup = BeautifulSoup(owner(cast).get(PAGE).data, "html.parser")
    first, second = soup.select("section[aria-labelledby=out-title] ul")
    assert [a.text.strip() for a in first.select("a")] == [
        "Word (DOCX)",
        "Excel (XLSX)",
        "Test pe hârtie (Word)",
    ]
    assert len(second.select("a")) == 7
    assert second.find_previous("h3").text == "Pentru alte platforme"


def test_the_good_ones_are_taken_over_by_choice_and_the_course_can_still_be_exported(
    app, cast, course
) -> None:
    where, html = dry_run(cast)
    client = owner(cast)
    chosen = {"csrf_token": csrf(client), "base": base_of(html), "question": ["lim-1"]}
    answer = client.post(where, data=chosen, follow_redirects=True)
    assert "1 întrebare a fost preluată." in answer.text
    text, _base = stored(app, course, "proba-q1")
    assert "[id:lim-1]" in text
    assert "per-1" not in text
    assert versions(app, "lim-1") == [1]
    [batch] = imports(app)
    assert [each["id"] for each in batch.questions] == ["lim-1"]


def test_the_same_file_a_second_time_changes_nothing(app, cast, course) -> None:
    where, html = dry_run(cast)
    take_over(cast, where, html)
    before = stored(app, course, "proba-q1")
    again, page = dry_run(cast)
    assert again == where, "the same bytes are one file"
    assert "2 există deja" in page
    assert take_over(cast, where, page).status_code == 302
    assert stored(app, course, "proba-q1") == before
    assert len(imports(app)) == 1


def test_mended_words_make_a_revision_and_another_key_a_version(app, cast, course) -> None:
    where, html = dry_run(cast)
    take_over(cast, where, html)
    mended = XML.replace("Care <strong>", "Care anume <strong>")
    where, html = dry_run(cast, text=mended)
    assert "există deja, cu alte cuvinte" in html
    take_over(cast, where, html)
    assert versions(app, "lim-1") == [2]
    other = mended.replace('fraction="33.33333"', 'fraction="0"')
    where, html = dry_run(cast, text=other)
    assert "altă cheie" in html
    take_over(cast, where, html)
    assert versions(app, "lim-1") == [2, 1]


def test_an_import_is_taken_back_and_the_text_is_as_it_was(app, cast, course) -> None:
    before, _ = stored(app, course, "proba-q1")
    where, html = dry_run(cast)
    take_over(cast, where, html)
    [batch] = imports(app)
    page = owner(cast).get(f"{PAGE}/imports/{batch.id}").text
    assert "2 întrebări se retrag" in page
    assert take_back(cast, batch).location.endswith("/exchange")
    assert stored(app, course, "proba-q1")[0] == before
    assert take_back(cast, batch).status_code == 302, "a second click does nothing"
    assert imports(app)[0].undone_at is not None
    where, html = dry_run(cast)
    assert "2 întrebări de preluat" in html, "what was taken back may come again"
    take_over(cast, where, html)
    assert "[id:lim-1]" in stored(app, course, "proba-q1")[0]


def test_a_changed_question_gets_back_what_it_was_and_one_mended_since_stays(
    app, cast, course
) -> None:
    where, html = dry_run(cast)
    take_over(cast, where, html)
    mended = XML.replace("Care <strong>", "Ce <strong>").replace("Potriviți.", "Alegeți.")
    where, html = dry_run(cast, text=mended)
    take_over(cast, where, html)
    client = owner(cast)
    text, base = stored(app, course, "proba-q1")
    text = text.replace("Alegeți.", "Uniți.")
    edited = {"csrf_token": csrf(client), "text": text, "base": base, "do": "save"}
    client.post("/courses/proba/quizzes/proba-q1/questions", data=edited)
    batch = imports(app)[-1]
    page = client.get(f"{PAGE}/imports/{batch.id}").text
    assert "rămâne: a fost modificată între timp" in page
    take_back(cast, batch)
    text, _ = stored(app, course, "proba-q1")
    assert "Care **dintre**" in text
    assert "Uniți." in text


@pytest.mark.parametrize("change", [("::Limite::", "::Limitele::"), ("ușor", "greu")])
def test_what_was_said_of_a_question_since_is_not_taken_back(app, cast, course, change) -> None:
    where, html = dry_run(cast)
    take_over(cast, where, html)
    text, base = stored(app, course, "proba-q1")
    assert change[0] in text
    client = owner(cast)
    edited = {"csrf_token": csrf(client), "text": text.replace(*change), "base": base, "do": "save"}
    client.post("/courses/proba/quizzes/proba-q1/questions", data=edited)
    take_back(cast, imports(app)[-1])
    text, _ = stored(app, course, "proba-q1")
    assert change[1] in text
    assert "per-1" not in text, "the other one goes"


def test_after_thirty_days_an_import_stays(app, cast, course, monkeypatch) -> None:
    where, html = dry_run(cast)
    take_over(cast, where, html)
    [batch] = imports(app)
    with app.app_context(), db.writing() as session:
        session.get_one(QuizImport, batch.id).made_at = clock.now() - timedelta(days=31)
    assert take_back(cast, batch).status_code == 409
    assert "Cele 30 de zile au trecut" in owner(cast).get(f"{PAGE}/imports/{batch.id}").text


def test_a_quiz_changed_meanwhile_is_shown_again(app, cast, course) -> None:
    where, html = dry_run(cast)
    client = owner(cast)
    text, base = stored(app, course, "proba-q1")
    changed = {"csrf_token": csrf(client), "text": text + "\nNou? {T}\n", "base": base}
    client.post("/courses/proba/quizzes/proba-q1/questions", data=changed | {"do": "save"})
    answer = take_over(cast, where, html)
    assert answer.status_code == 409
    assert "Nu s-a preluat nimic" in answer.text
    assert imports(app) == []
    assert take_over(cast, where, answer.text).status_code == 302


def test_a_picture_comes_in_is_served_and_goes_out_again(app, cast, course) -> None:
    body = CHOICE.replace(
        "</questiontext>",
        '<file name="x.png" path="/" encoding="base64">'
        f"{base64.b64encode(picture()).decode()}</file></questiontext>",
    ).replace("?</p>", '? <img src="@@PLUGINFILE@@/x.png" alt="o poză"></p>')
    where, html = dry_run(cast, text=f"{HEAD}{body}</quiz>")
    assert "o imagine se pierde" not in html
    take_over(cast, where, html)
    text, _ = stored(app, course, "proba-q1")
    [name] = re.findall(r"!\[o poză\]\(<?([0-9a-f]{20}\.png)>?\)", text)
    assert owner(cast).get(f"/courses/proba/figures/{name}").status_code == 200
    out = owner(cast).get(f"{PAGE}/file/moodle-xml").data
    assert f'<file name="{name}"'.encode() in out


def test_new_questions_of_a_published_quiz_wait_as_drafts_where_asked(app, cast, course) -> None:
    where, html = dry_run(cast)
    assert 'name="as_drafts"' in html
    take_over(cast, where, html, as_drafts="1")
    assert "[status:draft]" in stored(app, course, "proba-q1")[0]


def test_a_question_of_another_quiz_is_never_overwritten(app, cast, course) -> None:
    text, _ = stored(app, course, "proba-q1")
    taken = re.search(r"\[id:([^]]+)\]", text)[1]
    client = owner(cast)
    make(cast, app, course, text="Altfel? {T}")
    other = quizzes(app, course)[-1].slug
    data = f"// [id:{taken}]\nAltceva? {{T}}\n".encode()
    where = PAGE.replace("proba-q1", other)
    answer = client.post(
        where, data={"csrf_token": csrf(client), "file": (io.BytesIO(data), "a.gift")}
    )
    assert "alt test are o întrebare cu acest id" in client.get(answer.location).text


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "", "Alegeți mai întâi un fișier"),
        (PIXEL, "poza.xml", "literele fișierului nu pot fi citite"),
        (b"<html></html>", "pagina.html", "acest fel de fișier nu poate fi citit aici"),
        (b"// nimic\n", "gol.gift", "fișierul nu conține întrebări"),
    ],
)
def test_a_file_without_questions_is_refused_with_its_reason(
    app, cast, course, data, name, sentence
) -> None:
    answer = upload(cast, text=data, name=name)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize("form", list(Format))
def test_a_quiz_goes_out_in_every_format_and_comes_back(app, cast, course, form) -> None:
    answer = owner(cast).get(f"{PAGE}/file/{form}?others=1")
    assert answer.status_code == 200
    assert f"proba-q1-{form}" in answer.headers["Content-Disposition"]
    if form in {Format.DOCX, Format.PAPER_TEST}:  # no ids in them
        assert answer.data.startswith(b"PK")
        return
    found = [r for r in read_questions(answer.data, "", form).questions if r.is_good]
    assert found
    if form is not Format.AIKEN:
        assert "proba-q1-01" in {r.id for r in found}


def test_what_came_in_is_part_of_the_course_that_goes_out(app, cast, course) -> None:
    where, html = dry_run(cast)
    take_over(cast, where, html)
    with app.app_context():
        from lms.exchange.services import export_course

        exported = export_course(course.id)
        plan = plan_files(exported)
        db.end_reading()
    assert any(b"[id:lim-1]" in data for data in exported.values())
    assert plan is not None


def test_who_may_not_edit_sees_no_form(app, cast, course) -> None:
    html = cast.client("registrar").get(PAGE).text
    assert "Aduceți întrebări" not in html
    assert "moodle-xml" in html

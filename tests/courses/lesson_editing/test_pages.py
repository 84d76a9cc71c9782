"""The lesson's editor over HTTP: saved as an import would, never over somebody else's words."""

from __future__ import annotations

import io
import re

import lxml.html
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from lms import db
from lms.accounts.models import Person
from lms.courses.models import BinnedPart, ContentItem, Lesson, LessonDraft, LessonVersion
from lms.exchange.course_files import read_course
from lms.exchange.services import export_course, plan_files
from lms.quizzes.models import Question
from lms.quizzes.services import locks
from tests.access.samples import PNG, make_picture
from tests.cast import Cast, csrf
from tests.exchange.outlining.test_outline import done
from tests.exchange.sample import FIGURE, LESSON, files, import_files

PAGE = "/courses/proba/1-inceputul/1-1-primul-pas"
LIBRARY = "/courses/proba/library"


@pytest.fixture
def course(app: Flask, cast: Cast) -> int:
    with app.app_context():
        cast.course_id = import_files(files())
    return cast.course_id


@pytest.fixture
def trainer(cast: Cast, course: int) -> FlaskClient:
    return cast.client("owner")


def post(client: FlaskClient, path: str, **form):
    return client.post(path, data={"csrf_token": csrf(client), **form})


def form_of(client: FlaskClient, path: str = f"{PAGE}/edit") -> dict[str, str]:
    """Return what the form holds as a browser would send it."""
    return held_by(client.get(path))


def held_by(answer) -> dict[str, str]:
    """Return what the form of a page holds."""
    page = lxml.html.fromstring(answer.get_data(as_text=True))
    (form,) = [f for f in page.forms if "lesson-form" in f.get("class", "")]
    held = {name: value or "" for name, value in form.form_values()}
    for name in ("body", "rest"):
        held[name] = held[name].removeprefix("\n")
    return {n: v for n, v in held.items() if n not in ("csrf_token", "file")}


def save(client: FlaskClient, **changes: str):
    return post(client, f"{PAGE}/edit", **{**form_of(client), **changes, "do": "save"})


def source(app: Flask, course: int) -> str:
    with app.app_context():
        text = export_course(course)[LESSON].decode()
        db.end_reading()
    return text


def one(app: Flask, statement):
    with app.app_context():
        found = db.session().execute(statement).one()
        db.end_reading()
    return found


def count(app: Flask, model) -> int:
    return one(app, sa.select(sa.func.count()).select_from(model))[0]


def errors(answer) -> str:
    page = lxml.html.fromstring(answer.get_data(as_text=True))
    return " ".join(e.text_content() for e in page.find_class("error-summary"))


# Saving ----------------------------------------------------------------------------------------


def test_a_form_sent_back_as_it_came_changes_nothing(app, course, trainer) -> None:
    before = source(app, course)
    assert save(trainer).status_code == 302
    assert source(app, course) == before
    assert count(app, LessonVersion) == 0


def test_what_is_saved_is_read_by_learners_and_goes_out_with_the_course(
    app, course, trainer
) -> None:
    answer = save(trainer, title_ro="Pasul întâi", reading="7", body="## Nou\r\n\r\nRând **tare**.")
    assert answer.status_code == 302
    page = trainer.get(PAGE).get_data(as_text=True)
    assert "<strong>tare</strong>" in page
    assert "Pasul întâi" in page
    with app.app_context():
        exported = export_course(course)
        plan = plan_files(exported)
        assert read_course(exported).errors == ()
        db.end_reading()
    assert plan.draft_lessons == ()
    row = one(
        app,
        sa.select(Lesson.title_ro, Lesson.reading_minutes, Lesson.version).where(
            Lesson.slug == "1-1-primul-pas"
        ),
    )
    assert row == ("Pasul întâi", 7, 2)
    item = one(
        app,
        sa.select(ContentItem.source_hash, ContentItem.base_hash).where(ContentItem.path == LESSON),
    )
    assert item.source_hash != item.base_hash  # an import sees that it was changed here


def test_a_second_click_saves_once(app, course, trainer) -> None:
    form = {**form_of(trainer), "body": "Altfel.", "do": "save"}
    for _click in range(2):
        assert post(trainer, f"{PAGE}/edit", **form).status_code == 302
    assert count(app, LessonVersion) == 2  # what it was, and what it is


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"body": ""}, "nu are text", id="no text"),
        pytest.param({"body": "![x](figures/nu.png)"}, "figures/nu.png", id="no such picture"),
        pytest.param({"body": "[x](pagina.html)"}, "pagina.html", id="a link to nowhere"),
        pytest.param({"reading": "multe"}, "reading", id="minutes that are no number"),
        pytest.param({"title_ro": ""}, "", id="no title"),
        pytest.param({"rest": "facts: [Z9]"}, "Z9", id="a fact that is not there"),
        pytest.param({"rest": "id: altul\nnumber: '9'"}, "", id="another id"),
        pytest.param({"rest": "{"}, "", id="what can't be read"),
    ],
)
def test_what_the_course_could_not_hold_is_refused_and_kept_on_the_page(
    app, course, trainer, changes, said
) -> None:
    before = source(app, course)
    answer = save(trainer, **changes)
    assert answer.status_code == 422
    assert said in errors(answer)
    assert source(app, course) == before
    name, typed = next(iter(changes.items()))
    page = lxml.html.fromstring(answer.get_data(as_text=True))
    (form,) = [f for f in page.forms if "lesson-form" in f.get("class", "")]
    assert (form.fields[name] or "").strip() == typed


def test_a_lesson_that_questions_name_keeps_its_number(app, course, trainer) -> None:
    before = source(app, course)
    rest = form_of(trainer)["rest"]
    answer = save(trainer, rest=rest.replace("1.1", "1.9"))
    assert answer.status_code == 422
    assert "1.1" in errors(answer)
    assert source(app, course) == before
    unnamed = "/courses/proba/1-inceputul/1-2-al-doilea-pas/edit"
    with app.app_context(), db.writing() as session:
        session.execute(sa.update(Question).values(lesson_number="1.1"))
    form = form_of(trainer, unnamed)
    form = {**form, "rest": form["rest"].replace("1.2", "1.9"), "do": "save"}
    assert post(trainer, unnamed, **form).status_code == 302


def test_who_saves_second_overwrites_nothing_and_loses_nothing(app, course, trainer) -> None:
    mine = form_of(trainer)
    assert save(trainer, body="Al celuilalt.").status_code == 302
    answer = post(trainer, f"{PAGE}/edit", **{**mine, "body": "Al meu.", "do": "save"})
    assert answer.status_code == 409
    said = errors(answer)
    assert "Al celuilalt." in said
    assert "Al meu." in said
    assert source(app, course).endswith("Al celuilalt.\n")
    again = form_of(trainer)  # kept as a draft, on the text that stands now
    assert again["body"] == "Al meu."
    assert post(trainer, f"{PAGE}/edit", **{**again, "do": "save"}).status_code == 302
    assert source(app, course).endswith("Al meu.\n")


def test_another_change_of_the_course_meanwhile_does_not_stand_in_the_way(
    app, course, trainer
) -> None:
    form = form_of(trainer)
    with app.app_context(), db.writing():
        locks.course(course).version += 1
    answer = post(trainer, f"{PAGE}/edit", **{**form, "body": "Altfel.", "do": "save"})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"do": "save"},
        {"do": "x" * 300, "body": "\x00\x01", "base": "y" * 999},
        {"do": "save", "body": "# " * 60_000, "rest": "a: &a [*a]"},
        {"do": "look", "body": "> " * 5000},
        {"do": "picture"},
        {"do": "discard"},
    ],
)
def test_odd_forms_are_answered_with_a_page(app, course, trainer, form) -> None:
    before = source(app, course)
    assert post(trainer, f"{PAGE}/edit", **form).status_code in (200, 302, 409, 422)
    assert post(trainer, f"{PAGE}/edit/preview", **form).status_code in (200, 422)
    assert post(trainer, f"{PAGE}/edit/draft", **form).status_code in (200, 422)
    assert source(app, course) == before
    assert trainer.get(f"{PAGE}/edit").status_code == 200


# The preview and what is pasted ------------------------------------------------------------------


def test_the_preview_is_drawn_as_learners_read_it_and_faults_have_their_line(
    app, course, trainer
) -> None:
    body = "Bine.\n\n<b>nu</b> [x](y)\n\n![un drum prin sat](figures/drum.svg)"
    said = post(trainer, f"{PAGE}/edit/preview", **{**form_of(trainer), "body": body}).get_json()
    assert "/courses/proba/figures/drum.svg" in said["html"]
    assert "<b>nu" not in said["html"]
    assert said["lines"] == {"3": "bad"}
    assert count(app, LessonDraft) == 0


def test_a_pasted_picture_is_kept_in_the_course_and_shown(app, course, trainer) -> None:
    answer = post(trainer, f"{PAGE}/edit/convert", file=(io.BytesIO(PNG), "poza.png"))
    text = answer.get_json()["text"]
    name = re.fullmatch(r"!\[\]\((figures/[0-9a-f]{20}\.png)\)", text)[1]
    assert save(trainer, body=f"Iată: ![o poză cu noi]({name})").status_code == 302
    assert trainer.get(f"/courses/proba/{name}").status_code == 200
    with app.app_context():
        assert name in export_course(course)
        db.end_reading()


def test_without_a_script_a_picture_is_put_at_the_end(app, course, trainer) -> None:
    form = {**form_of(trainer), "do": "picture", "file": (io.BytesIO(PNG), "poza.png")}
    page = post(trainer, f"{PAGE}/edit", **form).get_data(as_text=True)
    assert re.search(r"!\[\]\(figures/[0-9a-f]{20}\.png\)", page)
    assert "![](figures/" in form_of(trainer)["body"]  # it is in the draft too


def test_what_is_no_picture_is_said(course, trainer) -> None:
    answer = post(trainer, f"{PAGE}/edit/convert", file=(io.BytesIO(b"GIF8nu"), "x.gif"))
    assert answer.get_json()["text"] == ""
    assert "1" in answer.get_json()["notes"]


# Drafts ------------------------------------------------------------------------------------------


def test_a_draft_is_there_again_after_signing_out_and_goes_when_saved(
    app, cast, course, trainer
) -> None:
    form = {**form_of(trainer), "body": "Neterminat"}
    assert post(trainer, f"{PAGE}/edit/draft", **form).get_json()["is_outdone"] is False
    post(trainer, "/sign-out")
    again = cast.client("owner")
    assert form_of(again)["body"] == "Neterminat"
    assert "Neterminat" not in source(app, course)
    assert save(again).status_code == 302
    assert source(app, course).endswith("Neterminat\n")
    assert one(app, sa.select(LessonDraft.text))[0] is None


def test_a_draft_is_thrown_away_when_asked(app, course, trainer) -> None:
    post(trainer, f"{PAGE}/edit/draft", **{**form_of(trainer), "body": "Neterminat"})
    assert post(trainer, f"{PAGE}/edit", **{**form_of(trainer), "do": "discard"}).location
    assert "Neterminat" not in trainer.get(f"{PAGE}/edit").get_data(as_text=True)


def test_a_draft_of_what_is_saved_is_none(app, course, trainer) -> None:
    post(trainer, f"{PAGE}/edit/draft", **form_of(trainer))
    assert count(app, LessonDraft) == 0


def test_the_draft_is_seen_as_a_learner_would_see_it_and_by_nobody_else(
    app, cast, course, trainer
) -> None:
    form = {**form_of(trainer), "body": "## Așa va fi\n\nBine.", "do": "look"}
    answer = post(trainer, f"{PAGE}/edit", **form)
    assert "Așa va fi" in trainer.get(answer.location).get_data(as_text=True)
    assert "Așa va fi" not in trainer.get(PAGE).get_data(as_text=True)


def looked_at(client: FlaskClient, **changes: str) -> tuple[str, dict[str, str]]:
    """Write something and look at it as a learner; return the page, and what its form holds."""
    answer = post(client, f"{PAGE}/edit", **{**form_of(client), **changes, "do": "look"})
    page = client.get(answer.location).get_data(as_text=True)
    forms = [f for f in lxml.html.fromstring(page).forms if f.action == f"{PAGE}/edit"]
    held = {name: value or "" for form in forms for name, value in form.form_values()}
    held.pop("csrf_token", None)
    return page, held


def test_a_draft_that_is_seen_as_a_learner_sees_it_is_saved_from_there(
    app, course, trainer
) -> None:
    page, held = looked_at(trainer, title_ro="Pasul „întâi”", body="## Așa va fi\n\nRând & gata.")
    assert "încă nesalvată" in page
    assert post(trainer, f"{PAGE}/edit", **{**held, "do": "save"}).status_code == 302
    assert source(app, course).endswith("\n## Așa va fi\n\nRând & gata.\n")
    assert "Pasul „întâi”" in trainer.get(PAGE).get_data(as_text=True)
    assert one(app, sa.select(LessonDraft.text))[0] is None
    again = trainer.get(f"{PAGE}/edit/as-learner").get_data(as_text=True)
    assert "Salvați lecția" not in again  # nothing is left to save


def test_what_is_saved_from_there_is_never_put_over_somebody_elses(
    app, cast, course, trainer
) -> None:
    _page, held = looked_at(trainer, body="Al meu.")
    assert save(cast.client("registrar"), body="Al altcuiva.").status_code == 302
    refused = post(trainer, f"{PAGE}/edit", **{**held, "do": "save"})
    assert refused.status_code == 409
    assert "Al altcuiva." in errors(refused)
    assert held_by(refused)["body"] == "Al meu."
    assert source(app, course).endswith("Al altcuiva.\n")


def test_the_foot_says_that_a_draft_is_not_saved(course, trainer) -> None:
    def foot() -> str:
        page = lxml.html.fromstring(trainer.get(f"{PAGE}/edit").get_data(as_text=True))
        return page.get_element_by_id("text-summary").text_content()

    assert "Modificări nesalvate" not in foot()
    form = {**form_of(trainer), "body": "Neterminat"}
    said = post(trainer, f"{PAGE}/edit/preview", **form).get_json()
    assert said["summary"].startswith("Modificări nesalvate")
    post(trainer, f"{PAGE}/edit/draft", **form)
    assert foot().startswith("Modificări nesalvate")
    save(trainer)
    assert "Modificări nesalvate" not in foot()


def test_a_source_without_an_address_is_named_as_learners_see_it(app, course, trainer) -> None:
    sources = 'sources: [{title: "Legea 350/2005"}, {title: Ghid, url: "https://exemplu.ro/g"}]\n'
    form = form_of(trainer)
    rest = form["rest"].replace("\r", "") + "\n" + sources
    answer = post(trainer, f"{PAGE}/edit", **{**form, "rest": rest, "do": "look"})
    page = trainer.get(answer.location)
    assert page.status_code == 200
    assert "Legea 350/2005" in page.get_data(as_text=True)
    assert 'href="https://exemplu.ro/g"' in page.get_data(as_text=True)


def test_a_second_window_writes_over_nothing_that_it_has_not_seen(app, course, trainer) -> None:
    first, second = form_of(trainer), form_of(trainer)
    assert post(trainer, f"{PAGE}/edit/draft", **{**first, "body": "Unu"}).get_json()["number"] == 1
    said = post(trainer, f"{PAGE}/edit/draft", **{**second, "body": "Doi"}).get_json()
    assert said["number"] is None
    assert "notice-warn" in said["others"]
    assert one(app, sa.select(LessonDraft.text))[0].endswith("Unu\n")
    # The first goes on, even where an answer was lost on the way.
    assert post(trainer, f"{PAGE}/edit/draft", **{**first, "body": "Unu, mai"}).get_json()["number"]
    shown = post(trainer, f"{PAGE}/edit", **{**second, "body": "Doi", "do": "preview"})
    assert shown.status_code == 409
    assert "Unu, mai" in errors(shown)
    held = held_by(shown)
    assert held["body"] == "Doi"  # it is on the page, and may now take the draft's place
    assert post(trainer, f"{PAGE}/edit/draft", **held).get_json()["number"] == 3
    assert (
        post(trainer, f"{PAGE}/edit/draft", **{**first, "body": "Unu"}).get_json()["number"] is None
    )


def test_what_one_window_saves_leaves_the_draft_of_the_other(app, course, trainer) -> None:
    first, second = form_of(trainer), form_of(trainer)
    post(trainer, f"{PAGE}/edit/draft", **{**first, "body": "Neterminat"})
    assert (
        post(trainer, f"{PAGE}/edit", **{**second, "body": "Gata.", "do": "save"}).status_code
        == 302
    )
    assert source(app, course).endswith("Gata.\n")
    assert form_of(trainer)["body"] == "Neterminat"
    assert save(trainer).status_code == 409  # what was saved meanwhile is shown first


def test_a_text_that_arrives_after_the_sign_in_ended_is_handed_back(app, course, trainer) -> None:
    form = {
        **form_of(trainer),
        "csrf_token": csrf(trainer),
        "body": "Scris <b>mult</b>",
        "do": "save",
    }
    post(trainer, "/sign-out")
    answer = trainer.post(f"{PAGE}/edit", data=form)
    assert answer.status_code in (400, 401)
    page = lxml.html.fromstring(answer.get_data(as_text=True))
    assert page.get_element_by_id("body").text.strip() == "Scris <b>mult</b>"
    assert page.xpath("//main//a[contains(@class, 'button')]/@href") == [f"{PAGE}/edit"]
    assert "Scris" not in source(app, course)


def test_a_lesson_that_is_a_draft_is_hidden_from_learners_and_can_be_written(
    app, cast, course, trainer
) -> None:
    assert save(trainer, draft="1").status_code == 302
    assert "draft: true" in source(app, course)
    assert form_of(trainer)["draft"] == "1"
    shown = sa.select(Lesson.withdrawn_at, Lesson.is_published).where(
        Lesson.slug == "1-1-primul-pas"
    )
    assert one(app, shown).withdrawn_at is not None
    assert trainer.get(PAGE).status_code == 200
    with app.app_context():
        exported = export_course(course)
        assert read_course(exported).errors == ()
        db.end_reading()
        import_files(exported)
        assert export_course(course) == exported
        db.end_reading()
    assert one(app, shown).withdrawn_at is not None
    page = form_of(trainer)
    del page["draft"]
    assert post(trainer, f"{PAGE}/edit", **page, do="save").status_code == 302
    assert "draft:" not in source(app, course)
    assert one(app, shown) == (None, True)


def test_two_at_one_lesson_are_told_of_each_other(app, cast, course, trainer) -> None:
    trainer_too = cast.client("registrar")
    post(trainer, f"{PAGE}/edit/draft", **{**form_of(trainer), "body": "Eu scriu"})
    page = trainer_too.get(f"{PAGE}/edit")
    assert page.status_code == 200
    owner = one(app, sa.select(Person.family_name).where(Person.id == cast.persons["owner"]))
    assert owner.family_name in page.get_data(as_text=True)
    assert "Eu scriu" not in page.get_data(as_text=True)
    said = post(trainer_too, f"{PAGE}/edit/draft", here="1").get_json()
    assert "notice-warn" in said["others"]
    said = post(trainer, f"{PAGE}/edit/draft", here="1").get_json()
    assert "notice-warn" in said["others"]


# History -----------------------------------------------------------------------------------------


def test_the_history_shows_what_changed_and_brings_it_back(app, course, trainer) -> None:
    first = source(app, course)
    save(trainer, body="Două vorbe.")
    save(trainer, body="Trei vorbe.")
    assert "3" in trainer.get(f"{PAGE}/history").get_data(as_text=True)
    page = lxml.html.fromstring(trainer.get(f"{PAGE}/history/3").get_data(as_text=True))
    assert "Două" in page.xpath("string(//del)")
    assert "Trei" in page.xpath("string(//ins)")
    assert trainer.get(f"{PAGE}/history/1?since=now").status_code == 200
    oldest = trainer.get(f"{PAGE}/history/1").get_data(as_text=True)
    assert "<ins>" in oldest  # nothing stands before it: what was changed since is shown
    assert post(trainer, f"{PAGE}/history/1/restore").status_code == 302
    assert source(app, course) == first
    assert one(app, sa.select(LessonVersion.restored_from).where(LessonVersion.number == 4))[0] == 1
    assert trainer.get(f"{PAGE}/history/9").status_code == 404
    assert post(trainer, f"{PAGE}/history/9/restore").status_code == 404


def test_what_an_import_overwrites_is_in_the_history(app, course, trainer) -> None:
    save(trainer, body="Scris aici.")
    changed = files()
    changed[LESSON] = changed[LESSON] + b"\nDin dosar.\n"
    with app.app_context():
        import_files(changed, overwrite=["proba-1-1"])
    page = trainer.get(f"{PAGE}/history").get_data(as_text=True)
    assert "history/3" in page
    assert "Scris aici." in trainer.get(f"{PAGE}/history/2").get_data(as_text=True)


def test_a_version_that_the_course_can_not_hold_any_more_is_not_brought_back(
    app, course, trainer
) -> None:
    answer = post(trainer, LIBRARY, file=(io.BytesIO(PNG), "Poza mea.png"))
    save(trainer, body="![o poză cu noi](figures/poza-mea.png)")
    save(trainer, body="Fără poză.")
    with app.app_context(), db.writing() as session:
        session.execute(sa.text("DELETE FROM course_figures WHERE name = 'poza-mea.png'"))
    assert answer.status_code == 302
    answer = post(trainer, f"{PAGE}/history/2/restore")
    assert answer.location.endswith("/history/2")
    assert source(app, course).endswith("Fără poză.\n")


# Pictures ----------------------------------------------------------------------------------------


def test_pictures_are_listed_with_where_they_are_used(course, trainer) -> None:
    page = trainer.get(LIBRARY).get_data(as_text=True)
    assert FIGURE.removeprefix("figures/") in page


def test_a_picture_is_added_once_and_another_of_the_same_name_beside_it(
    app, course, trainer
) -> None:
    for data in (PNG, PNG, make_picture("#aa0000")):
        post(trainer, LIBRARY, file=(io.BytesIO(data), "Harta Satului.PNG"))
    with app.app_context():
        found = {p for p in export_course(course) if "harta" in p}
        db.end_reading()
    assert found == {"figures/harta-satului.png", "figures/harta-satului-2.png"}


def test_a_replaced_picture_is_shown_wherever_the_old_one_was(app, course, trainer) -> None:
    post(trainer, LIBRARY, file=(io.BytesIO(PNG), "harta.png"))
    old = trainer.get("/courses/proba/figures/harta.png").data
    address = f"{LIBRARY}/harta.png/replace"
    post(trainer, address, file=(io.BytesIO(make_picture("#aa0000")), "alta.png"))
    assert trainer.get("/courses/proba/figures/harta.png").data != old
    now = trainer.get("/courses/proba/figures/harta.png").data
    post(trainer, address, file=(io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "a.svg"))
    post(trainer, address, file=(io.BytesIO(b"nimic"), "a.png"))
    assert trainer.get("/courses/proba/figures/harta.png").data == now


def test_only_what_nothing_shows_is_removed(app, course, trainer) -> None:
    post(trainer, LIBRARY, file=(io.BytesIO(PNG), "harta.png"))
    save(trainer, body="![harta satului nostru](figures/harta.png)")
    post(trainer, f"{LIBRARY}/harta.png/remove")
    assert trainer.get("/courses/proba/figures/harta.png").status_code == 200
    save(trainer, body="Fără.")
    post(trainer, f"{LIBRARY}/harta.png/remove")
    with app.app_context():
        assert "figures/harta.png" not in export_course(course)
        db.end_reading()
    # An older version shows it: brought back, it finds its picture.
    assert trainer.get("/courses/proba/figures/harta.png").status_code == 200
    assert post(trainer, f"{LIBRARY}/harta.png/remove").status_code == 404
    post(trainer, f"{PAGE}/history/2/restore")
    with app.app_context():
        assert "figures/harta.png" in export_course(course)
        db.end_reading()


def test_a_picture_that_nothing_ever_showed_goes_altogether(course, trainer) -> None:
    post(trainer, LIBRARY, file=(io.BytesIO(PNG), "gresit.png"))
    post(trainer, f"{LIBRARY}/gresit.png/remove")
    assert trainer.get("/courses/proba/figures/gresit.png").status_code == 404


def test_a_picture_of_a_lesson_in_the_bin_stays_and_is_there_when_it_comes_back(
    app, course, trainer
) -> None:
    done(trainer, "remove:proba-1-1")
    assert "Primul pas" in waiting(trainer)
    post(trainer, f"{LIBRARY}/drum.svg/remove")
    restore = f"restore:{one(app, sa.select(BinnedPart.id))[0]}"
    done(trainer, restore)
    assert FIGURE in source(app, course)
    assert "drum" in trainer.get(PAGE).get_data(as_text=True)
    assert "Primul pas" not in waiting(trainer)


def test_a_picture_of_a_draft_stays(app, course, trainer) -> None:
    post(trainer, LIBRARY, file=(io.BytesIO(PNG), "harta.png"))
    text = "![harta satului nostru](figures/harta.png)"
    post(trainer, f"{PAGE}/edit/draft", **{**form_of(trainer), "body": text})
    assert "Primul pas" in waiting(trainer)
    post(trainer, f"{LIBRARY}/harta.png/remove")
    assert save(trainer).status_code == 302
    assert "figures/harta.png" in source(app, course)


def waiting(client: FlaskClient) -> str:
    """Return the library's lines of what waits in the bin or in a draft."""
    page = lxml.html.fromstring(client.get(LIBRARY).get_data(as_text=True))
    lines = (" ".join(p.text_content().split()) for p in page.xpath("//main//p"))
    return " ".join(line for line in lines if "coș" in line and ":" in line)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nimic",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_what_is_no_picture_is_not_taken(app, course, trainer, data) -> None:
    with app.app_context():
        before = set(export_course(course))
        db.end_reading()
    for name in ("x.svg", "x.png", "../../x.png", "ș" * 300 + ".png"):
        assert post(trainer, LIBRARY, file=(io.BytesIO(data), name)).status_code == 302
    with app.app_context():
        assert set(export_course(course)) == before
        db.end_reading()

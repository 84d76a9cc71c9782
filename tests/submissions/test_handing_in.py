"""What a learner does with an exercise: write, save, hand in; twice, late, in two windows."""

from __future__ import annotations

import io

import pytest

from lms import db
from lms.courses.exercises import ExerciseState
from lms.courses.models import Enrolment, LessonProgress
from lms.files.models import StoredFile
from tests.access.asking import ask
from tests.submissions.test_uploads import GOOD, PDF
from tests.submissions.works import (
    EXERCISE,
    LESSON,
    comments,
    fields_of,
    give_exercise,
    open_exercise,
    rows,
    save,
    send_file,
    versions,
    works,
    write,
)


@pytest.fixture
def learner(cast):
    give_exercise(cast, "text")
    return cast.client("learner")


def comment(cast, text="Bine.", *, do="close", part="trainer"):
    client = cast.client(part)
    path = f"/submissions/{works(cast)[0].id}"
    page = fields_of(client.get(path).text)
    return ask(client, "POST", f"{path}/comments", {**page, "text": text, "do": do})


def test_a_lesson_ends_with_its_exercise(cast, learner):
    page = learner.get(LESSON).text
    assert "Harta mea" in page
    assert "Scrieți ce ați desenat." in page
    assert page.index(EXERCISE) < page.index("Am citit, mai departe")


def test_a_lesson_without_one_has_no_such_page(cast):
    assert cast.client("learner").get(EXERCISE).status_code == 404
    assert "Exercițiu" not in cast.client("learner").get(LESSON).text


def test_a_text_is_handed_in(cast, learner):
    answer = write(learner, "Am desenat\r\n  o hartă. ")
    assert answer.status_code == 302
    (version,) = versions(cast)
    assert (version.number, version.content) == (1, {"text": "Am desenat\n  o hartă."})
    assert works(cast)[0].state is ExerciseState.HANDED_IN
    page = learner.get(EXERCISE).text
    assert "Am desenat\n  o hartă." in page
    assert "Ce ați predat" in page
    assert "exercițiul este predat" in learner.get("/courses/curs").text


def test_a_double_click_hands_in_once(cast, learner):
    page = open_exercise(learner)
    assert write(learner, "O hartă", page).status_code == 302
    assert write(learner, "O hartă", page).status_code == 302
    assert len(versions(cast)) == 1


def test_the_same_text_from_a_fresh_page_adds_nothing(cast, learner):
    write(learner, "O hartă")
    write(learner, "O hartă")
    assert len(versions(cast)) == 1


def test_a_better_text_is_a_second_version_and_the_first_stays(cast, learner):
    write(learner, "O hartă")
    write(learner, "O hartă mai bună")
    assert [v.content["text"] for v in versions(cast)] == ["O hartă", "O hartă mai bună"]
    assert len(works(cast)) == 1


def test_a_page_that_the_browser_shows_again_loses_no_text(cast, learner):
    page = open_exercise(learner)
    write(learner, "Întâi", page)
    assert write(learner, "Apoi", page).status_code == 302
    assert [v.content["text"] for v in versions(cast)] == ["Întâi", "Apoi"]


def test_nothing_is_not_handed_in(cast, learner):
    answer = write(learner, " \n ")
    assert answer.status_code == 422
    assert "Încă nu ați scris nimic" in answer.text
    assert works(cast) == []


def test_too_long_a_text_is_kept_on_the_page(cast, learner):
    text = "ă" * 20_001
    answer = write(learner, text)
    assert answer.status_code == 422
    assert text in answer.text
    assert works(cast) == []


def test_a_draft_is_saved_while_typing_and_found_again(cast, learner):
    page = open_exercise(learner)
    answer = save(learner, "Înce", page, turn="2")
    assert answer.status_code == 200
    assert answer.json["message"].startswith("Salvat la ")
    assert (
        save(learner, "Început", page, turn="3", seen=str(answer.json["seen"])).status_code == 200
    )
    (work,) = works(cast)
    assert (work.state, work.draft) == (ExerciseState.BEGUN, {"text": "Început"})
    assert versions(cast) == []
    assert "Început" in cast.client("learner").get(EXERCISE).text
    assert "exercițiul este început" in learner.get("/courses/curs").text


def test_a_draft_is_nobody_elses(cast, learner):
    save(learner, "Numai al meu", open_exercise(learner))
    for part in ("trainer", "registrar", "auditor", "owner"):
        assert cast.client(part).get(f"/submissions/{works(cast)[0].id}").status_code == 404
        assert "Numai al meu" not in cast.client(part).get("/submissions?show=all").text
    assert "Numai al meu" not in cast.client("classmate").get(EXERCISE).text


def test_a_draft_is_saved_without_a_script_too(cast, learner):
    page = open_exercise(learner)
    answer = ask(learner, "POST", f"{EXERCISE}/draft", {**page, "f-text": "Cu mâna"})
    assert answer.status_code == 302
    assert "Încă nu este predată" in learner.get(EXERCISE).text
    assert works(cast)[0].draft == {"text": "Cu mâna"}


def test_a_save_that_was_overtaken_covers_nothing(cast, learner):
    page = open_exercise(learner)
    save(learner, "nou", page, turn="5")
    assert save(learner, "vechi", page, turn="4").status_code == 200
    assert works(cast)[0].draft == {"text": "nou"}


def test_a_late_window_covers_nothing_and_is_told(cast, learner):
    early, late = open_exercise(learner), open_exercise(learner)
    save(learner, "din prima fereastră", early, turn="2")
    answer = save(learner, "din a doua", late, turn="2")
    assert answer.status_code == 409
    assert "Altă fereastră" in answer.json["error"]
    assert works(cast)[0].draft == {"text": "din prima fereastră"}


def test_a_late_window_that_hands_in_sees_both_texts_and_chooses(cast, learner):
    late = open_exercise(learner)
    save(learner, "din altă fereastră", open_exercise(learner), turn="2")
    answer = write(learner, "din aceasta", late)
    assert answer.status_code == 409
    assert "din altă fereastră" in answer.text
    assert "din aceasta" in answer.text
    assert versions(cast) == []
    assert write(learner, "din aceasta", fields_of(answer.text)).status_code == 302
    assert versions(cast)[0].content == {"text": "din aceasta"}


def test_two_windows_with_the_same_text_agree(cast, learner):
    late = open_exercise(learner)
    save(learner, "la fel", open_exercise(learner), turn="2")
    assert save(learner, "la fel", late, turn="2").status_code == 200
    assert write(learner, "la fel", late).status_code == 302


def test_a_draft_beside_a_version_leaves_the_version(cast, learner):
    write(learner, "O hartă")
    save(learner, "O hartă și ceva", open_exercise(learner), turn="2")
    (work,) = works(cast)
    assert (work.state, work.version_number) == (ExerciseState.HANDED_IN, 1)
    assert work.draft == {"text": "O hartă și ceva"}
    assert "O hartă și ceva" not in cast.client("trainer").get(f"/submissions/{work.id}").text


def test_after_the_trainer_has_closed_it_nothing_is_added_and_nothing_lost(cast, learner):
    write(learner, "O hartă")
    late = open_exercise(learner)
    assert comment(cast).status_code == 302
    assert works(cast)[0].state is ExerciseState.COMMENTED
    answer = write(learner, "Prea târziu", late)
    assert answer.status_code == 409
    assert "Prea târziu" in answer.text
    assert save(learner, "Prea târziu", late, turn="9").status_code == 409
    assert len(versions(cast)) == 1
    page = learner.get(EXERCISE).text
    assert "work-form" not in page
    assert "Bine." in page


def test_reopened_it_is_handed_in_again_and_the_comment_stays(cast, learner):
    write(learner, "O hartă")
    comment(cast, "Mai adăugați un actor.", do="reopen")
    page = learner.get(EXERCISE).text
    assert "Mai adăugați un actor." in page
    assert "Vi se cere o versiune nouă" in page
    assert "de predat din nou" in learner.get(LESSON).text
    write(learner, "O hartă cu încă un actor")
    work = works(cast)[0]
    assert (work.state, work.version_number, work.read_at) == (ExerciseState.HANDED_IN, 2, None)
    page = learner.get(EXERCISE).text
    assert "Mai adăugați un actor." in page
    assert "la versiunea 1" in page


def test_the_lesson_is_drawn_anew_when_the_exercise_changes_state(cast, learner):
    learner.get(LESSON)
    tag = learner.get(LESSON).headers["ETag"]
    same = {"If-None-Match": tag}
    assert learner.get(LESSON, headers=same).status_code == 304
    write(learner, "O hartă")
    learner.get("/works")  # what was to be said once is said there
    assert learner.get(LESSON, headers=same).status_code == 200
    tag = learner.get(LESSON).headers["ETag"]
    comment(cast)
    assert learner.get(LESSON, headers={"If-None-Match": tag}).status_code == 200


def test_a_tick_is_one_click_under_the_lesson(cast):
    give_exercise(cast, "tick")
    client = cast.client("learner")
    assert "Am făcut exercițiul" in client.get(LESSON).text
    for _twice in range(2):
        answer = ask(client, "POST", EXERCISE, {"next": "lesson"})
        assert answer.headers["Location"] == f"{LESSON}#exercise"
    assert [v.content for v in versions(cast)] == [{}]
    assert "Am făcut exercițiul" not in client.get(LESSON).text


def test_a_tick_holds_nothing_to_save(cast):
    give_exercise(cast, "tick")
    answer = ask(cast.client("learner"), "POST", f"{EXERCISE}/draft", {"f-text": "x"})
    assert answer.status_code == 422
    assert works(cast) == []


def test_a_form_wants_every_field(cast):
    give_exercise(cast, "form")
    client = cast.client("learner")
    page = open_exercise(client)
    answer = ask(client, "POST", EXERCISE, {**page, "f-articol": "Art. 13", "f-problema": ""})
    assert answer.status_code == 422
    assert 'href="#f-problema"' in answer.text
    assert "Art. 13" in answer.text
    form = {**page, "f-articol": "Art. 13", "f-problema": "Pauza.", "f-altceva": "x"}
    assert ask(client, "POST", EXERCISE, form).status_code == 302
    assert versions(cast)[0].content == {"articol": "Art. 13", "problema": "Pauza."}


def test_a_version_keeps_the_labels_that_it_was_written_under(cast):
    give_exercise(cast, "form")
    client = cast.client("learner")
    form = {"f-articol": "Art. 13", "f-problema": "Pauza."}
    ask(client, "POST", EXERCISE, {**open_exercise(client), **form})
    give_exercise(cast, "text")
    page = cast.client("trainer").get(f"/submissions/{works(cast)[0].id}").text
    assert "Articolul" in page
    assert "Pauza." in page


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_handed_in_and_comes_back_to_be_stored(cast, name):
    give_exercise(cast, "file")
    client = cast.client("learner")
    assert send_file(client, GOOD[name], name).status_code == 302
    answer = client.get(f"/submissions/{works(cast)[0].id}/files/1")
    assert answer.data == GOOD[name]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_sent_twice_is_handed_in_once(cast):
    give_exercise(cast, "file")
    client = cast.client("learner")
    send_file(client, PDF, "fisa.pdf")
    send_file(client, PDF, "fisa.pdf")
    send_file(client, PDF, "fisa.pdf", writer="alta")
    assert len(versions(cast)) == 1
    assert len(rows(cast, StoredFile)) == 1
    send_file(client, PDF + b"\n%%EOF", "fisa.pdf", writer="alta")
    assert [v.number for v in versions(cast)] == [1, 2]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("x.exe", b"MZ", "Acest fel de fișier"),
        ("x.pdf", b"<html>", "nu conține ce spune"),
        ("x.pdf", b"", "Alegeți întâi un fișier"),
        ("x.pdf", b"%PDF-" + bytes(10 * 1024 * 1024), "prea mare"),
    ],
)
def test_a_file_that_is_not_taken_is_explained(cast, name, data, words):
    give_exercise(cast, "file")
    answer = send_file(cast.client("learner"), data, name)
    assert answer.status_code == 422
    assert words in answer.text
    assert works(cast) == []
    assert rows(cast, StoredFile) == []


def test_no_file_at_all_is_explained(cast):
    give_exercise(cast, "file")
    answer = ask(cast.client("learner"), "POST", f"{EXERCISE}/file", {"writer": "w"})
    assert answer.status_code == 422
    assert "Alegeți întâi un fișier" in answer.text


def test_what_the_exercise_does_not_take_is_refused(cast, learner):
    assert send_file(learner, PDF, "fisa.pdf").status_code == 422
    give_exercise(cast, "file")
    assert write(learner, "un text", {}).status_code == 422
    assert works(cast) == []


def test_another_learners_work_is_not_there(cast, learner):
    give_exercise(cast, "file", lesson=1)
    second = EXERCISE.replace("1-1", "1-2")
    form = {"writer": "w", "turn": "1", "file": (io.BytesIO(PDF), "fisa.pdf")}
    ask(learner, "POST", f"{second}/file", form)
    work = works(cast)[0].id
    for part in ("classmate", "learner_of_other", "trainer_of_other"):
        for path in (f"/submissions/{work}", f"/submissions/{work}/files/1"):
            assert cast.client(part).get(path).status_code == 404, (part, path)
        answer = ask(cast.client(part), "POST", f"/submissions/{work}/comments", {"text": "x"})
        assert answer.status_code == 404
    assert learner.get(f"/submissions/{work}/files/2").status_code == 404
    assert comments(cast) == []


def test_who_has_left_the_edition_hands_in_no_more(cast, learner):
    page = open_exercise(learner)
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Enrolment, cast.enrolments["learner"]).state = "withdrawn"
    assert write(learner, "O hartă", page).status_code == 404
    assert works(cast) == []


def test_a_module_that_is_not_open_has_no_exercises_yet(cast):
    give_exercise(cast, "text", lesson=2)
    path = "/courses/curs/2-modul/2-1-lectie/exercise"
    client = cast.client("learner")
    assert client.get(path).headers["Location"] == "/courses/curs"
    assert ask(client, "POST", path, {"f-text": "x"}).status_code == 302
    assert works(cast) == []


def test_handing_in_is_a_sign_of_life(cast, learner):
    write(learner, "O hartă")
    with cast.app.app_context():
        key = (cast.enrolments["learner"], cast.lesson_ids[0])
        progress = db.session().get_one(LessonProgress, key)
        assert progress.exercise_state is ExerciseState.HANDED_IN
        assert progress.read_at is None
        db.session().rollback()


def test_ones_own_works_are_listed_with_what_was_said(cast, learner):
    give_exercise(cast, "text", lesson=1)
    assert "Încă nimic predat" in learner.get("/works").text
    write(learner, "O hartă")
    comment(cast, "Un comentariu bun.")
    page = learner.get("/works").text
    assert "Un comentariu bun." in page
    assert "comentat" in page
    assert "1 exercițiu neînceput" in page
    assert "Un comentariu bun." not in cast.client("classmate").get("/works").text


def test_an_odd_form_is_no_fault_of_the_site(cast, learner):
    for odd in (
        {"writer": "<script>", "turn": "-1", "seen": "x" * 40, "f-text": "a"},
        {"writer": "x" * 500, "turn": "9" * 30, "seen": "", "f-text": "b"},
        {},
    ):
        assert ask(learner, "POST", EXERCISE, odd).status_code in {302, 409, 422}
        assert ask(learner, "POST", f"{EXERCISE}/draft", odd).status_code in {302, 409, 422}

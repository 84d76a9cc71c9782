"""Files as answers: what is taken and named, kept once and never written over, and by whom seen."""

from __future__ import annotations

import io
from datetime import timedelta

import pymupdf
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import clock, db
from lms.files import store
from lms.files.models import StoredFile
from lms.quizzes import traces
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.models import Attempt, AttemptItem, ResponseVersion
from lms.quizzes.question_types.protocol import InvalidQuestion, Outcome, ResponseNotice
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.question_types.upload.rules import HandedFile, answer_of, with_files
from lms.quizzes.services import handing_in
from lms.quizzes.views import handing_in as view
from tests.access.samples import PNG
from tests.factories import make_quiz
from tests.quizzes.test_taking import paper, post, start
from tests.quizzes.types.cases import marked, question

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PROGRAM = b"MZ\x90\x00" + b"\x00" * 200
TEXT = """\
// [id:f-1] [type:upload] [marks:4] [kinds:pdf png] [files:1-2] [megabytes:1]
// [notes:Se caută totalul.]
Încărcați bugetul. {}

// [id:f-2] [marks:2]
Descrieți bugetul. {}

// [id:f-3] [type:upload]
Încărcați declarația. {}
"""
QUIZ = "/courses/curs/quizzes/fisiere"


def handed(name: str, sign: str) -> HandedFile:
    return HandedFile(name, 10, sign * 64, "application/pdf")


A, B, C = handed("a.pdf", "a"), handed("b.pdf", "b"), handed("c.pdf", "c")


# The rules --------------------------------------------------------------------------------------


def test_a_file_waits_for_a_person_and_earns_nothing_until_then():
    assert marked(question("upload"), answer_of([A])).outcome is Outcome.WAITING
    assert marked(question("upload"), {}).outcome is Outcome.UNANSWERED


@pytest.mark.parametrize(
    "odd",
    [
        {"files": "a.pdf"},
        {"files": [7, None, {}]},
        {"files": [{"name": "a", "size": 1, "sha256": "../../etc/passwd"}]},
        {"files": [{"name": "a", "size": True, "sha256": "a" * 64}]},
    ],
)
def test_what_is_no_file_is_no_answer(odd):
    assert marked(question("upload"), odd).outcome is Outcome.UNANSWERED
    assert rules_for(question("upload")).response_text(question("upload"), odd) == ()


def test_fewer_files_than_asked_for_are_an_unfinished_answer():
    asked = question("upload", least=2, most=3)
    rules = rules_for(asked)
    assert not rules.is_answered(asked, answer_of([A]))
    assert rules.notice(asked, answer_of([A])) is ResponseNotice.INCOMPLETE
    assert rules.is_answered(asked, answer_of([A, B]))


def test_one_file_is_replaced_and_several_stand_beside_each_other():
    one, two = question("upload"), question("upload", most=2)
    assert with_files(one, (A,), [B]) == ((B,), ())
    assert with_files(one, (), [A, B]) == ((A,), (B,))
    assert with_files(two, (A,), [B, C]) == ((A, B), (C,))
    assert with_files(two, (A, B), [A]) == ((A, B), ())
    assert with_files(two, (A, B), [], drop=A.sha256) == ((B,), ())


@pytest.mark.parametrize(
    "fields",
    [{"kinds": "pdf exe"}, {"least": 3, "most": 2}, {"most": 11}, {"megabytes": 11}],
)
def test_a_question_that_asks_for_the_impossible_is_refused(fields):
    with pytest.raises(InvalidQuestion):
        question("upload", **fields)


@pytest.mark.parametrize("key", ["[kinds:exe]", "[files:0]", "[files:two]", "[megabytes:50]"])
def test_a_key_that_can_not_be_read_is_named_with_its_line(key):
    read = read_gift(f"// [id:f-1] [type:upload] {key}\nÎncărcați. {{}}\n")
    assert read.errors


# Handing in -------------------------------------------------------------------------------------


@pytest.fixture
def quiz(app, cast):
    with app.app_context(), db.writing():
        make_quiz(
            cast.module_ids[0], text=TEXT, slug="fisiere", shuffle_questions=False, pass_mark="50"
        )


@pytest.fixture
def attempt(cast, quiz):
    client = cast.client("learner")
    return client, start(client, QUIZ)


def ids(app, attempt_id) -> list[int]:
    return [item.item_id for item in paper(app, attempt_id)]


def send(client, attempt_id, item_id, *files, script=False, **more):
    data = {
        "files": str(item_id),
        f"files-{item_id}": [(io.BytesIO(data), name) for name, data in files],
        **more,
    }
    headers = {"Accept": "application/json"} if script else {}
    return post(client, f"/attempts/{attempt_id}/files", data, headers=headers)


def text_of(client, path) -> str:
    return BeautifulSoup(client.get(path).data, "html.parser").text


def names(app, attempt_id, at=0) -> list[str]:
    return [file["name"] for file in paper(app, attempt_id)[at].payload.get("files", [])]


def versions(app, item_id) -> list[list[str]]:
    with app.app_context():
        found = db.session().scalars(
            sa.select(ResponseVersion.payload)
            .where(ResponseVersion.item_id == item_id)
            .order_by(ResponseVersion.sequence)
        )
        return [[file["name"] for file in each.get("files", [])] for each in found]


def is_stored(app, data: bytes) -> bool:
    return store.path_of(app.config["LMS"].folder("files"), store.digest(data)).exists()


def test_what_is_taken_is_said_before_one_chooses(app, attempt):
    client, attempt_id = attempt
    page = BeautifulSoup(client.get(f"/attempts/{attempt_id}").data, "html.parser")
    box = page.select_one(f"[data-item='{ids(app, attempt_id)[0]}']")
    assert "PDF, PNG. Cel mult 2 fișiere, fiecare de cel mult 1 MB" in box.text
    assert box.select_one("input[type=file]")["accept"] == ".pdf,.png"


def test_the_enter_key_saves_and_takes_no_file_out(app, attempt):
    client, attempt_id = attempt
    send(client, attempt_id, ids(app, attempt_id)[0], ("buget.pdf", PDF))
    page = BeautifulSoup(client.get(f"/attempts/{attempt_id}").data, "html.parser")
    first = page.select_one("form.exam button[type=submit], form.exam button:not([type])")
    assert first["formaction"] == f"/attempts/{attempt_id}/answers"
    assert "name" not in first.attrs


def test_a_file_is_saved_at_once_with_the_other_answers_and_the_time(app, attempt):
    client, attempt_id = attempt
    first, essay, _last = ids(app, attempt_id)
    answer = send(
        client,
        attempt_id,
        first,
        ("buget.pdf", PDF),
        item=[str(first), str(essay)],
        **{f"i{essay}-text": "Un text."},
    )
    assert answer.status_code == 303
    assert "Încărcat: buget.pdf. Salvat la " in text_of(client, f"/attempts/{attempt_id}")
    assert names(app, attempt_id) == ["buget.pdf"]
    assert paper(app, attempt_id)[1].payload == {"text": "Un text."}


def test_two_clicks_and_the_same_content_are_one_file(app, attempt):
    client, attempt_id = attempt
    first = ids(app, attempt_id)[0]
    for _click in range(2):
        send(client, attempt_id, first, ("buget.pdf", PDF), key="k")
    send(client, attempt_id, first, ("alt nume.pdf", PDF), key="other")
    assert versions(app, first) == [["buget.pdf"]]
    with app.app_context():
        count = sa.select(sa.func.count()).where(StoredFile.owner_type == handing_in.OWNER)
        assert db.session().scalar(count) == 1


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("program.exe", PROGRAM, "acest tip nu se primește. Salvați-l ca PDF, PNG"),
        ("buget.pdf", PROGRAM, "nu conține ce spune numele"),
        ("poza.png", PDF, "nu conține ce spune numele"),
        ("buget.docx", PROGRAM, "acest tip nu se primește"),
        ("gol.pdf", b"", "este gol"),
        ("mare.pdf", PDF + b" " * 1024, "are peste 1 MB"),
    ],
)
def test_what_is_not_taken_is_named_and_the_rest_is_kept(
    app, attempt, monkeypatch, name, data, why
):
    monkeypatch.setattr(view, "MEGABYTE", 1024)
    client, attempt_id = attempt
    first = ids(app, attempt_id)[0]
    send(client, attempt_id, first, (name, data), ("bun.png", PNG))
    said = text_of(client, f"/attempts/{attempt_id}")
    assert f"„{name}” nu a fost primit: {why}" in said
    assert "Încărcat: bun.png" in said
    assert names(app, attempt_id) == ["bun.png"]
    assert not is_stored(app, data)


def test_nothing_chosen_is_said(app, attempt):
    client, attempt_id = attempt
    send(client, attempt_id, ids(app, attempt_id)[0])
    assert "Alegeți întâi un fișier" in text_of(client, f"/attempts/{attempt_id}")


def test_more_than_asked_for_finds_no_room_and_leaves_no_bytes(app, attempt):
    client, attempt_id = attempt
    first = ids(app, attempt_id)[0]
    third = PDF + b"3"
    send(client, attempt_id, first, ("a.pdf", PDF), ("b.png", PNG))
    send(client, attempt_id, first, ("c.pdf", third))
    assert "„c.pdf” nu a fost primit" in text_of(client, f"/attempts/{attempt_id}")
    assert names(app, attempt_id) == ["a.pdf", "b.png"]
    assert not is_stored(app, third)


def test_an_attempt_keeps_no_more_than_its_space(app, attempt, monkeypatch):
    client, attempt_id = attempt
    first = ids(app, attempt_id)[0]
    monkeypatch.setattr(handing_in, "MOST_BYTES", len(PDF))
    send(client, attempt_id, first, ("a.pdf", PDF), ("b.png", PNG))
    assert names(app, attempt_id) == ["a.pdf"]
    assert "„b.png” nu a fost primit: o încercare păstrează" in text_of(
        client, f"/attempts/{attempt_id}"
    )


def test_a_file_that_another_took_the_place_of_is_kept(app, attempt):
    client, attempt_id = attempt
    last = ids(app, attempt_id)[2]
    send(client, attempt_id, last, ("vechi.pdf", PDF))
    send(client, attempt_id, last, ("nou.png", PNG))
    post(client, f"/attempts/{attempt_id}/files", {"files": f"{last}:{store.digest(PNG)}"})
    assert versions(app, last) == [["vechi.pdf"], ["nou.png"], []]
    assert is_stored(app, PDF)
    got = client.get(f"/attempts/{attempt_id}/questions/{last}/files/{store.digest(PDF)}")
    assert got.data == PDF


def test_the_form_of_answers_changes_no_files(app, attempt):
    client, attempt_id = attempt
    first = ids(app, attempt_id)[0]
    send(client, attempt_id, first, ("buget.pdf", PDF))
    forged = f'[{{"name": "x", "size": 1, "sha256": "{"a" * 64}"}}]'
    post(
        client,
        f"/attempts/{attempt_id}/answers",
        {"item": str(first), f"i{first}-files": forged, f"i{first}-seen": "0"},
    )
    assert versions(app, first) == [["buget.pdf"]]


def test_a_file_that_was_chosen_only_holds_the_submission_up_once(app, attempt):
    client, attempt_id = attempt
    first = ids(app, attempt_id)[0]
    chosen = {f"files-{first}": "buget.pdf", "confirmed": "1"}
    post(client, f"/attempts/{attempt_id}/submit", chosen)
    assert "buget.pdf a fost ales, dar nu este încărcat" in text_of(
        client, f"/attempts/{attempt_id}"
    )
    post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    assert client.get(f"/attempts/{attempt_id}").status_code == 302


def test_a_script_is_told_the_same(app, attempt):
    client, attempt_id = attempt
    first = ids(app, attempt_id)[0]
    said = send(client, attempt_id, first, ("buget.pdf", PDF), script=True).json
    assert said["message"].startswith("Încărcat: buget.pdf. Salvat la ")
    assert said["held"] is True
    assert "buget.pdf" in said["list"]
    refused = send(client, attempt_id, first, ("p.exe", PROGRAM), script=True)
    assert refused.status_code == 422
    assert "p.exe" in refused.json["problems"][0]


@pytest.mark.parametrize("which", ["essay", "other attempt", "nothing"])
def test_what_asks_for_no_file_takes_none(app, cast, attempt, which):
    client, attempt_id = attempt
    other = start(cast.client("classmate"), QUIZ)
    item_id = {
        "essay": ids(app, attempt_id)[1],
        "other attempt": ids(app, other)[0],
        "nothing": "",
    }[which]
    assert send(client, attempt_id, item_id, ("a.pdf", PDF)).status_code == 400
    assert not is_stored(app, PDF)


def test_nobody_hands_in_or_fetches_anything_in_anothers_attempt(app, cast, attempt):
    client, attempt_id = attempt
    first = ids(app, attempt_id)[0]
    send(client, attempt_id, first, ("buget.pdf", PDF))
    there = f"/attempts/{attempt_id}/questions/{first}/files/{store.digest(PDF)}"
    other = cast.client("classmate")
    assert send(other, attempt_id, first, ("x.png", PNG)).status_code == 404
    assert other.get(there).status_code == 404
    assert not is_stored(app, PNG)
    assert cast.client("trainer").get(there).status_code == 404  # it is still open
    assert client.get(there).status_code == 200


def test_after_the_end_nothing_is_added_and_nothing_stays_in_the_store(app, attempt):
    client, attempt_id = attempt
    first = ids(app, attempt_id)[0]
    send(client, attempt_id, first, ("buget.pdf", PDF))
    post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    late = send(client, attempt_id, first, ("tarziu.png", PNG), script=True)
    assert (late.status_code, late.json["closed"]) == (409, True)
    assert "Fișierele încărcate și răspunsurile salvate înainte contează" in late.json["error"]
    assert names(app, attempt_id) == ["buget.pdf"]
    assert not is_stored(app, PNG)


def test_once_the_time_is_over_no_file_is_added(app, attempt):
    client, attempt_id = attempt
    first = ids(app, attempt_id)[0]
    with app.app_context(), db.writing() as session:
        session.get_one(Attempt, attempt_id).due_at = clock.now() - timedelta(hours=1)
    assert send(client, attempt_id, first, ("a.pdf", PDF), script=True).status_code == 409
    assert not is_stored(app, PDF)


# Marking and handing out ------------------------------------------------------------------------


@pytest.fixture
def submitted(app, attempt):
    client, attempt_id = attempt
    first = ids(app, attempt_id)[0]
    send(client, attempt_id, first, ("buget Învățăcel.pdf", PDF))
    post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    return attempt_id, first


def test_whoever_marks_downloads_it_and_no_browser_shows_it(cast, submitted):
    _attempt_id, first = submitted
    trainer = cast.client("trainer")
    page = BeautifulSoup(trainer.get(f"{QUIZ}/marking/{first}").data, "html.parser")
    link = page.select_one(".handed-in a")
    assert link.text == "buget Învățăcel.pdf"
    got = trainer.get(link["href"])
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert "no-store" in got.headers["Cache-Control"]


def test_without_names_the_file_has_none_either(cast, submitted):
    _attempt_id, first = submitted
    trainer = cast.client("trainer")
    shown = trainer.get(f"{QUIZ}/marking/{first}?names=hidden")
    assert "Învățăcel" not in shown.text
    link = BeautifulSoup(shown.data, "html.parser").select_one(".handed-in a")
    assert "nv" not in trainer.get(link["href"]).headers["Content-Disposition"]


def test_a_mark_by_hand_counts(app, cast, submitted):
    attempt_id, first = submitted
    post(cast.client("trainer"), f"{QUIZ}/marking/{first}", {"points": "3", "seen": "0"})
    with app.app_context():
        assert db.session().get_one(Attempt, attempt_id).earned == 3


def test_the_result_and_its_pdf_name_the_file(app, cast, submitted):
    attempt_id, _first = submitted
    for part in ("learner", "trainer"):
        client = cast.client(part)
        page = BeautifulSoup(client.get(f"/attempts/{attempt_id}/result").data, "html.parser")
        assert client.get(page.select_one(".handed-in a")["href"]).data == PDF
        pdf = client.get(f"/attempts/{attempt_id}/attempt.pdf")
        with pymupdf.open(stream=pdf.data) as document:
            written = "".join(page.get_text(clip=page.rect) for page in document)
        assert store.digest(PDF) in "".join(written.split())
    item = paper(app, attempt_id)[0]
    (said,) = item.rules.response_text(item.question, item.payload)
    assert said == f"buget Învățăcel.pdf ({len(PDF)} B, SHA-256 {store.digest(PDF)})"


def test_the_data_handed_out_has_the_files_and_an_erasure_takes_them(app, cast, submitted):
    person = cast.persons["learner"]
    with app.app_context():
        exported = traces.export(person)
        assert list(exported.files.values()) == [PDF]
    with app.app_context(), db.writing():
        traces.erase(person)
    with app.app_context():
        assert db.session().scalars(sa.select(StoredFile)).all() == []
        assert db.session().scalars(sa.select(AttemptItem)).all() != []
    assert not is_stored(app, PDF)


def test_a_trial_asks_for_no_file(cast, quiz):
    page = BeautifulSoup(cast.client("trainer").get(f"{QUIZ}/try").data, "html.parser")
    assert page.select("input[type=file]") == []
    assert "Aici nu se primesc fișiere" in page.text


def test_a_question_that_was_gone_past_takes_no_file(app, cast):
    with app.app_context(), db.writing():
        make_quiz(
            cast.module_ids[0],
            text=TEXT,
            slug="fisiere",
            shuffle_questions=False,
            navigation="sequential",
        )
    client = cast.client("learner")
    attempt_id = start(client, QUIZ)
    first, _essay, last = ids(app, attempt_id)
    assert send(client, attempt_id, last, ("a.pdf", PDF)).status_code == 400  # not shown yet
    send(client, attempt_id, first, ("a.pdf", PDF))
    post(client, f"/attempts/{attempt_id}/answers", {"go": "2"})
    late = send(client, attempt_id, first, ("b.png", PNG), script=True)
    assert "nu mai primește fișiere" in late.json["problems"][0]
    assert names(app, attempt_id) == ["a.pdf"]
    assert not is_stored(app, PNG)

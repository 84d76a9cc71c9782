"""Keys, feedback, hashes, internals: what may not reach a browser does not."""

from __future__ import annotations

import re
import statistics
import time

import pytest
import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person, SignInTry
from lms.quizzes import queries
from lms.quizzes.models import QuestionRevision
from tests.access.asking import SUBJECTS, address, ask
from tests.access.snapshot import Watch
from tests.access.table import read_table
from tests.access.world import PERSONS, World

pytestmark = pytest.mark.one_database

TABLE = read_table()
GETS = [row for row in TABLE if row.method == "GET"]
CANARY = "KEYCANARY"


def _marked(value: object) -> object:
    """Put the canary into every feedback of a stored question."""
    if isinstance(value, dict):
        return {
            k: f"{v or ''} {CANARY}" if "feedback" in k and isinstance(v, str) else _marked(v)
            for k, v in value.items()
        }
    return [_marked(v) for v in value] if isinstance(value, list) else value


@pytest.fixture
def marked(world: World) -> World:
    with world.app.app_context(), db.writing() as session:
        for revision in session.scalars(sa.select(QuestionRevision)):
            revision.payload = _marked(revision.payload)
    queries._parsed.clear()
    return world


def test_no_page_of_a_learner_holds_keys_or_feedback_before_the_end(marked: World):
    paper = f"/attempts/{marked.ids['open']}"
    learner = marked.client("learner")
    texts = [
        learner.get(
            address(marked, r.endpoint, SUBJECTS[r.subject](marked, "learner"))
        ).data.decode(errors="replace")
        for r in GETS
        if r.answers["learner"] in ("yes", "own") and r.endpoint != "quizzes.result"
    ]
    for form in ({}, {"item": [str(i) for i in marked.ids["items"]]}, {"go": "1"}):
        for accept in ("text/html", "application/json"):
            answer = ask(learner, "POST", f"{paper}/answers", form, accept=accept)
            texts += [answer.text, str(answer.headers)]
    texts.append(ask(learner, "POST", f"{paper}/submit", {}).text)  # asks once more
    texts.append(learner.get(f"{paper}/result", follow_redirects=True).text)
    for text in texts:
        assert CANARY not in text
        assert not re.search(r'data-(correct|key|fraction|right|answer)\b|"fraction"', text)


def test_staff_see_the_state_of_an_open_attempt_and_no_answers(marked: World):
    for part in ("trainer", "registrar", "auditor", "owner"):
        page = marked.client(part).get(f"/attempts/{marked.ids['open']}/result").text
        assert CANARY not in page
        assert "<input" not in page.partition("<main")[2].partition("</main>")[0]


def test_the_end_shows_the_feedback_to_its_learner_alone(marked: World):
    path = f"/attempts/{marked.ids['submitted']}/result"
    assert CANARY in marked.client("learner").get(path).text
    assert CANARY not in marked.client("classmate").get(path).text
    assert CANARY not in marked.client("trainer_of_other").get(path).text


def test_a_draft_lesson_is_named_nowhere_to_learners(world: World):
    for person in ("learner", "classmate", "learner_of_other", "anonymous"):
        for row in GETS:
            args = SUBJECTS[row.subject](world, person)
            answer = world.client(person).get(address(world, row.endpoint, args))
            assert b"CIORNACANARY" not in answer.data, f"{row} for {person}"


def test_no_page_shows_a_hash_a_token_or_a_path(world: World):
    with world.app.app_context():
        held = db.session().scalars(sa.select(Person.password_hash))
        hashes = [found for found in held if found and len(found) > 20]
    instance = str(world.app.config["LMS"].instance)
    secret = str(world.app.secret_key)
    for row in GETS:
        for person in PERSONS:
            args = SUBJECTS[row.subject](world, person)
            answer = world.client(person).get(address(world, row.endpoint, args))
            if "text" not in answer.mimetype and "json" not in answer.mimetype:
                continue
            for private in (*hashes, *world.tokens.values(), instance, secret, "argon2"):
                assert private not in answer.text, f"{row} for {person}"


class TestAFault:
    @pytest.mark.parametrize(
        "fault",
        [
            ValueError("SECRETCANARY"),
            KeyError("SECRETCANARY"),
            sa.exc.ProgrammingError("SELECT SECRETCANARY", {}, Exception("SECRETCANARY")),
            sa.exc.OperationalError("SELECT SECRETCANARY", {}, Exception("SECRETCANARY")),
        ],
        ids=lambda fault: type(fault).__name__,
    )
    @pytest.mark.parametrize("accept", ["text/html", "application/json"])
    def test_is_answered_without_a_trace(self, world: World, fault, accept: str, monkeypatch):
        def fail(**_args: object) -> None:
            raise fault

        view = world.app.view_functions["web.privacy"]
        fail.permission = view.permission
        monkeypatch.setitem(world.app.view_functions, "web.privacy", fail)
        answer = world.client("learner").get("/privacy", headers={"Accept": accept})
        assert answer.status_code in {500, 503}
        for inside in ("SECRETCANARY", "Traceback", "SELECT", "/lms/", "sqlalchemy", "werkzeug"):
            assert inside not in answer.text
            assert inside not in str(answer.headers)
        assert answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] in {"no-store", "private, no-cache"}

    @pytest.mark.parametrize("path", ["/nu-exista", "/courses/x/y", "/", "/console"])
    def test_has_no_debugger_behind_it(self, world: World, path: str):
        answer = world.client("owner").get(path, query_string={"__debugger__": "yes", "debug": "1"})
        assert answer.status_code in {302, 404}
        assert "debugger" not in answer.text.lower().replace("__debugger__", "")


class TestWhetherThereIsSuchAnAccount:
    def _answers(self, world: World, path: str, forms: list[dict]) -> list[tuple]:
        found = []
        for form in forms:
            answer = ask(world.client("anonymous"), "POST", path, form)
            text = re.sub(r'(name="csrf[^"]*" (?:value|content)=")[^"]*', r"\1", answer.text)
            for typed in form.values():
                text = text.replace(f'value="{typed}"', "TYPED")
            kept = {k: v for k, v in answer.headers if k not in ("Set-Cookie", "Content-Length")}
            found.append((answer.status_code, text, sorted(kept.items())))
        return found

    @pytest.mark.parametrize(
        ("path", "more"),
        [
            ("/sign-in", {"password": "nu e asta"}),
            ("/forgotten-password", {}),
            ("/code", {"code": "AAA-AAA-AAA"}),
        ],
    )
    def test_is_not_told_by_the_answer(self, world: World, path: str, more: dict):
        names = ("learner", "newcomer", "stranger", "left", "nimeni-cunoscut")
        answers = self._answers(world, path, [{"identifier": n, **more} for n in names])
        assert all(answer == answers[-1] for answer in answers)

    def test_is_not_told_by_the_time(self, world: World):
        """The hash is computed for nobody too; compared by medians, in turns."""
        taken: dict[str, list[float]] = {"learner": [], "nimeni": [], "newcomer": []}
        for turn in range(8):
            for name, times in taken.items():
                client = world.client("anonymous")
                form = {"identifier": name, "password": f"nu e asta {turn}"}
                began = time.process_time()
                ask(client, "POST", "/sign-in", form)
                times.append(time.process_time() - began)
        medians = [statistics.median(times) for times in taken.values()]
        assert max(medians) < 2 * min(medians)

    def test_is_not_told_by_what_a_dead_link_says(self, world: World):
        client = world.client("anonymous")
        unknown, lapsed = client.get("/link/nu-exista"), client.get("/link/" + "A" * 43)
        assert unknown.status_code == lapsed.status_code == 410
        renewed = [
            ask(client, "POST", f"/link/{secret}/renew")
            for secret in ("nu-exista", world.ids["link"], world.ids["lapsed"])
        ]
        assert len({(a.status_code, len(a.text)) for a in renewed}) == 1


def test_guessing_a_password_is_stopped_at_the_account(world: World):
    statuses = []
    for turn in range(14):
        form = {"identifier": "learner", "password": f"nu e asta {turn}"}
        headers = {"X-Forwarded-For": f"203.0.113.{turn}"}
        client = world.client("anonymous")
        client.environ_base["HTTP_X_FORWARDED_FOR"] = headers["X-Forwarded-For"]
        statuses.append(ask(client, "POST", "/sign-in", form).status_code)
    assert statuses[:10] == [statuses[0]] * 10
    assert set(statuses[10:]) == {429}
    with world.app.app_context():
        tries = db.session().scalar(sa.select(sa.func.count()).select_from(SignInTry))
        assert tries <= 10


@pytest.mark.parametrize(
    "code",
    ["", " ", "x", "A" * 26, "A" * 10_000, "%00", "'", "0" * 27, "ILOU", "D6W2-HNBD", "²", "../x"],
)
def test_malformed_codes_are_unknown_in_plain_words(world: World, watch: Watch, code: str):
    client = world.client("anonymous")
    asked = client.get("/verify", query_string={"code": code}, follow_redirects=True)
    assert asked.status_code in {200, 404}
    assert "Maria" not in asked.text
    assert client.get(f"/v/{code}").status_code in {302, 308, 404}
    form = {"identifier": "stranger", "code": code, "password": "sapte vaci pe drum"}
    assert ask(client, "POST", "/code", form).status_code >= 400
    assert client.get(f"/link/{code or 'x'}").status_code in {404, 410}
    assert watch.moved() in ([], ["sign_in_tries"])


def test_a_code_is_read_however_it_is_typed(world: World):
    code = world.ids["code"]
    client = world.client("anonymous")
    for typed in (code.lower(), f" {code} ", "-".join(re.findall(".{1,5}", code))):
        answer = client.get("/verify", query_string={"code": typed}, follow_redirects=True)
        assert answer.status_code == 200
        assert "Învățăcel" in answer.text
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert client.get(f"/v/{wrong}").status_code == 404


def test_the_public_page_tells_no_more_than_the_paper(world: World):
    with world.app.app_context(), db.writing() as session:
        person = session.get_one(Person, world.cast.persons["learner"])
        person.email, person.phone = "maria@exemplu.example", "+40740999888"
    text = world.client("anonymous").get(f"/v/{world.ids['code']}").text
    for private in ("maria@exemplu.example", "40740999888", "0740999888", "sign_in", ">learner<"):
        assert private not in text

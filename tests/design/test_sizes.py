"""Pages are light: a first visit within 60 kB and 8 requests, every later page within 15 kB."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from lms import db
from lms.web.templating import STATIC
from tests.access.asking import SUBJECTS, address
from tests.access.conftest import world  # noqa: F401 -- the world of the table of permissions
from tests.access.world import World
from tests.cast import Cast
from tests.factories import make_quiz
from tests.quizzes.test_taking import start

pytestmark = pytest.mark.one_database
FIRST, LATER, REQUESTS = 60_000, 15_000, 8
# (endpoint, subject, whose): the pages that people come to first, and those they come to most.
PAGES = [
    ("web.home", "-", "anonymous"),
    ("accounts.sign_in", "-", "anonymous"),
    ("certificates.verify", "-", "anonymous"),
    ("certificates.show_code", "learner's code", "anonymous"),
    ("look.accessibility", "-", "anonymous"),
    ("courses.home", "-", "learner"),
    ("courses.course", "course", "learner"),
    ("courses.lesson", "lesson", "learner"),
    ("quizzes.quiz", "quiz", "learner"),
    ("quizzes.paper", "learner's open attempt", "learner"),
    ("quizzes.result", "learner's submitted attempt", "learner"),
    ("certificates.see", "learner's certificate", "learner"),
    ("courses.teaching", "-", "trainer"),
    ("quizzes.questions", "quiz", "trainer"),
    ("quizzes.new_quiz", "course", "trainer"),
    ("quizzes.bank", "course", "trainer"),
    ("quizzes.bank_text", "course", "trainer"),
    ("quizzes.bank_question", "question of the bank", "trainer"),
    ("quizzes.attempts", "quiz", "trainer"),
    ("participants.edition", "edition", "registrar"),
    ("certificates.register", "-", "registrar"),
    ("upkeep.site", "-", "owner"),
    ("look.design", "-", "owner"),
]
# One comes to them from another page.
NEVER_FIRST = {"quizzes.paper", "quizzes.questions", "quizzes.new_quiz", "quizzes.bank_text"}
# At once; what waits for a camera, a menu or a fold to be opened, until the page stands, or half a
# minute, is left out.
LINKED = re.compile(r'(?:href|src|data-(?:keeper|uploads))="(/static/[^"#]+)')


def weight(address_of_file: str) -> int:
    """Return what a static file weighs on its way: as whitenoise sends it."""
    path = STATIC / urlsplit(address_of_file).path.removeprefix("/static/")
    smaller = path.with_name(path.name + ".br")
    return min(p.stat().st_size for p in (path, smaller) if p.exists())


def linked(html: str) -> set[str]:
    """Return the files that a page loads: sheets, scripts, the sprite, the sign of the tab."""
    return set(LINKED.findall(re.sub(r'<img[^>]*loading="lazy"[^>]*>', "", html)))


@pytest.mark.parametrize(("endpoint", "subject", "person"), PAGES)
def test_a_page_is_light(world: World, endpoint: str, subject: str, person: str) -> None:  # noqa: F811
    path = address(world, endpoint, SUBJECTS[subject](world, person))
    answer = world.client(person).get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    html = gzip.decompress(answer.data).decode()
    files = linked(html)
    everywhere = {f for f in files if re.search(r"/(app|icons|favicon)\.", f)}
    first = len(answer.data) + sum(map(weight, files))
    later = len(answer.data) + sum(map(weight, files - everywhere))
    assert first <= FIRST, f"{first} bytes at first: {sorted(files)}"
    assert later <= LATER, f"{later} bytes later"
    assert 1 + len(files - everywhere) <= REQUESTS, sorted(files)
    if endpoint not in NEVER_FIRST:
        assert 1 + len(files) <= REQUESTS, sorted(files)
    assert "http://" not in "".join(re.findall(r'(?:src|<link[^>]*href)="([^"]+)', html))


PLAIN = """\
// [id:p-1]
Doi? {
=da
~nu
}

// [id:p-2]
Patru. {TRUE}

// [id:p-3]
Câți? {#3}

// [id:p-4]
Potriviți. {
=a -> b
=c -> d
}

"""
ORDERED = "// [id:p-5] [type:ordering]\nPuneți în ordine. {\n=unu\n=doi\n=trei\n}\n"
ESSAY = "// [id:p-6] [type:essay]\nDe ce? {}\n"


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        pytest.param(PLAIN, set(), id="plain questions need neither sheet nor script"),
        pytest.param(ORDERED, {"quiz-types.css", "quiz-types.js"}, id="rows that move"),
        pytest.param(PLAIN + ESSAY, {"quiz-types.css", "quiz-types.js"}, id="an essay"),
    ],
)
def test_a_paper_loads_what_its_types_of_question_need(
    app: Flask, cast: Cast, text: str, beside: set[str]
) -> None:
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], text=text, slug="usor")
    client = cast.client("learner")
    attempt_id = start(client, "/courses/curs/quizzes/usor")
    files = linked(client.get(f"/attempts/{attempt_id}").text)
    names = {urlsplit(f).path.removeprefix("/static/") for f in files}
    own = names - {"app.css", "app.js", "icons.svg", "favicon.svg", "quiz.js", "quiz-keeper.js"}
    assert own == beside
    if not beside:
        assert 1 + len(files) <= REQUESTS, "even where it is the first page of a visit"


def test_the_whole_of_what_every_page_needs_is_small() -> None:
    assert sum(weight(f"/static/{name}") for name in ("app.css", "app.js", "icons.svg")) < 16_000


def test_every_file_is_compressed_anew_after_its_last_change() -> None:
    stale = [
        path.name
        for path in sorted(Path(STATIC).glob("*.*s"))
        if (made := path.with_name(path.name + ".gz")).exists()
        and gzip.decompress(made.read_bytes()) != path.read_bytes()
    ]
    assert stale == [], "run: python -m whitenoise.compress lms/static"


def test_an_answer_says_little_by_its_size(world: World) -> None:  # noqa: F811
    client = world.client("learner")
    sizes = {len(client.get("/learn", headers={"Accept-Encoding": "gzip"}).data) for _ in range(24)}
    assert len(sizes) > 5
    plain = client.get("/learn")
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_small_answers_and_files_are_left_alone(world: World) -> None:  # noqa: F811
    client = world.client("learner")
    for path in ("/health", f"/certificates/{world.ids['certificate']}/pdf"):
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers, path

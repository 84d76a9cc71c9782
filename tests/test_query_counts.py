"""How many statements each page of the learner's way sends: a page that grew dear fails here."""

import pytest
from flask import Flask

from bench import learner
from bench.in_process import Insider
from lms.certificates.numbering import normalise_code
from tests.conftest import Store
from tests.os2 import Learner, make_os2

MOST_OF_A_PAGE = 6

# What changes something has its price stated: measured, to be lowered, never raised unnoticed.
MOST_OF_A_CHANGE = {
    # each leaves word of whose standing it changed; a lesson first opened, or again after half a
    # minute: six of them record it
    "GET lesson recorded": 12,  # 11 where no half a minute has passed, as on a quick machine
    "POST lesson/read": 19,
    "POST /courses/…/quizzes/…/start": 17,
    "POST /attempts/…/answers": 5,
    "POST /attempts/…/submit": 20,
    # course completed, edition locked before the place, numbered, drawn, sealed
    "POST /courses/…/questionnaire with the certificate": 78,  # one for the badge's place
}


@pytest.fixture(scope="module")
def served(store: Store) -> tuple[Flask, list[Learner]]:
    store.empty()
    return store.app, make_os2(store.app, 2)


@pytest.fixture(scope="module")
def counts(served: tuple[Flask, list[Learner]]) -> dict[str, list[list[str]]]:
    """Statements of every request of a way; somebody has gone before, so caches are warm."""
    app, (first, second) = served
    for who in (first, second):
        with Insider(app, who) as visitor:
            home = learner.learn(visitor, visitor.open("/learn"))
            held = learner.fetch_certificate(visitor, home)
            _look_around(visitor, home, held)
    return visitor.counts


def _look_around(visitor: Insider, home, held) -> None:
    """See the pages that a straight way passes by: course, lesson unchanged, quiz, verification."""
    course = visitor.open(next(h for _w, h in home.links() if _is_in_course(h)))
    lesson = visitor.open(next(h for _w, h in course.links() if _is_in_course(h, 6)))
    lesson = visitor.open(lesson.url)  # the first time recorded that it was opened
    tag = lesson.response.headers["ETag"]
    unchanged = visitor.request("GET", lesson.url, headers={"If-None-Match": tag})
    assert unchanged.status_code == 304
    code = next(
        c for t in learner.words_of_pdf(held.pdf).split() if (c := normalise_code(t)) is not None
    )
    visitor.client.cookies.clear()
    assert visitor.open(f"/v/{code}").status == 200
    assert visitor.open("/verify").status == 200


def _is_in_course(address: str, depth: int = 0) -> bool:
    return "/courses/" in address and "/quizzes/" not in address and address.count("/") >= depth


WAY = (
    "GET /learn",
    "GET /courses/…",
    "GET lesson",
    "GET lesson unchanged",
    "GET /courses/…/quizzes/…",
    "GET /attempts/…",
    "GET /attempts/…/result",
    "GET /courses/…/questionnaire",
    "GET /courses/…/questionnaire/thanks",
    "GET /certificates/…",
    "GET /certificates/…/pdf",
    "GET /verify",
    "GET /v/…",
)


@pytest.mark.parametrize("page", WAY)
def test_a_page_of_the_learners_way_asks_at_most_six_questions(counts, page):
    worst = max(counts[page], key=len)
    assert len(worst) <= MOST_OF_A_PAGE, _told(page, worst)


@pytest.mark.parametrize("change", MOST_OF_A_CHANGE)
def test_what_a_learner_changes_costs_no_more_than_it_did(counts, change):
    worst = max(counts[change], key=len)
    assert len(worst) <= MOST_OF_A_CHANGE[change], _told(change, worst)


def test_every_page_of_the_way_is_counted(counts):
    gets = {kind for kind in counts if kind.startswith("GET ")}
    assert gets <= {*WAY, *MOST_OF_A_CHANGE, "GET /certificates"}


def _told(page: str, statements: list[str]) -> str:
    lines = [f"{page} sent {len(statements)} statements:"]
    return "\n".join([*lines, *(" ".join(s.split())[:200] for s in statements)])

"""The workshop and the bank of the sample course, as its owner acts there."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import db
from lms.courses.models import Course
from lms.quizzes.models import Question, QuestionVersion, Quiz, QuizQuestion
from lms.quizzes.services.workshop_plan import source_of
from tests.cast import csrf

PLAIN = "// [id:p-1]{}\nCâți membri? {{\n={}\n~{}\n}}\n"


class Desk:
    """The workshop of the sample course's quiz."""

    def __init__(self, app, cast, course_id: int) -> None:
        self.app, self.course_id = app, course_id
        self.client = cast.client("owner")
        with app.app_context():
            quiz = db.session().scalars(sa.select(Quiz).filter_by(course_id=course_id)).one()
            self.slug, self.content_id, self.quiz_id = quiz.slug, quiz.content_id, quiz.id
            self.course = db.session().get_one(Course, course_id).slug
            db.end_reading()

    @property
    def text(self) -> str:
        with self.app.app_context():
            found = source_of(self.course_id, self.content_id)
            db.end_reading()
        self.base = found.base
        return found.text

    def save(self, text: str):
        _before = self.text
        answer = self.client.post(
            f"/courses/{self.course}/quizzes/{self.slug}/questions",
            data={
                "csrf_token": csrf(self.client),
                "text": text,
                "base": self.base,
                "do": "save",
            },
        )
        assert answer.status_code == 302, answer.text
        return answer

    def asked(self) -> dict[str, int]:
        """Return the version that the quiz asks of each question."""
        with self.app.app_context():
            rows = db.session().execute(
                sa.select(Question.content_id, QuestionVersion.number)
                .join(QuestionVersion, QuestionVersion.question_id == Question.id)
                .join(QuizQuestion, QuizQuestion.question_version_id == QuestionVersion.id)
                .join(Quiz, Quiz.current_version_id == QuizQuestion.quiz_version_id)
                .where(Quiz.id == self.quiz_id)
            )
            found = {row[0]: row[1] for row in rows}
            db.end_reading()
        return found

    def question_id(self, content_id: str) -> int:
        """Return a question's number."""
        with self.app.app_context():
            found = db.session().scalars(
                sa.select(Question.id).where(
                    Question.course_id == self.course_id, Question.content_id == content_id
                )
            )
            number = found.one()
            db.end_reading()
        return number

    def revisions(self, content_id: str) -> list[int]:
        """Return the numbers of a question's wordings, the oldest first."""
        with self.app.app_context():
            rows = db.session().scalars(
                sa.select(QuestionVersion)
                .join(Question)
                .where(Question.content_id == content_id)
                .order_by(QuestionVersion.number)
            )
            found = [revision.id for row in rows for revision in row.revisions]
            db.end_reading()
        return found

    def versions(self, content_id: str) -> list[int]:
        """Return how many wordings each version of a question has."""
        with self.app.app_context():
            rows = db.session().scalars(
                sa.select(QuestionVersion)
                .join(Question)
                .where(Question.content_id == content_id)
                .order_by(QuestionVersion.number)
            )
            found = [len(row.revisions) for row in rows]
            db.end_reading()
        return found

    def address(self, content_id: str, page: str) -> str:
        """Return the address of a page of a question."""
        return f"/courses/{self.course}/bank/{self.question_id(content_id)}/{page}"

    def get(self, path: str, client: FlaskClient | None = None) -> TestResponse:
        """Open a page."""
        return (client or self.client).get(path)

    def post(self, path: str, client: FlaskClient | None = None, **form: str) -> TestResponse:
        """Send a form."""
        who = client or self.client
        return who.post(path, data={"csrf_token": csrf(who), **form})


def with_question(desk: Desk, *given: str) -> str:
    """Return the quiz's text with the question of these tests, whatever it was before."""
    before = re.split(r"\n// \[id:p-1\]", desk.text)[0].rstrip("\n")
    return f"{before}\n\n{PLAIN.format(*given)}"

"""Store questions and quizzes as their files say: words revised, keys never changed in place.

A change of words that keeps option ids, key and marks is a new revision of the same version,
shown at once; any other change is a new version. A quiz gets a new version only when its rules or
its list of question versions change. Stored texts are HTML, made of the file's Markdown before the
write.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import CourseFact, FactSignOff
from lms.errors import Refused
from lms.quizzes.bank.entry import Entry
from lms.quizzes.models import (
    Question,
    QuestionRevision,
    QuestionState,
    QuestionVersion,
    Quiz,
    QuizPlace,
    QuizVersion,
)
from lms.quizzes.question_types import protocol
from lms.quizzes.question_types.registry import (
    dump_question,
    parse_question,
    rules_for,
    translated,
    with_kept_ids,
)
from lms.quizzes.rules.sections import parse_sections
from lms.quizzes.rules.settings import QuizSettings, parse_settings
from lms.quizzes.services import filing
from lms.quizzes.services.pinning import version_asked
from lms.quizzes.services.prepared import (
    Change,
    FactBasis,
    ReadyItem,
    ReadyQuiz,
    compare,
)
from lms.quizzes.services.versions import Listed, Made, renew


class FactsNotSignedOff(Refused):
    """A draft can't be published: facts that it rests on wait for a sign-off."""

    def __init__(self, question: str, waiting: Sequence[str]) -> None:
        super().__init__(f"{question}: {', '.join(waiting)}")
        self.question = question
        self.waiting = tuple(waiting)


# What is stored ------------------------------------------------------------------------------


@dataclass(frozen=True)
class StoredQuestion:
    """A question as it stands: its row, newest version and newest words."""

    row: Question
    version: QuestionVersion
    revision: QuestionRevision

    @property
    def question(self) -> protocol.Question:
        """The question as a plain value."""
        return parse_question(self.revision.payload)

    @property
    def words(self) -> protocol.Question | None:
        """Its English form, where there is one."""
        payload = self.revision.payload_en
        return None if payload is None else parse_question(payload)


def stored_questions(course_id: int) -> dict[str, StoredQuestion]:
    """Return a course's questions by content id; three statements however many there are."""
    session = db.session()
    rows = session.scalars(sa.select(Question).where(Question.course_id == course_id)).all()
    by_id = {row.id: row for row in rows}
    versions: dict[int, QuestionVersion] = {}
    for version in session.scalars(
        sa.select(QuestionVersion)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Question.course_id == course_id)
        .order_by(QuestionVersion.number)
    ):
        versions[version.question_id] = version
    revisions: dict[int, QuestionRevision] = {}
    for revision in session.scalars(
        sa.select(QuestionRevision)
        .where(QuestionRevision.version_id.in_([v.id for v in versions.values()]))
        .order_by(QuestionRevision.number)
    ):
        revisions[revision.version_id] = revision
    return {
        by_id[question_id].content_id: StoredQuestion(
            by_id[question_id], version, revisions[version.id]
        )
        for question_id, version in versions.items()
    }


def fact_basis(course_id: int) -> FactBasis:
    """Read how a course's facts stand."""
    session = db.session()
    facts = session.execute(
        sa.select(CourseFact.fact_id, CourseFact.confidence).where(
            CourseFact.course_id == course_id
        )
    )
    confidence = {row[0]: row[1] for row in facts}
    signed = session.scalars(
        sa.select(CourseFact.fact_id)
        .join(
            FactSignOff,
            sa.and_(
                FactSignOff.course_id == CourseFact.course_id,
                FactSignOff.fact_id == CourseFact.fact_id,
                FactSignOff.statement_hash == CourseFact.statement_hash,
            ),
        )
        .where(CourseFact.course_id == course_id)
    ).all()
    return FactBasis(confidence, frozenset(signed))


def sign_off_hashes(course_id: int) -> frozenset[tuple[str, str]]:
    """Return (fact, hash of its statement) of everything ever signed off for a course."""
    rows = db.session().execute(
        sa.select(FactSignOff.fact_id, FactSignOff.statement_hash).where(
            FactSignOff.course_id == course_id
        )
    )
    return frozenset((row[0], row[1]) for row in rows)


# Acts ----------------------------------------------------------------------------------------


@dataclass
class Author:
    """One storing of a course's quizzes: who, when, and what stands already."""

    course_id: int
    by: int | None
    now: datetime
    basis: FactBasis
    known: dict[str, StoredQuestion]
    tags: dict[int, set[str]] = field(default_factory=dict)  # by question

    def store_quiz(
        self,
        quiz: ReadyQuiz,
        *,
        slug: str,
        module_id: int | None = None,
        place: QuizPlace = QuizPlace.MODULE,
    ) -> Quiz:
        """Store a quiz with its questions; a published one it has too few of is not shown."""
        session = db.session()
        row = session.scalar(
            sa.select(Quiz).where(
                Quiz.course_id == self.course_id, Quiz.content_id == quiz.content_id
            )
        )
        if row is None:
            row = Quiz(course_id=self.course_id, content_id=quiz.content_id, slug=slug)
            row.title_ro = row.title_en = ""
            session.add(row)
        row.place, row.module_id, row.withdrawn_at = place, module_id, None
        row.title_ro, row.title_en = quiz.title_ro, quiz.title_en
        session.flush()  # the versions need the quiz's id
        asked = []
        for item in quiz.items:
            stored = self.store_question(item, row)
            if stored.row.state is QuestionState.PUBLISHED:
                version_id = version_asked(stored.version, item.pinned)
                asked.append((version_id, item.slot, item.section))
        made = Made(quiz.settings, tuple(asked), quiz.sections)
        renew(row, made, by=self.by, now=self.now)
        return row

    def store_question(self, item: ReadyItem, quiz: Quiz | None) -> StoredQuestion:
        """Store a question of a quiz's text, or of the bank alone, where no quiz has it."""
        session = db.session()
        state = QuestionState.DRAFT
        if quiz is not None:
            state = self.basis.state(item.status, item.fact_ids)
        before = self.known.get(item.content_id)
        if before is None:
            row = Question(
                course_id=self.course_id,
                content_id=item.content_id,
                state=state,
                fact_ids=list(item.fact_ids),
                lesson_number=item.lesson_number,
                author_id=self.by,
                changed_at=self.now,
            )
            session.add(row)
            session.flush()  # the version needs the question's id
            stored = self._add_version(row, item.question, item.words, number=1)
        else:
            row = before.row
            row.state, row.lesson_number = state, item.lesson_number
            if list(row.fact_ids) != list(item.fact_ids):
                row.fact_ids = list(item.fact_ids)
            stored = self._renew_question(before, item)
        row.quiz_id = quiz.id if quiz is not None else None
        self._file(row, stored, item.entry)
        self.known[item.content_id] = stored
        return stored

    def _file(self, row: Question, stored: StoredQuestion, entry: Entry) -> None:
        """Keep what the bank knows of a question: its text, where it belongs, its tags."""
        row.type = stored.version.type
        if stored.revision.created_at == self.now:
            row.changed_at = self.now
        self.tags[row.id] = filing.file_entry(
            row, entry, tags=self.tags.get(row.id, set()), now=self.now
        )

    def _renew_question(self, before: StoredQuestion, item: ReadyItem) -> StoredQuestion:
        old = before.question
        new = with_kept_ids(item.question, old)
        words = translated(new, item.words) if item.words is not None else None
        change = compare(new, old, words=words, old_words=before.words)
        if change is Change.KEY:
            return self._add_version(before.row, new, words, number=before.version.number + 1)
        if change is Change.WORDS:
            number = before.revision.number + 1
            return self._add_revision(before.row, before.version, new, words, number=number)
        return before

    def _add_version(
        self,
        row: Question,
        question: protocol.Question,
        words: protocol.Question | None,
        *,
        number: int,
    ) -> StoredQuestion:
        version = QuestionVersion(
            question_id=row.id,
            number=number,
            type=question.type,
            structure_digest=rules_for(question).structure_digest(question),
            created_at=self.now,
        )
        db.session().add(version)
        db.session().flush()  # the revision needs the version's id
        return self._add_revision(row, version, question, words, number=1)

    def _add_revision(
        self,
        row: Question,
        version: QuestionVersion,
        question: protocol.Question,
        words: protocol.Question | None,
        *,
        number: int,
    ) -> StoredQuestion:
        revision = QuestionRevision(
            version_id=version.id,
            number=number,
            payload=dump_question(question),
            payload_en=dump_question(words) if words is not None else None,
            created_at=self.now,
            created_by_id=self.by,
        )
        db.session().add(revision)
        db.session().flush()
        return StoredQuestion(row, version, revision)

    def retire_questions(self, kept: Collection[str]) -> None:
        """Retire the questions that no file has any more."""
        for content_id, stored in self.known.items():
            if content_id not in kept:
                filing.retire(stored.row, now=self.now)

    def withdraw_quizzes(self, kept: Collection[str]) -> None:
        """Withdraw the quizzes that no file has any more."""
        for quiz in db.session().scalars(
            sa.select(Quiz).where(Quiz.course_id == self.course_id, Quiz.withdrawn_at.is_(None))
        ):
            if quiz.content_id not in kept:
                quiz.withdrawn_at = self.now


def author_of(course_id: int, *, by: int | None, now: datetime) -> Author:
    """Begin storing a course's quizzes; facts and their sign-offs must be stored already."""
    known, tags = stored_questions(course_id), filing.tags_of(course_id)
    return Author(course_id, by, now, fact_basis(course_id), known, tags)


def publish_question(question: Question, *, by: int | None, now: datetime) -> bool:
    """Publish a draft whose facts are signed off and add it to a new version of its quiz.

    Raise FactsNotSignedOff where a fact still waits, or there is none to vouch for. False where it
    was published already.
    """
    if question.state is QuestionState.PUBLISHED:
        return False
    basis = fact_basis(question.course_id)
    waiting = basis.waiting(question.fact_ids)
    if waiting or not question.fact_ids or question.state is QuestionState.RETIRED:
        raise FactsNotSignedOff(question.content_id, waiting)
    question.state, question.is_ready = QuestionState.PUBLISHED, True
    record(
        "question.published",
        by=by,
        on=question,
        course_id=question.course_id,
        question=question.content_id,
    )
    return True


def refresh_quiz(
    quiz: Quiz,
    questions: Sequence[Listed],
    *,
    by: int | None,
    now: datetime,
) -> bool:
    """Make the quiz's list anew from its questions in order.

    True where a version was made.
    """
    known = stored_questions(quiz.course_id)
    current = db.session().get(QuizVersion, quiz.current_version_id)
    settings = parse_settings(current.settings) if current is not None else QuizSettings()
    asked = tuple(
        (version_asked(known[each.content_id].version, each.pinned), each.slot, each.section)
        for each in questions
        if each.content_id in known and known[each.content_id].row.state is QuestionState.PUBLISHED
    )
    sections = parse_sections(current.sections) if current is not None else ()
    return renew(quiz, Made(settings, asked, sections), by=by, now=now)

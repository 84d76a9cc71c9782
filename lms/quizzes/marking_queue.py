"""Which answers to a quiz wait to be marked by a person, in the order of working through them.

The database counts and orders them: a page reads what it shows, however many answers there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Enrolment
from lms.quizzes import queries
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    ManualMark,
    MarkDraft,
    QuestionVersion,
    ResponseVersion,
)
from lms.quizzes.question_types.protocol import Marking
from lms.quizzes.question_types.registry import TYPES, marking_of
from lms.quizzes.rules.attempt_rules import AttemptState

PER_PAGE = 50
_FACTOR, _MODULUS = 2_654_435_761, 4_294_967_296  # scatters ids; the same on both databases


def by_hand_types() -> list[str]:
    """List the types that a person marks."""
    return [name for name in TYPES if marking_of(name) is Marking.BY_HAND]


@dataclass(frozen=True)
class Queue:
    """The answers to a quiz of some editions' people, in an order of working.

    Question by question, or learner by learner; without names in an order that tells none.
    """

    quiz_id: int
    edition_ids: Sequence[int]
    by_learner: bool = False
    is_blind: bool = False

    def _answers(self) -> sa.Subquery:
        """Select the answers of submitted attempts that a person marks."""
        answered = sa.exists().where(ResponseVersion.item_id == AttemptItem.id)
        marked = sa.exists().where(ManualMark.item_id == AttemptItem.id)
        waits = AttemptItem.fraction.is_(None)
        scattered = Attempt.id if self.by_learner else AttemptItem.id
        return (
            sa.select(
                AttemptItem.id.label("item_id"),
                Attempt.id.label("attempt_id"),
                Attempt.number,
                AttemptItem.question_version_id.label("version_id"),
                QuestionVersion.question_id,
                AttemptItem.position,
                Person.family_name,
                Person.given_names,
                sa.func.lower(Person.given_names).label("given_key"),
                sa.func.lower(Person.family_name).label("family_key"),
                (scattered * _FACTOR % _MODULUS).label("scatter"),
                sa.case((waits, 1), else_=0).label("waits"),
                sa.case(
                    (sa.and_(waits, sa.exists().where(MarkDraft.item_id == AttemptItem.id)), 1),
                    else_=0,
                ).label("drafts"),
            )
            .join(Attempt, Attempt.id == AttemptItem.attempt_id)
            .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
            .join(Person, Person.id == Enrolment.person_id)
            .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
            .where(
                Attempt.quiz_id == self.quiz_id,
                Attempt.state == AttemptState.SUBMITTED,  # what was given up has no grade
                Enrolment.edition_id.in_(self.edition_ids),
                QuestionVersion.type.in_(by_hand_types()),
                Person.erased_at.is_(None),
                answered,
                sa.or_(waits, marked),
            )
            .subquery()
        )

    def _order(self, of: Any) -> tuple[Any, ...]:
        """Order by pile, and in a pile by whose answer it is."""
        who = (of.scatter,) if self.is_blind else (of.given_key, of.family_key, of.number)
        if self.by_learner:
            return (*who, of.attempt_id, of.position)
        return (of.question_id, *who, of.item_id)

    def totals(self) -> Totals:
        """Count answers and piles; one statement."""
        of = self._answers().c
        pile = of.attempt_id if self.by_learner else of.question_id
        row = (
            db.session()
            .execute(
                sa.select(
                    sa.func.count(),
                    sa.func.coalesce(sa.func.sum(of.waits), 0),
                    sa.func.count(sa.distinct(pile)),
                )
            )
            .one()
        )
        return Totals(row[0], int(row[1]), row[2])

    def piles(self, page: int, locale: str) -> list[Pile]:
        """Read a page of piles; one statement, and few more for the words of questions."""
        of = self._answers().c
        pile = of.attempt_id if self.by_learner else of.question_id
        order = self._order(of)

        def over(what: Any) -> Any:
            return sa.func.sum(what).over(partition_by=pile)

        ranked = sa.select(
            *of,
            over(of.waits).label("pile_waits"),
            over(of.drafts).label("pile_drafts"),
            sa.func.count().over(partition_by=pile).label("pile_total"),
            sa.func.max(of.version_id).over(partition_by=pile).label("newest_id"),
            sa.func.row_number()
            .over(partition_by=pile, order_by=[of.waits.desc(), *order])
            .label("at"),
        ).subquery()
        first = ranked.c.at == 1  # the first that waits opens a pile
        place = self._order(ranked.c)
        start = (page - 1) * PER_PAGE
        rows = (
            db.session()
            .execute(sa.select(ranked).where(first).order_by(*place).limit(PER_PAGE).offset(start))
            .all()
        )
        words = {} if self.by_learner else queries.newest_words([row.newest_id for row in rows])
        return [
            self._pile(row, words.get(row.newest_id), number, locale)
            for number, row in enumerate(rows, start + 1)
        ]

    def _pile(self, row: Any, words: queries.Words | None, number: int, locale: str) -> Pile:
        title, language = "", locale
        if words is not None:
            title, language = words.in_language(locale).stem, words.language(locale)
        elif not self.is_blind:
            title = f"{row.given_names} {row.family_name}"
        return Pile(
            title=title or str(number),
            title_language=language,
            waiting=int(row.pile_waits),
            total=row.pile_total,
            first_id=row.item_id,
            drafts=int(row.pile_drafts),
        )

    def around(self, item_id: int) -> Around:
        """Tell where an answer stands among the others, and which waits next; one statement."""
        of = self._answers().c
        order = self._order(of)
        ranked = sa.select(
            of.item_id,
            of.waits,
            sa.func.row_number().over(order_by=order).label("place"),
            sa.func.lag(of.item_id).over(order_by=order).label("before"),
            sa.func.lead(of.item_id).over(order_by=order).label("after"),
        ).cte("ranked")
        all_of = sa.select(
            sa.func.count().label("total"),
            sa.func.coalesce(sa.func.sum(ranked.c.waits), 0).label("waiting"),
        ).subquery()
        here = sa.select(ranked).where(ranked.c.item_id == item_id).subquery()
        others = ranked.alias("others")
        place = sa.select(sa.func.coalesce(sa.func.max(here.c.place), 0)).scalar_subquery()
        following = (
            sa.select(others.c.item_id)
            .where(others.c.waits == 1, others.c.item_id != item_id)
            .order_by(sa.case((others.c.place > place, 0), else_=1), others.c.place)
            .limit(1)
            .scalar_subquery()
        )
        row = (
            db.session()
            .execute(
                sa.select(
                    all_of.c.total,
                    all_of.c.waiting,
                    here.c.place,
                    here.c.before,
                    here.c.after,
                    following,
                ).select_from(all_of.outerjoin(here, sa.true()))
            )
            .one()
        )
        return Around(row[0], int(row[1]), *row[2:])


@dataclass(frozen=True)
class Totals:
    """How much there is."""

    answers: int
    waiting: int
    piles: int


@dataclass(frozen=True)
class Pile:
    """Answers that belong together on the list: to one question, or of one attempt."""

    title: str
    title_language: str
    waiting: int
    total: int
    first_id: int
    drafts: int


@dataclass(frozen=True)
class Around:
    """An answer's place among the others, from 1; None where it is not among them any more."""

    total: int
    waiting: int
    place: int | None
    before: int | None
    after: int | None
    next_waiting: int | None

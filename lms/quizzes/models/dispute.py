"""A question of an attempt that its learner contests, and what the trainer answered."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.db import Base, BigId, Id, text_enum
from lms.quizzes.models.attempt import Attempt, AttemptItem
from lms.quizzes.models.correction import Correction


class DisputeState(enum.StrEnum):
    """Where a contested question stands."""

    OPEN = "open"
    UPHELD = "upheld"  # the learner was right: something was corrected
    REFUSED = "refused"  # with the reason


class Dispute(Base):
    """What a learner says is wrong with a question, once open; text and answer both stay."""

    __tablename__ = "disputes"

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempts.id"), index=True)
    item_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("attempt_items.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[DisputeState] = mapped_column(text_enum(DisputeState), default=DisputeState.OPEN)
    raised_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    answer: Mapped[str | None] = mapped_column(sa.Text)
    correction_id: Mapped[int | None] = mapped_column(sa.ForeignKey("corrections.id"))

    attempt: Mapped[Attempt] = relationship()
    item: Mapped[AttemptItem] = relationship()
    correction: Mapped[Correction | None] = relationship()

    __table_args__ = (
        sa.Index(
            "uq_disputes_open",
            "item_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="is_answered_once"),
    )

    @property
    def person_id(self) -> int:
        """Who contests."""
        return self.attempt.person_id

    @property
    def course_id(self) -> int:
        """The course whose trainers answer."""
        return self.attempt.course_id

    @property
    def edition_id(self) -> int:
        """The edition whose trainers answer."""
        return self.attempt.edition_id

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Dispute]:
        """Disputes of the attempts one may see."""
        return sa.select(cls).where(
            cls.attempt_id.in_(Attempt.visible_to(actor).with_only_columns(Attempt.id))
        )

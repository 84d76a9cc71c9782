"""The questionnaire in its versions; who has submitted it; what was answered, by nobody.

Nothing leads from an answer to a person. `survey_submissions` knows the place and the day,
`survey_answers` neither; between them stands a sealed box without order (docs/decisions/0009).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Id, Short


class Survey(Base):
    """A course's questionnaire."""

    __tablename__ = "surveys"

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    content_id: Mapped[str] = mapped_column(sa.String(80))
    title_ro: Mapped[Short]
    title_en: Mapped[Short]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (sa.UniqueConstraint("course_id", "content_id"),)


class SurveyVersion(Base):
    """What is asked; the newest is shown. Once somebody has answered it, it never changes."""

    __tablename__ = "survey_versions"

    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("surveys.id"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("survey_id", "number"),)


class SurveySubmission(Base):
    """The fact that somebody has submitted the questionnaire, and on which day; no answers."""

    __tablename__ = "survey_submissions"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"), primary_key=True)
    survey_id: Mapped[int] = mapped_column(
        sa.ForeignKey("surveys.id"), primary_key=True, index=True
    )
    submitted_on: Mapped[date]


class SurveyBox(Base):
    """Answers that wait for their group, sealed as one; with each answer sealed anew.

    `lost` counts answers whose key was not here any more: after a restore, a backup holds none.
    """

    __tablename__ = "survey_boxes"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("survey_versions.id"), index=True)
    waiting: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    key_name: Mapped[str] = mapped_column(sa.String(32), default="")
    sealed: Mapped[bytes] = mapped_column(default=b"")

    __table_args__ = (sa.UniqueConstraint("edition_id", "version_id"),)


class SurveyAnswer(Base):
    """One set of answers under a random key: no time, no person, no place in any order."""

    __tablename__ = "survey_answers"

    key: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("survey_versions.id"), index=True)
    answers: Mapped[dict[str, Any]]

    __table_args__ = ({"sqlite_with_rowid": False},)

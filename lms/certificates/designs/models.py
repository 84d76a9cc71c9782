"""Designs that the office made, their versions, and which one a programme or edition uses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.courses.models import Edition, Programme
from lms.db import Base, Id, Short
from lms.files.models import StoredFile


class CertificateDesign(Base):
    """A design by its name; what it looks like is in its versions."""

    __tablename__ = "certificate_designs"

    id: Mapped[Id]
    name: Mapped[Short]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    archived_at: Mapped[datetime | None]

    versions: Mapped[list[CertificateDesignVersion]] = relationship(
        back_populates="design", order_by="CertificateDesignVersion.number"
    )

    @property
    def newest(self) -> CertificateDesignVersion:
        """The version that is edited."""
        return self.versions[-1]

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[CertificateDesign]:
        """Designs are the office's."""
        statement = sa.select(cls)
        if actor is None or not actor.runs_everything:
            return statement.where(sa.false())
        return statement


class CertificateDesignVersion(Base):
    """A version: written once and never changed, for certificates name it by its hash."""

    __tablename__ = "certificate_design_versions"

    id: Mapped[Id]
    design_id: Mapped[int] = mapped_column(sa.ForeignKey("certificate_designs.id"), index=True)
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    data: Mapped[dict[str, Any]]
    restored_from: Mapped[int | None]  # number of the earlier version that it brings back
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))

    design: Mapped[CertificateDesign] = relationship(back_populates="versions")

    __table_args__ = (sa.UniqueConstraint("design_id", "number"),)


class DesignChoice(Base):
    """Which design a programme's certificates are issued in, or those of one edition.

    A shipped design goes by its key, a design of the office by its version. Without a row the
    first shipped design is used.
    """

    __tablename__ = "certificate_design_choices"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), index=True)
    edition_id: Mapped[int | None] = mapped_column(sa.ForeignKey("editions.id"), unique=True)
    shipped: Mapped[str | None] = mapped_column(sa.String(40))
    version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("certificate_design_versions.id"))
    shows_results: Mapped[bool] = mapped_column(default=False)
    chosen_at: Mapped[datetime]
    chosen_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))

    programme: Mapped[Programme] = relationship()
    edition: Mapped[Edition | None] = relationship()
    version: Mapped[CertificateDesignVersion | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("(shipped IS NULL) != (version_id IS NULL)", name="one_design"),
        sa.Index(
            "uq_certificate_design_choices_programme",
            "programme_id",
            unique=True,
            sqlite_where=sa.text("edition_id IS NULL"),
            postgresql_where=sa.text("edition_id IS NULL"),
        ),
    )


class SignatoryTerm(Base):
    """Who signs in a place of a programme's certificates during a term of office.

    On other days the programme's own signatory of that place signs. The scan of a signature is
    printed on copies alone, and only where the design says so.
    """

    __tablename__ = "signatory_terms"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), index=True)
    position: Mapped[int]
    name: Mapped[Short]
    function: Mapped[Short]
    serves_from: Mapped[date]
    serves_until: Mapped[date | None]
    scan_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_files.id"))
    created_at: Mapped[datetime]

    scan: Mapped[StoredFile | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint(
            "serves_until IS NULL OR serves_until >= serves_from", name="runs_forward"
        ),
    )

"""Awards, certificates, their files, prints, and the chained register."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor
from lms.certificates.desk.settings import PrintKind
from lms.certificates.levels.level import Level
from lms.certificates.paper import DocumentSeen, HandOverWay, PaperEvent
from lms.certificates.states import CertificateState, FlagOutcome
from lms.courses.models import Edition, Enrolment, Module, Programme
from lms.db import Base, Id, Short, text_enum


class Award(Base):
    """What is earned on an edition: a module, or (module empty) the whole course."""

    __tablename__ = "awards"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    module_id: Mapped[int | None] = mapped_column(sa.ForeignKey("modules.id"))

    edition: Mapped[Edition] = relationship()
    module: Mapped[Module | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("edition_id", "module_id"),
        sa.Index(
            "uq_awards_whole_course",
            "edition_id",
            unique=True,
            sqlite_where=sa.text("module_id IS NULL"),
            postgresql_where=sa.text("module_id IS NULL"),
        ),
    )


class NumberCounter(Base):
    """The last serial given in a series and year; its row's lock makes numbers gapless."""

    __tablename__ = "number_counters"

    series: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_serial: Mapped[int] = mapped_column(default=0)
    locked_reason: Mapped[str | None] = mapped_column(
        sa.Text
    )  # issuing stopped, e.g. after a restore
    confirmed_serial: Mapped[int | None]  # while locked: the last serial said to be handed out


class Certificate(Base):
    """One numbered document; what it says is frozen in `facts` when the number is taken."""

    __tablename__ = "certificates"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"), index=True)
    award_id: Mapped[int] = mapped_column(sa.ForeignKey("awards.id"), index=True)
    state: Mapped[CertificateState] = mapped_column(text_enum(CertificateState))
    series: Mapped[str] = mapped_column(sa.String(12))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    verify_url: Mapped[Short]  # as printed, frozen
    is_model: Mapped[bool]
    facts: Mapped[dict[str, Any]]  # CertificateDocument.to_json
    reserved_at: Mapped[datetime]
    issued_on: Mapped[date]  # in the programme's zone
    expires_on: Mapped[date | None]
    issued_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("certificates.id"), unique=True)
    status_index: Mapped[int | None] = mapped_column(unique=True)  # its badge's place in the lists
    ended_at: Mapped[datetime | None]  # superseded, revoked or void since
    ended_reason: Mapped[str | None] = mapped_column(sa.Text)
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    announced_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(sa.Text)

    enrolment: Mapped[Enrolment] = relationship()
    award: Mapped[Award] = relationship()
    files: Mapped[list[CertificateFile]] = relationship(
        back_populates="certificate", order_by="CertificateFile.id"
    )

    __table_args__ = (
        sa.UniqueConstraint("series", "year", "serial"),
        sa.Index(
            "uq_certificates_current",
            "enrolment_id",
            "award_id",
            unique=True,
            sqlite_where=sa.text("state IN ('reserved', 'valid')"),
            postgresql_where=sa.text("state IN ('reserved', 'valid')"),
        ),
    )

    @property
    def person_id(self) -> int:
        """Whose certificate it is."""
        return self.enrolment.person_id

    @property
    def course_id(self) -> int:
        """The course whose trainers may see it."""
        return self.enrolment.course_id

    @property
    def edition_id(self) -> int:
        """The edition it was earned on."""
        return self.enrolment.edition_id

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Certificate]:
        """Certificates of the enrolments one may see."""
        return sa.select(cls).where(
            cls.enrolment_id.in_(Enrolment.visible_to(actor).with_only_columns(Enrolment.id))
        )


class CertificateFlag(Base):
    """That a valid certificate's conditions aren't met any more, until the registrar decides.

    Nothing takes a certificate back by itself: neither another rule nor another grade.
    """

    __tablename__ = "certificate_flags"

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificates.id"), index=True)
    raised_at: Mapped[datetime]
    missing: Mapped[list[Any]]  # [condition, done, needed, done then, needed then]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    outcome: Mapped[FlagOutcome | None] = mapped_column(text_enum(FlagOutcome))
    reason: Mapped[str | None] = mapped_column(sa.Text)

    certificate: Mapped[Certificate] = relationship()

    __table_args__ = (
        sa.Index(
            "uq_certificate_flags_open",
            "certificate_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )


class CertificateFile(Base):
    """A signed file: kept for good, with its hash, signature level and engine.

    The one that was issued is of level B-B; those after it hold all its bytes, and more.
    """

    __tablename__ = "certificate_files"

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificates.id"), index=True)
    level: Mapped[str] = mapped_column(sa.String(8))  # B-B …
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    size: Mapped[int]
    engine: Mapped[str] = mapped_column(sa.String(40))
    seal_fingerprint: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    approvals: Mapped[int] = mapped_column(default=0)  # signatories who signed it besides the seal
    renewal: Mapped[int] = mapped_column(default=0)  # how often its last timestamp was renewed
    stamped_at: Mapped[datetime | None]  # the first timestamp by a known authority
    stamped_until: Mapped[datetime | None]  # the end of the last timestamp's own certificate
    signed_by: Mapped[list[Any]] = mapped_column(default=list)  # [name, function, when] of each

    certificate: Mapped[Certificate] = relationship(back_populates="files")

    __table_args__ = (sa.UniqueConstraint("certificate_id", "level", "approvals", "renewal"),)

    @classmethod
    def is_issued(cls) -> sa.ColumnElement[bool]:
        """Select the file as it was issued, of which every certificate has one."""
        return sa.and_(cls.level == Level.BASIC.value, cls.approvals == 0)


class SignatoryPin(Base):
    """A signatory of a programme whose own signature on certificates is accepted."""

    __tablename__ = "signatory_pins"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"), index=True)
    name: Mapped[Short]  # as in the programme when pinned
    function: Mapped[Short]
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    certificate_pem: Mapped[str] = mapped_column(sa.Text)
    issuer_pem: Mapped[str] = mapped_column(sa.Text)  # empty: this one certificate alone
    pinned_at: Mapped[datetime]
    pinned_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[SignatoryPin]:
        """Pins of the programmes one may see."""
        return sa.select(cls).where(
            cls.programme_id.in_(Programme.visible_to(actor).with_only_columns(Programme.id))
        )


class LevelTry(Base):
    """That a file couldn't be brought to the next level, why, and when to try again."""

    __tablename__ = "level_tries"

    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificates.id"), primary_key=True)
    tries: Mapped[int]
    next_at: Mapped[datetime]
    last_error: Mapped[str] = mapped_column(sa.Text)


class ValidityCheck(Base):
    """One look at all kept files: does each still validate? What doesn't is listed."""

    __tablename__ = "validity_checks"

    id: Mapped[Id]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    faults: Mapped[list[Any]]  # [number, name of the file, what, detail]


class Printing(Base):
    """A certificate put on paper, by whom and as what; never edited.

    A sheet that was spoilt stays: the one printed in its place names it.
    """

    __tablename__ = "printings"

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificates.id"), index=True)
    kind: Mapped[PrintKind] = mapped_column(text_enum(PrintKind), default=PrintKind.ORIGINAL)
    copies: Mapped[int] = mapped_column(default=1)
    printed_at: Mapped[datetime]
    printed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("batches.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("printings.id"), unique=True)
    duplicate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("duplicates.id"), index=True)


class PaperAct(Base):
    """One thing done with paper copies, of one certificate or of a ticked list; never edited."""

    __tablename__ = "paper_acts"

    id: Mapped[Id]
    event: Mapped[PaperEvent] = mapped_column(text_enum(PaperEvent))
    on: Mapped[date]
    way: Mapped[HandOverWay | None] = mapped_column(text_enum(HandOverWay))
    document: Mapped[DocumentSeen | None] = mapped_column(text_enum(DocumentSeen))
    receiver: Mapped[Short | None]  # the proxy's name
    tracking: Mapped[Short | None]  # the post's number
    done_by: Mapped[Short | None]  # who handed over, by name
    note: Mapped[str | None] = mapped_column(sa.Text)  # why, where a correction needs it
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))

    entries: Mapped[list[PaperEntry]] = relationship(back_populates="act", order_by="PaperEntry.id")


class PaperEntry(Base):
    """One certificate's line in such an act; a correction names the line that doesn't hold."""

    __tablename__ = "paper_entries"

    id: Mapped[Id]
    act_id: Mapped[int] = mapped_column(sa.ForeignKey("paper_acts.id"), index=True)
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificates.id"), index=True)
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("paper_entries.id"), unique=True)

    act: Mapped[PaperAct] = relationship(back_populates="entries")


class RegisterEvent(enum.StrEnum):
    """What can happen to a certificate in the register."""

    RESERVED = "reserved"
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    VOIDED = "voided"
    RECOVERED = "recovered"  # entered again after a loss: valid, unless a later entry says more
    EXTENDED = "extended"  # another file of it is kept; its state stays
    DUPLICATED = "duplicated"  # a duplicate on paper was granted; its state stays


class RegisterEntry(Base):
    """A link of the register's chain, written under the number counter's lock."""

    __tablename__ = "register_entries"

    id: Mapped[Id]
    series: Mapped[str] = mapped_column(sa.String(12))
    sequence: Mapped[int]
    # empty where a number was lost with a backup, and nobody knows any more whose it was
    certificate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("certificates.id"), index=True)
    event: Mapped[RegisterEvent] = mapped_column(text_enum(RegisterEvent))
    at: Mapped[datetime]
    by_id: Mapped[int | None]
    number: Mapped[str] = mapped_column(sa.String(40))
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))  # salted, of the frozen facts
    chain_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))

    __table_args__ = (sa.UniqueConstraint("series", "sequence"),)

    @classmethod
    def tells_state(cls) -> sa.ColumnElement[bool]:
        """Select the entries after which a certificate stands otherwise."""
        return cls.event.not_in([RegisterEvent.EXTENDED, RegisterEvent.DUPLICATED])


class RegisterDetail(Base):
    """The values behind a register entry's digest; erasable without breaking the chain."""

    __tablename__ = "register_details"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("register_entries.id"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(sa.LargeBinary(16))
    values: Mapped[dict[str, Any]]


class LostNumber(Base):
    """A number given out, lost with a backup and annulled: nobody gets it again."""

    __tablename__ = "lost_numbers"

    id: Mapped[Id]
    series: Mapped[str] = mapped_column(sa.String(12))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    voided_at: Mapped[datetime]
    voided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    reason: Mapped[str] = mapped_column(sa.Text)

    __table_args__ = (sa.UniqueConstraint("series", "year", "serial"),)


class Find(Base):
    """What a file says of a lost number, kept until somebody says whose it is."""

    __tablename__ = "recovery_finds"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    found: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]


class RegisterDay(Base):
    """That the register of a finished day was written to a file outside the database."""

    __tablename__ = "register_days"

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(unique=True)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    written_at: Mapped[datetime]


class StolenSeal(Base):
    """That a seal's key is in other hands: the register alone speaks for its files."""

    __tablename__ = "stolen_seals"

    id: Mapped[Id]
    seal_fingerprint: Mapped[str] = mapped_column(sa.String(64), unique=True)
    since: Mapped[datetime]
    reported_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.Text)


class RecoveryKit(Base):
    """That the seal's recovery kit was taken out and said to be stored elsewhere."""

    __tablename__ = "recovery_kits"

    id: Mapped[Id]
    seal_fingerprint: Mapped[str] = mapped_column(sa.String(64), unique=True)
    stored_at: Mapped[datetime]
    stored_by_id: Mapped[int | None]
    where: Mapped[Short]

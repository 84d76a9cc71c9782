"""What stands in an edition's archive, file by file, in an order that stays the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.archive import chains
from lms.archive.papers import attempts_pdf
from lms.archive.writing import Entry
from lms.audit.details import detail_words
from lms.audit.queries import lines_where
from lms.audit.words import action_word, table_word
from lms.certificates import exports, queries, register, seals, words
from lms.certificates.desk import duplicates
from lms.certificates.levels.files import kept_name
from lms.certificates.models import Certificate, CertificateFile, PaperAct, PaperEntry
from lms.certificates.queries import RegisterLine
from lms.certificates.signing.api import SealError
from lms.certificates.states import HOLDER_ERASED
from lms.courses.models import Completion, Edition, Enrolment, EnrolmentState, SubjectKind
from lms.files import store
from lms.files.models import StoredFile
from lms.meetings.models import Meeting
from lms.meetings.queries import attendance_of
from lms.people_names import person_sort_key
from lms.quizzes.models import Attempt, PaperResult, Quiz
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.safety.file_names import ascii_letters, safe_file_name
from lms.safety.sheets import Cell, csv_lines, write_csv
from lms.sheets_pdf import Column, Sheet, draw_sheet
from lms.web.i18n import format_date, format_datetime
from lms.web.i18n import gettext as _
from lms.web.templating import STATIC, render_mail

HERE = Path(__file__).parent


class Contents:
    """The files of one edition; what was written so far is what the index lists."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.zone = edition.programme.zone
        self.made_at = clock.now()
        self.listed: list[tuple[str, str]] = []
        self.root = register.store_folder()

    def entries(self) -> Iterator[Entry]:
        """Yield every file, the index last: it lists the others."""
        for name, label, pieces in self._parts():
            if label:
                self.listed.append((name, label))
            yield name, pieces
        yield "style.css", [(STATIC / "taken-along.css").read_bytes()]
        yield "index.html", [self._index_html()]
        yield "index.pdf", [self._index_pdf()]

    def _parts(self) -> Iterator[tuple[str, str, Sequence[bytes] | Iterator[bytes]]]:
        for name in ("README.ro.txt", "README.en.txt"):
            yield name, "README", [(HERE / name).read_bytes()]
        yield "check.py", _("The checker: python3 check.py"), [(HERE / "check.py.txt").read_bytes()]
        yield from self._register()
        yield "completion.csv", _("Participants, completion and scores"), [self._completion()]
        yield from self._attempts()
        yield from self._attendance()
        yield from self._hand_over()
        yield from self._record()
        yield from self._seal()

    # --- Certificates ------------------------------------------------------------------------

    def _register(self) -> Iterator[tuple[str, str, Sequence[bytes] | Iterator[bytes]]]:
        lines = queries.lines_of(queries.Wanted(edition_id=self.edition.id))
        again = duplicates.by_certificate([line.certificate_id for line in lines])
        yield "register/register.csv", _("Register (CSV)"), [exports.register_csv(lines, again)]
        yield "register/register.pdf", _("Register (PDF)"), [self._register_pdf(lines)]
        series = self.edition.programme.certificate_series
        yield "register/chain.csv", _("Chain of the register"), chains.register_chain(series)
        values = chains.register_values(self.edition.id)
        yield "register/values.jsonl", _("Values of the register"), values
        files = self._certificate_files()
        for name, sha256 in files:
            yield name, "", [store.get(self.root, sha256)]
        table = write_csv(["file", "sha256"], [[name, sha256] for name, sha256 in files])
        yield "certificates/files.csv", _("Sealed certificates: %(n)s", n=len(files)), [table]

    def _certificate_files(self) -> list[tuple[str, str]]:
        rows = db.session().execute(
            sa.select(Certificate.number, CertificateFile)
            .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
            .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
            .where(
                Enrolment.edition_id == self.edition.id,
                Certificate.facts["holder"].as_string() != HOLDER_ERASED,
            )
            .order_by(CertificateFile.id)
        )
        return [(f"certificates/{kept_name(number, file)}", file.sha256) for number, file in rows]

    def _register_pdf(self, lines: Sequence[RegisterLine]) -> bytes:
        columns = [
            Column(_("Number"), 1.6),
            Column(_("Name"), 2),
            Column(_("Organisation"), 2.4),
            Column(_("Date of issue"), 1),
            Column(_("State"), 1),
        ]
        rows = [
            (
                line.number,
                line.holder,
                line.organisation,
                line.issued_on.strftime("%d.%m.%Y") if line.issued_on else "",
                words.state_word(line.state)[1],
            )
            for line in lines
        ]
        return draw_sheet(self._sheet(_("Register of certificates"), columns, rows))

    def _sheet(self, title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Sheet:
        return Sheet(
            title=title,
            columns=columns,
            rows=rows,
            lead=[self.edition.title, self.edition.programme.title],
            foot=self.edition.programme.short_name,
            page=_("Page {page} of {pages}"),
            is_landscape=True,
        )

    # --- People ------------------------------------------------------------------------------

    def _places(self) -> list[Enrolment]:
        found = db.session().scalars(
            sa.select(Enrolment)
            .options(joinedload(Enrolment.person), joinedload(Enrolment.group))
            .where(Enrolment.edition_id == self.edition.id)
        )
        return sorted(
            found, key=lambda e: (person_sort_key(e.person.family_name, e.person.given_names), e.id)
        )

    def _completion(self) -> bytes:
        quizzes = db.session().execute(
            sa.select(Quiz.id, Quiz.title_ro)
            .where(Quiz.course_id == self.edition.course_id)
            .order_by(Quiz.id)
        )
        titles = {row.id: row.title_ro for row in quizzes}
        best, earned = self._best(), self._earned()
        headings = [_("Name"), _("Organisation"), _("Group"), _("State"), _("Hours attended")]
        headings += [_("Completed on"), *titles.values()]
        rows: list[list[Cell]] = []
        for place in self._places():
            at = earned.get(place.id)
            is_active = place.state is EnrolmentState.ACTIVE
            rows.append(
                [
                    f"{place.person.family_name} {place.person.given_names}",
                    place.organisation_name or "",
                    place.group.name if place.group else "",
                    _("takes part") if is_active else _("withdrawn"),
                    place.hours_attended,
                    at.astimezone(ZoneInfo(self.zone)).date() if at else None,
                    *(best.get((place.id, quiz_id)) for quiz_id in titles),
                ]
            )
        return write_csv(headings, rows)

    def _earned(self) -> dict[int, datetime]:
        rows = db.session().execute(
            sa.select(Completion.enrolment_id, Completion.earned_at)
            .join(Enrolment, Enrolment.id == Completion.enrolment_id)
            .where(Enrolment.edition_id == self.edition.id, Completion.kind == SubjectKind.COURSE)
        )
        return {row[0]: row[1] for row in rows}

    def _best(self) -> dict[tuple[int, int], Decimal]:
        """The best percentage of each test, on screen or on paper."""
        on_screen = (
            sa.select(Attempt.enrolment_id, Attempt.quiz_id, Attempt.percent)
            .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
            .where(Enrolment.edition_id == self.edition.id, Attempt.state == AttemptState.SUBMITTED)
        )
        on_paper = (
            sa.select(PaperResult.enrolment_id, PaperResult.quiz_id, PaperResult.percent)
            .join(Enrolment, Enrolment.id == PaperResult.enrolment_id)
            .where(Enrolment.edition_id == self.edition.id, PaperResult.revoked_at.is_(None))
        )
        best: dict[tuple[int, int], Decimal] = {}
        for statement in (on_screen, on_paper):
            for place, quiz, percent in db.session().execute(statement):
                known = best.get((place, quiz))
                if percent is not None and (known is None or percent > known):
                    best[place, quiz] = percent
        return best

    def _attempts(self) -> Iterator[tuple[str, str, Sequence[bytes]]]:
        count = 0
        for place in self._places():
            paper = attempts_pdf(place, self.zone)
            if paper is not None:
                count += 1
                yield f"attempts/{_slug(place.person.full_name)}-{place.id}.pdf", "", [paper]
        self.listed.append(("attempts/", _("Attempts, one file a person: %(n)s", n=count)))

    # --- Meetings and paper --------------------------------------------------------------------

    def _attendance(self) -> Iterator[tuple[str, str, Sequence[bytes]]]:
        found = attendance_of(self.edition.id)
        headings = [_("Name"), _("Organisation"), _("Group"), _("Hours attended")]
        headings += [
            f"{m.starts_at.astimezone(ZoneInfo(self.zone)):%d.%m.%Y} {m.title}"
            for m in found.meetings
        ]
        rows: list[list[Cell]] = [
            [
                f"{row.family_name} {row.given_names}",
                row.organisation,
                row.group,
                row.hours_attended,
                *(given.get(m.id) for m in found.meetings),
            ]
            for row, given in found.rows
        ]
        yield "attendance/attendance.csv", _("Attendance"), [write_csv(headings, rows)]
        ids = [m.id for m in found.meetings]
        yield from self._scans("attendance", Meeting.__tablename__, ids)

    def _hand_over(self) -> Iterator[tuple[str, str, Sequence[bytes]]]:
        rows = db.session().execute(
            sa.select(PaperAct, Certificate.number, PaperEntry.corrects_id)
            .join(PaperEntry, PaperEntry.act_id == PaperAct.id)
            .join(Certificate, Certificate.id == PaperEntry.certificate_id)
            .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
            .where(Enrolment.edition_id == self.edition.id)
            .order_by(PaperEntry.id)
        )
        acts, lines = set(), []
        for act, number, corrects in rows:
            acts.add(act.id)
            line: list[Cell] = [number, act.event.value, act.on, act.way.value if act.way else ""]
            line += [act.document.value if act.document else "", act.receiver, act.tracking]
            lines.append([*line, act.done_by, act.note, _("corrects") if corrects else ""])
        headings = [_("Number"), _("What"), _("Day"), _("Way of hand-over"), _("Document seen")]
        headings += [_("Received by"), _("Postal number"), _("Handed over by"), _("Reason"), ""]
        data = write_csv(headings, lines)
        yield "hand-over/hand-over.csv", _("Paper copies and their hand-over"), [data]
        yield from self._scans("hand-over", PaperAct.__tablename__, sorted(acts))

    def _scans(
        self, folder: str, table: str, ids: Sequence[int]
    ) -> Iterator[tuple[str, str, Sequence[bytes]]]:
        files = db.session().scalars(
            sa.select(StoredFile)
            .where(StoredFile.owner_type == table, StoredFile.owner_id.in_(ids))
            .order_by(StoredFile.id)
        )
        for file in files.all():
            name = ascii_letters(safe_file_name(file.name))
            data = store.get(self.root, file.sha256)
            yield (
                f"{folder}/scans/{file.owner_id}-{file.id}-{name}",
                _("Scan: %(n)s", n=name),
                [data],
            )

    # --- Record and seal -----------------------------------------------------------------------

    def _record(self) -> Iterator[tuple[str, str, Sequence[bytes] | Iterator[bytes]]]:
        headings = [_("Sequence"), _("Time"), _("Who"), _("Act"), _("Object"), _("Details")]
        rows = (
            [
                line.entry.sequence,
                line.entry.at.astimezone(ZoneInfo(self.zone)),
                line.actor.label if line.actor else _("the system"),
                action_word(line.entry.action),
                f"{table_word(line.entry.object_type)} {line.entry.object_id or ''}".strip(),
                "; ".join(
                    f"{name}: {value}" for name, value in detail_words(line.values, line.known)
                ),
            ]
            for line in lines_where(chains.of_edition(self.edition.id))
        )
        yield "audit/record.csv", _("Record: who did what"), csv_lines(headings, rows)
        yield "audit/chain.csv", _("Chain of the record"), chains.audit_chain()
        yield "audit/values.jsonl", _("Values of the record"), chains.audit_values(self.edition.id)

    def _seal(self) -> Iterator[tuple[str, str, Sequence[bytes]]]:
        pems = b"".join(
            pem for seal in seals.trusted() for pem in (seal.certificate_pem, *seal.chain_pem)
        )
        yield "seal/certificates.pem", _("Certificates of the seals, with their roots"), [pems]
        yield "seal/status.txt", _("Status of the seal"), [self._seal_status().encode()]

    def _seal_status(self) -> str:
        try:
            found = seals.about()
        except SealError:
            return _("This site has no seal that can be used.") + "\n"
        said = [
            _("Organisation: %(name)s", name=found.organisation),
            f"SHA-256: {found.fingerprint}",
            _("Kind: %(kind)s", kind=found.kind.value),
            _(
                "Valid from %(start)s to %(end)s.",
                start=format_date(found.valid_from),
                end=format_date(found.valid_until),
            ),
        ]
        if found.is_model:
            said.append(_("This is the seal of a demonstration: nothing sealed has any value."))
        return "\n".join(said) + "\n"

    # --- Index ---------------------------------------------------------------------------------

    def _index_html(self) -> bytes:
        return render_mail(
            "archive/index.html",
            edition=self.edition,
            made_at=self.made_at,
            listed=self.listed,
        ).encode()

    def _index_pdf(self) -> bytes:
        columns = [Column(_("File"), 2), Column(_("What it is"), 3)]
        sheet = self._sheet(_("Archive of the edition"), columns, self.listed)
        when = _("Written on %(time)s.", time=format_datetime(self.made_at, self.zone))
        checked = _("To check it: python3 check.py, with nothing but this archive.")
        return draw_sheet(
            Sheet(
                title=sheet.title,
                columns=columns,
                rows=self.listed,
                lead=[*sheet.lead, when, checked],
                foot=sheet.foot,
                page=sheet.page,
            )
        )


def _slug(name: str) -> str:
    return ascii_letters(name).lower().replace(" ", "-")[:60] or "participant"

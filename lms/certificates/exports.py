"""The register and its files for others: tables, one file to print, the signed originals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.certificates import paper_words, register, words
from lms.certificates.desk import desk_words, duplicates
from lms.certificates.desk.duplicates import Again, DuplicateLine
from lms.certificates.levels.files import best_files
from lms.certificates.paper import HandOverWay, PaperEvent
from lms.certificates.queries import RegisterLine
from lms.certificates.states import HOLDER_ERASED
from lms.files import store
from lms.safety.archive import stream_archive
from lms.safety.sheets import Cell, Column, write_csv, write_xlsx
from lms.web.i18n import gettext as _

MOST_AT_ONCE = 1000
MOST_ORIGINALS = 5000


def _columns() -> list[Column | str]:
    return [
        _("Number"),
        _("Name"),
        _("Organisation"),
        _("Course"),
        _("Hours"),
        _("Edition"),
        _("Date of issue"),
        _("Valid until"),
        _("State"),
        _("Ended on"),
        _("Reason"),
        _("Replaces"),
        _("Code"),
        "SHA-256",
        _("Printed on"),
        _("Paper originals"),
        _("Copies printed"),
        _("Signed by hand on"),
        _("Handed over on"),
        _("Way of hand-over"),
        _("Document seen"),
        _("Received by"),
        _("Postal number"),
        _("Handed over by"),
        _("Paper returned on"),
        _("Paper destroyed on"),
    ]


def _cells(line: RegisterLine) -> list[Cell]:
    return [
        line.number,
        line.holder,
        line.organisation,
        line.course,
        Decimal(line.hours) if line.certificate_id else None,
        line.edition,
        line.issued_on,
        line.expires_on,
        words.state_word(line.state)[1],
        line.ended_on,
        line.ended_reason,
        line.supersedes,
        line.code,
        line.sha256,
        *_paper_cells(line),
    ]


def _paper_cells(line: RegisterLine) -> list[Cell]:
    paper, given = line.paper, line.paper.hand_over
    return [
        paper.printed_on,
        paper.printed or None,
        paper.copies or None,
        paper.on(PaperEvent.SIGNED),
        paper.on(PaperEvent.HANDED_OVER),
        paper_words.way_word(given.way) if given else "",
        paper_words.document_word(given.document) if given and given.document else "",
        (given.receiver or line.holder) if given and given.way is not HandOverWay.POST else "",
        given.tracking if given else "",
        given.done_by if given else "",
        paper.on(PaperEvent.RETURNED),
        paper.on(PaperEvent.DESTROYED),
    ]


def register_xlsx(lines: Sequence[RegisterLine], again: Again | None = None) -> bytes:
    """Write lines of the register as a workbook, each duplicate a row under its certificate's."""
    return write_xlsx(_("Register of certificates"), _columns(), _rows(lines, again or {}))


def register_csv(lines: Sequence[RegisterLine], again: Again | None = None) -> bytes:
    """Write lines of the register as CSV, each duplicate a row under its certificate's."""
    return write_csv(_columns(), _rows(lines, again or {}))


def _rows(lines: Sequence[RegisterLine], again: Again) -> Iterator[list[Cell]]:
    for line in lines:
        yield _cells(line)
        for duplicate in again.get(line.certificate_id, ()):
            yield _duplicate_cells(line, duplicate)


def _duplicate_cells(line: RegisterLine, duplicate: DuplicateLine) -> list[Cell]:
    """A duplicate has the number and the code of its certificate, and a day of its own."""
    cells = _cells(line)
    cells[6] = duplicate.on
    cells[8] = desk_words.duplicate_word(duplicate.ordinal, duplicate.on)
    cells[9] = None
    cells[10] = desk_words.duplicate_reason_word(duplicate.reason)
    cells[13:] = [None] * (len(cells) - 13)
    return cells


@dataclass(frozen=True)
class Original:
    """A signed file on its way into an archive."""

    name: str
    sha256: str


def originals_of(lines: Sequence[RegisterLine], names: Sequence[str]) -> list[Original]:
    """List the signed originals at their best level.

    A file that is missing raises before anything is sent: half an archive would pass for a whole.
    """
    kept = best_files([line.certificate_id for line in lines])
    root = register.store_folder()
    found = [
        Original(name, kept[line.certificate_id].sha256)
        for line, name in zip(lines, names, strict=True)
        if line.holder != HOLDER_ERASED  # its line stays in the register, its file is gone
    ]
    for each in found:
        if not store.path_of(root, each.sha256).exists():
            raise FileNotFoundError(each.sha256)
    return found


def originals(lines: Sequence[RegisterLine], names: Sequence[str]) -> Iterator[bytes]:
    """Pack the signed originals, the register's lines and a list of hashes, piece by piece.

    All that the database knows is read before the first piece. A file that was changed meanwhile
    breaks the archive off: it then has no end, and no program opens it.
    """
    found, root = originals_of(lines, names), register.store_folder()
    again = duplicates.by_certificate([line.certificate_id for line in lines])
    sums = "".join(f"{each.sha256}  {each.name}\n" for each in found).encode()
    tables = [
        ("registru.csv", register_csv(lines, again)),
        ("registru.xlsx", register_xlsx(lines, again)),
        ("sha256.txt", sums),
    ]

    def entries() -> Iterator[tuple[str, bytes]]:
        for each in found:
            yield each.name, store.get(root, each.sha256)
        yield from tables

    return stream_archive(entries())

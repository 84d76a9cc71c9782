"""The register and its files for others: tables, one file to print, the signed originals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from lms import db
from lms.certificates import drafting, paper_words, register, words
from lms.certificates.document import CertificateDocument
from lms.certificates.levels.files import best_files
from lms.certificates.models import Certificate
from lms.certificates.paper import HandOverWay, PaperEvent
from lms.certificates.print_file import render_print_file
from lms.certificates.queries import RegisterLine
from lms.certificates.states import HOLDER_ERASED
from lms.files import store
from lms.safety.archive import write_archive
from lms.safety.sheets import Cell, Column, write_csv, write_xlsx
from lms.web.i18n import gettext as _

MOST_AT_ONCE = 1000
MOST_ORIGINALS = 500


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


def register_xlsx(lines: Sequence[RegisterLine]) -> bytes:
    """Write lines of the register as a workbook."""
    return write_xlsx(_("Register of certificates"), _columns(), map(_cells, lines))


def register_csv(lines: Sequence[RegisterLine]) -> bytes:
    """Write lines of the register as CSV."""
    return write_csv(_columns(), map(_cells, lines))


def documents_of(lines: Sequence[RegisterLine]) -> list[CertificateDocument]:
    """Rebuild the frozen documents of lines, in their order; two statements' worth of reading."""
    ids = [line.certificate_id for line in lines]
    facts = {
        row[0]: row[1]
        for row in db.session().execute(
            sa.select(Certificate.id, Certificate.facts).where(Certificate.id.in_(ids))
        )
    }
    return drafting.documents_from([facts[key] for key in ids])


def print_file(documents: Sequence[CertificateDocument]) -> bytes:
    """Draw one print-ready file; the signed originals are never merged."""
    return render_print_file(documents)


def originals(lines: Sequence[RegisterLine], names: Sequence[str]) -> bytes:
    """Pack the signed originals at their best level, the register's lines and a list of hashes.

    A file that is missing or was changed raises: half an archive would pass for a whole one.
    """
    ids = [line.certificate_id for line in lines]
    kept = best_files(ids)
    root = register.store_folder()
    entries: dict[str, bytes] = {}
    sums = []
    for line, name in zip(lines, names, strict=True):
        if line.holder == HOLDER_ERASED:
            continue  # its line stays in the register, its file is gone
        sha256 = kept[line.certificate_id].sha256
        entries[name] = store.get(root, sha256)
        sums.append(f"{sha256}  {name}\n")
    entries["registru.csv"] = register_csv(lines)
    entries["sha256.txt"] = "".join(sums).encode()
    return write_archive(entries)

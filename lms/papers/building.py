"""A working paper as the file that people download."""

from __future__ import annotations

from lms.papers.docx_builder import build_docx
from lms.papers.paper import Format, Paper
from lms.papers.xlsx_builder import build_xlsx


def build(paper: Paper) -> bytes:
    """Return the file; the same paper gives the same bytes."""
    match paper.format:
        case Format.DOCX:
            return build_docx(paper)
        case Format.XLSX:
            return build_xlsx(paper)

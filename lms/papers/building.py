"""A working paper as the file that people download."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from lms.papers.docx_builder import build_docx
from lms.papers.paper import Format, Paper
from lms.papers.xlsx_builder import build_xlsx


@dataclass(frozen=True)
class BuiltPaper:
    """A paper and its file."""

    paper: Paper
    data: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """The hash of the file's bytes."""
        return hashlib.sha256(self.data).hexdigest()


def build(paper: Paper) -> BuiltPaper:
    """Build a paper's file; the same paper gives the same bytes."""
    match paper.format:
        case Format.DOCX:
            return BuiltPaper(paper, build_docx(paper))
        case Format.XLSX:
            return BuiltPaper(paper, build_xlsx(paper))

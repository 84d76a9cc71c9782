"""Which of a certificate's kept files is handed out, and what each is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from lms import db
from lms.certificates.levels.level import best
from lms.certificates.models import CertificateFile


def best_files(certificate_ids: Sequence[int]) -> dict[int, CertificateFile]:
    """Return each certificate's best file; one that has none is left out."""
    kept: defaultdict[int, list[CertificateFile]] = defaultdict(list)
    for file in db.session().scalars(
        sa.select(CertificateFile).where(CertificateFile.certificate_id.in_(certificate_ids))
    ):
        kept[file.certificate_id].append(file)
    found = ((key, best(files)) for key, files in kept.items())
    return {key: file for key, file in found if file is not None}


def kept_name(number: str, file: CertificateFile) -> str:
    """Name a kept file so that no two of a certificate have one name."""
    signed = f"-{file.approvals}S" if file.approvals else ""
    renewed = f"-{file.renewal}" if file.renewal else ""
    return f"{number.replace('/', '-')}-{file.level}{signed}{renewed}.pdf"

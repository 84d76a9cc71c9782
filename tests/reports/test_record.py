"""The record names the report that was handed out as the list of reports does."""

from __future__ import annotations

from lms import db
from lms.audit.services import record
from lms.courses.models import Edition
from tests.cast import Cast


def test_a_report_handed_out_stands_in_the_record_by_its_title(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        record("report.exported", by=None, on=edition, report="satisfaction", kind="pdf")
    page = cast.client("auditor").get("/audit").text
    assert "Satisfacți" in page
    assert "satisfaction" not in page

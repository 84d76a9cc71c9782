"""What certificates show on others' pages: the learner's, the participant's, the edition's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from flask import url_for
from markupsafe import Markup

from lms import db
from lms.access import may
from lms.certificates import paper_words, papers, standing, words
from lms.certificates.models import Award, Certificate
from lms.certificates.paper import Paper
from lms.certificates.permissions import ISSUE_CERTIFICATE, SEE_CERTIFICATE
from lms.certificates.standing import Stage
from lms.certificates.states import CertificateState
from lms.courses.models import Enrolment
from lms.courses.participant_hooks import Cell, Panel
from lms.courses.queries import Place
from lms.quizzes.models import Attempt
from lms.web.i18n import gettext as _
from lms.web.templating import render


def learner_panel(place: Place) -> Markup:
    """Tell a learner where the certificate is; nothing before it is earned. One statement."""
    return _panel_of(place.enrolment_id)


def result_panel(attempt: Attempt) -> Markup:
    """Tell the same under a test's result, where it was passed."""
    return _panel_of(attempt.enrolment_id) if attempt.passed else Markup("")


def _panel_of(enrolment_id: int) -> Markup:
    found = standing.standing_of(enrolment_id)
    if found.stage is Stage.NOT_EARNED:
        return Markup("")
    return Markup(render("certificates/_panel.html", found=found, words=words))  # noqa: S704 -- our template


def numbers_of(enrolment_ids: Sequence[int]) -> dict[int, str]:
    """Return the number of the valid certificate of each place that holds one; one statement."""
    rows = db.session().scalars(
        sa.select(Certificate)
        .join(Award, Award.id == Certificate.award_id)
        .where(
            Certificate.enrolment_id.in_(enrolment_ids),
            Certificate.state == CertificateState.VALID,
            Award.module_id.is_(None),
        )
    )
    return {row.enrolment_id: row.number for row in rows}


def participant_panel(enrolment: Enrolment) -> Panel | None:
    """Show the office all certificates of a participant, and what can be done next."""
    found = standing.standing_of(enrolment.id)
    rows = (
        db.session()
        .scalars(
            sa.select(Certificate)
            .join(Award, Award.id == Certificate.award_id)
            .where(Certificate.enrolment_id == enrolment.id)
            .order_by(Certificate.id.desc())
        )
        .all()
    )
    if found.stage is Stage.NOT_EARNED and not rows:
        return None
    problems = standing.problems_of(enrolment) if found.stage is Stage.FAULTY else ()
    return Panel(
        "certificates/_participant.html",
        {
            "found": found,
            "certificates": rows,
            "on_paper": _on_paper(rows),
            "words": words,
            "problems": problems,
            "may_see": may(SEE_CERTIFICATE.name, enrolment),
            "may_issue": may(ISSUE_CERTIFICATE.name, enrolment),
        },
    )


def _on_paper(rows: Sequence[Certificate]) -> dict[int, tuple[str, str] | None]:
    """Say of each certificate where its paper copy is; two statements."""
    ids = [row.id for row in rows]
    printed: dict[int, int] = {
        row.certificate_id: row.originals for row in db.session().execute(papers.printed_of(ids))
    }
    lines = papers.lines_of(ids)
    return {
        row.id: paper_words.state_of(
            row.state, Paper(printed.get(row.id, 0), None, lines.get(row.id, {}))
        )
        for row in rows
    }


class CertificateColumn:
    """The certificate's column in an edition's table."""

    key = "certificate"

    def heading(self) -> str:
        """Return the heading in the page's language."""
        return _("Certificate")

    def cells(self, edition_id: int, only: Collection[int] | None = None) -> Mapping[int, Cell]:
        """Return the cells of those who completed; one statement."""
        found = standing.standings_of_edition(edition_id, only)
        return {key: _cell(place) for key, place in found.items()}

    def done_by_edition(self, edition_ids: Collection[int]) -> Mapping[int, int]:
        """Return how many participants of each edition hold a valid certificate; one statement."""
        return standing.valid_by_edition(edition_ids)


def _cell(place: standing.Place) -> Cell:
    href = (
        url_for("certificates.see", certificate_id=place.certificate_id)
        if place.certificate_id
        else ""
    )
    match place.stage:
        case Stage.READY if place.is_renamed:
            return Cell("warn", _("renamed since"), href, is_done=True)
        case Stage.READY:
            return Cell("ok", place.number, href, is_done=True)
        case Stage.REVOKED:
            return Cell("bad", _("revoked"), href)
        case Stage.PREPARING:
            return Cell("info", _("being prepared"), href)
        case _:
            return Cell("warn", ", ".join(map(words.reason_phrase, place.reasons)), href)

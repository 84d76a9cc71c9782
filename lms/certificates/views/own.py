"""One certificate: its page for the holder and for staff, and its file exactly as issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from werkzeug.wrappers import Response

from lms import db
from lms.access import current_actor, may, reads
from lms.certificates import flags, issuing, paper_words, papers, queries, standing, words
from lms.certificates.basis import Basis, basis_of
from lms.certificates.desk import desk_words
from lms.certificates.desk.printings import printings_of
from lms.certificates.errors import FileNotReady
from lms.certificates.forms import ReasonForm
from lms.certificates.models import Certificate
from lms.certificates.numbering import display_code
from lms.certificates.paper import Paper, PaperEvent, PaperGap, gaps
from lms.certificates.permissions import (
    CORRECT_CERTIFICATE,
    DOWNLOAD_CERTIFICATE,
    FINISH_CERTIFICATE,
    GRANT_DUPLICATE,
    ISSUE_CERTIFICATE,
    KEEP_PAPER,
    REVOKE_CERTIFICATE,
    SEE_CERTIFICATE,
    SEE_OWN_CERTIFICATES,
    SEE_PAPER,
    SEE_REGISTER,
    VOID_CERTIFICATE,
)
from lms.certificates.printed import printed_fields
from lms.certificates.states import CertificateState
from lms.certificates.views.blueprint import PDF, bp, certificate, download, file_name, me
from lms.certificates.views.preview import can_be_drawn
from lms.certificates.views.sharing import outside_of
from lms.courses.models import Enrolment
from lms.web.i18n import format_short_date
from lms.web.i18n import gettext as _
from lms.web.templating import render

_DEEDS = (
    GRANT_DUPLICATE,
    REVOKE_CERTIFICATE,
    CORRECT_CERTIFICATE,
    VOID_CERTIFICATE,
    FINISH_CERTIFICATE,
    ISSUE_CERTIFICATE,
)


@bp.get("/certificates")
@reads(SEE_OWN_CERTIFICATES)
def mine() -> str:
    """List one's own certificates, and those that are on their way."""
    held = queries.of_person(me())
    on_paper = papers.lines_of([c.id for c in held])
    shown = {c.enrolment_id for c in held}
    others = db.session().scalars(
        sa.select(Enrolment.id).where(
            Enrolment.person_id == me(), Enrolment.id.not_in(shown or {0})
        )
    )
    coming = [standing.standing_of(enrolment_id) for enrolment_id in others.all()]
    return render(
        "certificates/mine.html",
        held=held,
        coming=[p for p in coming if p.stage is not standing.Stage.NOT_EARNED],
        words=words,
        on_paper={
            c.id: paper_words.own_sentence(Paper(0, None, on_paper.get(c.id, {}))) for c in held
        },
    )


@dataclass(frozen=True)
class Event:
    """One line of a certificate's life, whatever wrote it; `act_id` leads to a paper act."""

    at: datetime
    what: str
    by: str
    reason: str = ""
    act_id: int | None = None
    holds: bool = True


def _events(found: Certificate) -> list[Event]:
    """Gather register, printings and paper acts in the order in which they were written."""
    events = [
        Event(line.at, words.event_word(line.event), line.by or _("the system"), line.reason)
        for line in queries.history_of(found.id)
    ]
    events += [
        Event(p.at, desk_words.printed_word(p), p.by, holds=not p.is_spoilt)
        for p in printings_of(found.id)
    ]
    for line in papers.history_of(found.id):
        given = papers.hand_over_of(line.act)
        what = f"{paper_words.done_word(line.act.event)}, {format_short_date(line.act.on)}"
        if given:
            what += f": {paper_words.hand_over_words(given)}"
        note = line.act.note or ""
        events.append(Event(line.act.recorded_at, what, line.by, note, line.act.id, line.holds))
    return sorted(events, key=lambda event: event.at)


@dataclass(frozen=True)
class StaffPart:
    """What only staff see under a certificate."""

    events: list[Event]
    deeds: dict[str, bool]
    is_renamed: bool
    name_today: str
    paper_deeds: list[tuple[str, str]]
    may_keep: bool
    sees_acts: bool
    basis: Basis | None
    flag: list[flags.Missing]  # what isn't met any more, while it waits for a decision


@bp.get("/certificates/<int:certificate_id>")
@reads(SEE_CERTIFICATE, certificate)
def see(found: Certificate) -> str:
    """Show a certificate to its holder or to staff."""
    return page(found)


def page(found: Certificate, *, reason_form: ReasonForm | None = None) -> str:
    """Draw a certificate's page; `reason_form` comes back with its errors."""
    actor = current_actor()
    own = actor is not None and actor.person_id == found.person_id
    successor = None
    if found.state is CertificateState.SUPERSEDED:
        successor = queries.successor_of(found.id)
    zone = found.enrolment.edition.programme.zone
    paper = papers.paper_of(found, zone)
    older = db.session().get(Certificate, found.supersedes_id) if found.supersedes_id else None
    return render(
        "certificates/certificate.html",
        certificate=found,
        fields=printed_fields(found.facts),
        own=own,
        code=display_code(found.code),
        state=words.state_word(found.state),
        has_file=found.issued_at is not None,
        has_picture=own and can_be_drawn(found),
        successor=successor,
        older=older,
        staff=None if own else _staff_part(found, paper),
        paper_sentence=paper_words.own_sentence(paper) if found.issued_at else "",
        words=words,
        sees_register=may(SEE_REGISTER.name),
        reason_form=reason_form or ReasonForm(),
        outside=outside_of(found) if own else None,
        zone=zone,
    )


def _staff_part(found: Certificate, paper: Paper) -> StaffPart:
    flag = flags.open_flag(found.id) if found.state is CertificateState.VALID else None
    return StaffPart(
        events=_events(found),
        deeds={deed.name.partition(":")[2]: may(deed.name, found) for deed in _DEEDS},
        is_renamed=standing.is_renamed(found, found.enrolment.person.full_name),
        name_today=found.enrolment.person.full_name,
        paper_deeds=_paper_deeds(found, paper),
        may_keep=may(KEEP_PAPER.name),
        sees_acts=may(SEE_PAPER.name),
        basis=basis_of(found),
        flag=[flags.Missing(*plain) for plain in flag.missing] if flag else [],
    )


def _paper_deeds(found: Certificate, paper: Paper) -> list[tuple[str, str]]:
    """List what can be written down next of the paper copy, with the button's words."""
    if found.state is CertificateState.VALID:
        offered = [
            ("signatures", PaperEvent.SIGNED, _("Signed…")),
            ("hand-overs", PaperEvent.HANDED_OVER, _("Handed over…")),
        ]
    elif PaperGap.TO_CALL_BACK in gaps(found.state, paper):
        offered = [
            ("returns", PaperEvent.RETURNED, _("Returned…")),
            ("destructions", PaperEvent.DESTROYED, _("Destroyed…")),
        ]
    else:
        offered = []
    return [(deed, word) for deed, event, word in offered if event not in paper.lines]


@bp.get("/certificates/<int:certificate_id>/pdf")
@reads(DOWNLOAD_CERTIFICATE, certificate)
def pdf(found: Certificate) -> Response:
    """Hand out the file exactly as it was issued."""
    data = issuing.file_bytes(found)
    if data is None:
        raise FileNotReady
    return download(data, file_name(found.number, found.facts["holder"]), PDF)

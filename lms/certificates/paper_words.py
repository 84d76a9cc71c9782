# ruff: noqa: E501 -- sentences are kept whole, so that they can be found
"""Sentences about paper copies: what was done, what is still to do."""

from __future__ import annotations

from lms.certificates.paper import (
    ENDED,
    DocumentSeen,
    HandOver,
    HandOverWay,
    Lack,
    Paper,
    PaperEvent,
    PaperGap,
)
from lms.certificates.states import CertificateState
from lms.web.i18n import format_date, format_short_date
from lms.web.i18n import gettext as _


def event_word(event: PaperEvent) -> str:
    """Say what an act records, as its page's title."""
    return {
        PaperEvent.SIGNED: _("Signed by hand"),
        PaperEvent.HANDED_OVER: _("Handed over"),
        PaperEvent.RETURNED: _("Paper returned"),
        PaperEvent.DESTROYED: _("Paper destroyed"),
        PaperEvent.CORRECTED: _("Correction"),
    }[event]


def done_word(event: PaperEvent) -> str:
    """Say what was done with one certificate's paper, in its history."""
    return {
        PaperEvent.SIGNED: _("signed by hand"),
        PaperEvent.HANDED_OVER: _("handed over"),
        PaperEvent.RETURNED: _("paper returned"),
        PaperEvent.DESTROYED: _("paper destroyed"),
        PaperEvent.CORRECTED: _("a line on the paper corrected"),
    }[event]


def way_word(way: HandOverWay) -> str:
    """Name a way of handing over."""
    return {
        HandOverWay.IN_PERSON: _("in person"),
        HandOverWay.PROXY: _("by proxy"),
        HandOverWay.POST: _("by post"),
    }[way]


def document_word(document: DocumentSeen) -> str:
    """Name a kind of document."""
    return {
        DocumentSeen.IDENTITY_CARD: _("identity card"),
        DocumentSeen.PASSPORT: _("passport"),
        DocumentSeen.DRIVING_LICENCE: _("driving licence"),
        DocumentSeen.OTHER: _("other document"),
    }[document]


def gap_word(gap: PaperGap) -> str:
    """Name what the register can be narrowed to."""
    return {
        PaperGap.UNPRINTED: _("not printed yet"),
        PaperGap.UNSIGNED: _("not signed yet"),
        PaperGap.UNDELIVERED: _("not handed over yet"),
        PaperGap.TO_CALL_BACK: _("to recall or destroy"),
    }[gap]


def hand_over_words(hand_over: HandOver) -> str:
    """Say how a certificate was handed over, in one line."""
    parts = [way_word(hand_over.way)]
    if hand_over.receiver:
        parts.append(hand_over.receiver)
    if hand_over.document:
        parts.append(document_word(hand_over.document))
    if hand_over.tracking:
        parts.append(_("no. %(number)s", number=hand_over.tracking))
    return ", ".join(parts)


def state_of(state: CertificateState, paper: Paper) -> tuple[str, str] | None:
    """Return (kind of state, words) on where a paper copy is; None where there is nothing to say."""
    if state in ENDED:
        return _ended(paper)
    return _valid(paper) if state is CertificateState.VALID else None


def _valid(paper: Paper) -> tuple[str, str]:
    signed, handed = paper.on(PaperEvent.SIGNED), paper.on(PaperEvent.HANDED_OVER)
    if handed:
        day = format_short_date(handed)
        if paper.printed and not signed:
            return "warn", _("handed over %(day)s, not marked as signed", day=day)
        return "ok", _("handed over %(day)s", day=day)
    if signed:
        return "info", _("signed %(day)s, to hand over", day=format_short_date(signed))
    return "muted", _("printed, to sign") if paper.printed else _("not printed")


def _ended(paper: Paper) -> tuple[str, str] | None:
    if destroyed := paper.on(PaperEvent.DESTROYED):
        return "muted", _("destroyed %(day)s", day=format_short_date(destroyed))
    if returned := paper.on(PaperEvent.RETURNED):
        return "muted", _("returned %(day)s", day=format_short_date(returned))
    if not paper.exists:
        return None
    if handed := paper.on(PaperEvent.HANDED_OVER):
        return "warn", _("to recall; handed over %(day)s", day=format_short_date(handed))
    return "warn", _("to destroy; it is in the office")


def own_sentence(paper: Paper) -> str:
    """Tell holders where the paper copy of their certificate is."""
    given, handed = paper.hand_over, paper.on(PaperEvent.HANDED_OVER)
    if given and handed:
        day = format_date(handed)
        if given.way is HandOverWay.POST:
            return _(
                "It was sent by post on %(day)s, no. %(number)s.", day=day, number=given.tracking
            )
        if given.way is HandOverWay.PROXY:
            return _(
                "It was handed to %(name)s, for you, on %(day)s.", name=given.receiver, day=day
            )
        return _("It was handed to you on %(day)s.", day=day)
    if paper.on(PaperEvent.SIGNED):
        return _("It is printed and signed, and waits for you at the registrar’s.")
    if paper.printed:
        return _("It is printed, and is being signed.")
    return ""


def lack_sentence(lack: Lack) -> str:
    """Say what a hand-over lacks."""
    return {
        Lack.DOCUMENT: _("Say which kind of document you saw."),
        Lack.RECEIVER: _("Write the name of the person who came instead."),
        Lack.TRACKING: _("Write the number on the post’s receipt."),
        Lack.DONE_BY: _("Write who handed over."),
    }[lack]

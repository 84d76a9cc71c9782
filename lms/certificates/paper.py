"""The paper copy: what happens to it, and what is still to be done with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from lms.certificates.states import CertificateState


class PaperEvent(StrEnum):
    """What was done with paper copies; a correction says that an earlier line doesn't hold."""

    SIGNED = "signed"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    CORRECTED = "corrected"


class HandOverWay(StrEnum):
    """How a paper copy reached its holder."""

    IN_PERSON = "in_person"
    PROXY = "proxy"
    POST = "post"


class DocumentSeen(StrEnum):
    """By which kind of document the receiver was known; its number is never kept."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    DRIVING_LICENCE = "driving_licence"
    OTHER = "other"


class PaperGap(StrEnum):
    """What is still to be done with the paper of a certificate."""

    UNPRINTED = "unprinted"
    UNSIGNED = "unsigned"
    UNDELIVERED = "undelivered"
    TO_CALL_BACK = "to_call_back"


@dataclass(frozen=True)
class HandOver:
    """All that is written down of a hand-over beside the day."""

    way: HandOverWay
    document: DocumentSeen | None = None
    receiver: str = ""  # who came in the holder's place
    tracking: str = ""  # of the post
    done_by: str = ""


@dataclass(frozen=True)
class Standing:
    """A line on a certificate's paper that no later one has corrected."""

    act_id: int
    entry_id: int
    on: date
    hand_over: HandOver | None = None


@dataclass(frozen=True)
class Paper:
    """Where the paper of a certificate is: its originals, and how often it was copied."""

    printed: int = 0  # originals, those that were spoilt left out
    printed_on: date | None = None
    lines: dict[PaperEvent, Standing] = field(default_factory=dict)
    copies: int = 0
    duplicates: int = 0  # among those printed

    @property
    def originals(self) -> int:
        """How many of those printed are the first paper, and no duplicate."""
        return self.printed - self.duplicates

    def on(self, event: PaperEvent) -> date | None:
        """Return the day on which something was done, or None."""
        found = self.lines.get(event)
        return found.on if found else None

    @property
    def hand_over(self) -> HandOver | None:
        """How it was handed over."""
        found = self.lines.get(PaperEvent.HANDED_OVER)
        return found.hand_over if found else None

    @property
    def is_gone(self) -> bool:
        """Whether the paper came back or no longer exists."""
        return PaperEvent.RETURNED in self.lines or PaperEvent.DESTROYED in self.lines

    @property
    def exists(self) -> bool:
        """Whether there is, or was, a paper copy at all."""
        return self.printed > 0 or bool(
            self.lines.keys() & {PaperEvent.SIGNED, PaperEvent.HANDED_OVER}
        )


ENDED: Final = frozenset({CertificateState.SUPERSEDED, CertificateState.REVOKED})
"""States whose paper must not stay with its holder."""

SUITS: Final = {
    PaperEvent.SIGNED: frozenset({CertificateState.VALID}),
    PaperEvent.HANDED_OVER: frozenset({CertificateState.VALID}),
    PaperEvent.RETURNED: ENDED,
    PaperEvent.DESTROYED: ENDED,
}
"""In which states a certificate's paper can be signed, handed over, taken back, destroyed."""


def gaps(state: CertificateState, paper: Paper) -> frozenset[PaperGap]:
    """Say what is still to be done with a certificate's paper."""
    found: set[PaperGap] = set()
    if state is CertificateState.VALID:
        if not paper.printed:
            found.add(PaperGap.UNPRINTED)
        elif PaperEvent.SIGNED not in paper.lines:
            found.add(PaperGap.UNSIGNED)
        if PaperEvent.HANDED_OVER not in paper.lines:
            found.add(PaperGap.UNDELIVERED)
    elif state in ENDED and paper.exists and not paper.is_gone:
        found.add(PaperGap.TO_CALL_BACK)
    return frozenset(found)


class Lack(StrEnum):
    """What a hand-over can't be written down without, or with."""

    DOCUMENT = "document"
    RECEIVER = "receiver"
    TRACKING = "tracking"
    DONE_BY = "done_by"


def lacks(hand_over: HandOver) -> list[Lack]:
    """List what a hand-over's way asks for and was not said."""
    found = []
    if hand_over.way is not HandOverWay.POST and hand_over.document is None:
        found.append(Lack.DOCUMENT)
    if hand_over.way is HandOverWay.PROXY and not hand_over.receiver:
        found.append(Lack.RECEIVER)
    if hand_over.way is HandOverWay.POST and not hand_over.tracking:
        found.append(Lack.TRACKING)
    if not hand_over.done_by:
        found.append(Lack.DONE_BY)
    return found


def tidy(hand_over: HandOver) -> HandOver:
    """Leave out what doesn't belong to the way: a document seen by the post, a number in person."""
    way = hand_over.way
    by_post = way is HandOverWay.POST
    return HandOver(
        way=way,
        document=None if by_post else hand_over.document,
        receiver=hand_over.receiver if way is HandOverWay.PROXY else "",
        tracking=hand_over.tracking if by_post else "",
        done_by=hand_over.done_by,
    )


_DOCUMENT_NUMBER: Final = re.compile(r"(?:\d[\s.\-]*){6,}")


def holds_document_number(text: str) -> bool:
    """Tell whether a text holds what may be a document's number: six figures or more in a row."""
    return _DOCUMENT_NUMBER.search(text) is not None

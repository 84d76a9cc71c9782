"""Which of several open windows may save: no text that was acknowledged is ever covered unseen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True)
class Stamp:
    """What a page says of itself with everything that it sends.

    `writer` names the page as it was drawn, `turn` counts what it has sent, `seen` is the sequence
    of what it was drawn with. What a person sends by hand (`by_hand`) is meant as it comes; what a
    page sends by itself may overtake itself on the way.
    """

    writer: str
    turn: int
    seen: int
    by_hand: bool = True


@dataclass(frozen=True)
class Kept:
    """What is known of the newest text: its place in the sequence, and who wrote it."""

    sequence: int
    writer: str
    turn: int


class Verdict(Enum):
    """What to do with a text that arrives."""

    TAKE = auto()
    KNOWN = auto()  # this, or something newer of the same page, is kept already
    LATE = auto()  # somebody else has written since the page was drawn


def judge(kept: Kept, sent: Stamp) -> Verdict:
    """Decide on a text: a page follows on what it has seen, or on its own last sending."""
    if sent.writer == kept.writer:
        return Verdict.TAKE if sent.by_hand or sent.turn > kept.turn else Verdict.KNOWN
    return Verdict.TAKE if sent.seen >= kept.sequence else Verdict.LATE

"""What is frozen for a certificate's badge when its number is taken, beside what is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class BadgeFacts:
    """The badge's part of a certificate's facts: with it the same row gives the same credential.

    `index` is the place in the status lists, drawn by lot; `salt` (hexadecimal) and `identity`
    stand for the holder without saying who it is; `valid_until` is the last instant in UTC, empty
    where there is no end. Whether it travels in the file and names the modules is settled with it.
    `email` is the holder's address as a salted hash, empty unless the programme wants it.
    """

    index: int
    salt: str
    identity: str
    valid_until: str = ""
    is_attached: bool = False
    tells_modules: bool = False
    email: str = ""

    def to_plain(self) -> dict[str, Any]:
        """Return plain values for the facts' JSON."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any] | None) -> BadgeFacts | None:
        """Read what `to_plain` wrote; None where a certificate has no badge."""
        return cls(**plain) if plain else None

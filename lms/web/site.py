"""What every page knows of the installation: its name, colours, pictures and words.

An owner sets them on a page (`lms.look`); they are kept in `instance/look/look.json`, beside their
pictures, so that a page asks no database for them: each process sees by the file's time that it
changed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lms.config import Settings
from lms.web import i18n

NAME = "Atestat"


@dataclass(frozen=True)
class Picture:
    """A logo as it is kept: its bytes' name, its size on the page, and what it shows."""

    sha256: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class Look:
    """How the site presents itself; every part may be left as shipped."""

    name: str = NAME
    brand: str = ""  # #rrggbb; empty: as shipped
    footer: dict[str, str] = field(default_factory=dict)  # by language
    funding: dict[str, str] = field(default_factory=dict)
    logos: dict[str, Picture] = field(default_factory=dict)  # by slot

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Look:
        """Read what `to_json` wrote."""
        logos = {slot: Picture(**picture) for slot, picture in kept.get("logos", {}).items()}
        return cls(**{**kept, "logos": logos})


class Site:
    """What templates may know of the installation; the same object for as long as it runs."""

    def __init__(self, settings: Settings) -> None:
        self.mode = settings.mode.value
        self.contact_email = settings.contact_email
        self.contact_phone = settings.contact_phone
        self.shared_idle_minutes = settings.shared_idle_minutes
        self.folder = settings.instance.resolve() / "look"
        self._seen = 0
        self._look = Look()

    @property
    def file(self) -> Path:
        """The file that holds the look."""
        return self.folder / "look.json"

    @property
    def look(self) -> Look:
        """How the site presents itself now."""
        try:
            at = self.file.stat().st_mtime_ns
        except FileNotFoundError:
            at = 0
        if at != self._seen:
            kept = json.loads(self.file.read_text(encoding="utf-8")) if at else {}
            self._look, self._seen = Look.from_json(kept), at
        return self._look

    @property
    def name(self) -> str:
        """The name in the head of every page, in mails and letters."""
        return self.look.name

    @property
    def footer(self) -> str:
        """The note in the foot of every page, in this answer's language."""
        return self.look.footer.get(i18n.current_locale(), "")

    @property
    def funding(self) -> str:
        """The sentence beside the funders' logos."""
        return self.look.funding.get(i18n.current_locale(), "")

    @property
    def brand(self) -> str:
        """The colour that an owner chose, without its #; empty: as shipped."""
        return self.look.brand.removeprefix("#")

    @property
    def strip(self) -> list[tuple[str, Picture]]:
        """The logos of the funder's strip, by slot."""
        logos = self.look.logos
        return [(slot, logos[slot]) for slot in sorted(logos) if slot != "head"]

    @property
    def logo(self) -> Picture | None:
        """The logo in the head, in the place of the sign."""
        return self.look.logos.get("head")

"""What the makers of blocks share: the design, the certificate, and the way down turned up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lms.certificates.designs.design import Align, Box, Design, FaceName, Purpose
from lms.certificates.designs.fitting import Setting
from lms.certificates.document import CertificateDocument
from lms.certificates.drawing.items import Text

_HAIRLINES: Final = frozenset({FaceName.DISPLAY, FaceName.DISPLAY_BOLD})


@dataclass(frozen=True)
class Misfit:
    """A text that finds no room: its block, the placeholders in it, and the text."""

    block: str
    placeholders: tuple[str, ...]
    text: str


@dataclass
class Sheet:
    """A certificate being composed."""

    design: Design
    document: CertificateDocument
    purpose: Purpose
    values: dict[str, str]
    misfits: list[Misfit] = field(default_factory=list)

    def up(self, down: float) -> float:
        """Turn a length from the upper edge into one from the lower."""
        return self.design.high - down

    def misfit(self, block: str, placeholders: tuple[str, ...], text: str) -> None:
        """Note that a text finds no room."""
        self.misfits.append(Misfit(block, placeholders, text))

    def text(
        self, line: str, box: Box, down: float, setting: Setting, align: Align = Align.LEFT
    ) -> Text:
        """Set a line in a box, on a baseline measured from the upper edge.

        Letters of the title faces get a fine outline of their own colour: without it a copier
        loses their hairlines, and a y is read as a v.
        """
        colour = self.design.colour(setting.type.tone)
        anchors = {Align.LEFT: box.left, Align.CENTRE: box.middle, Align.RIGHT: box.right}
        return Text(
            round(anchors[align], 3),
            round(self.up(down), 3),
            line,
            setting.type.face.face,
            setting.size,
            colour,
            round(setting.type.tracking * setting.size, 4),
            align.value,
            colour if setting.type.face in _HAIRLINES else None,
        )

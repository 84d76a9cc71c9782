"""How many logos a programme has."""

from __future__ import annotations

from typing import Final

SLOTS: Final = 4

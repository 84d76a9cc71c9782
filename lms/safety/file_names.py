"""Names for the files that people download from us."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

_WITHOUT_PARTS = str.maketrans(
    {"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "Æ": "AE"}
    | {"œ": "oe", "Œ": "OE", "ı": "i", "–": "-", "—": "-", "„": "", "”": "", "“": "", "’": ""}
)
_RESERVED = {"con", "prn", "aux", "nul"} | {f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10)}
_LONGEST_STEM = 120
_LONGEST_SUFFIX = 12


def ascii_letters(text: str) -> str:
    """Write a text with ASCII letters only: ș as s, ă as a; what has no such form is left out."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_WITHOUT_PARTS))
    return decomposed.encode("ascii", "ignore").decode("ascii")


def slug_of(text: str) -> str:
    """Write a text with small ASCII letters, digits and single hyphens; "" where none is left."""
    return re.sub(r"[^a-z0-9]+", "-", ascii_letters(text).lower()).strip("-")


def safe_file_name(name: str, *, fallback: str = "document") -> str:
    """Return a name that every common system can store, letters with diacritics kept.

    Paths, control and direction characters and reserved names are taken out, never refused:
    the name is a courtesy, the stored file has its own key.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(c for c in last if c.isprintable() or c == " ")
    tidy = re.sub(r'[<>:"|?*\s]+', " ", visible).strip(" .-")
    stem, dot, suffix = tidy.rpartition(".")
    if not dot or len(suffix) > _LONGEST_SUFFIX or not stem.strip(" ."):
        stem, dot, suffix = tidy, "", ""
    if stem.split(".")[0].strip().lower() in _RESERVED:
        stem = f"{fallback}-{stem}"
    return (_shortened(stem).strip(" .") or fallback) + dot + suffix


def _shortened(stem: str) -> str:
    """Cut at 120 bytes: file systems count bytes, and a letter must not be cut in two."""
    return stem.encode()[:_LONGEST_STEM].decode(errors="ignore")


def content_disposition(name: str, *, inline: bool = False) -> str:
    """Return the Content-Disposition header (RFC 6266) for a file of this name."""
    full = safe_file_name(name)
    plain = re.sub(r"[^A-Za-z0-9._()+,@ -]", "_", ascii_letters(full)).strip(" .-")
    if not plain.split(".")[0]:
        plain = "document" + plain
    kind = "inline" if inline else "attachment"
    header = f'{kind}; filename="{plain}"'
    if plain != full:
        header += f"; filename*=UTF-8''{quote(full, safe='')}"
    return header

"""Pictures of questions: known by what they hold, never by what they are called."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import unquote

LARGEST = 5 * 1024 * 1024
_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"))
# The words beside a picture end before the next picture: nothing is looked through twice.
_WORDS = r"!\[((?:\\.|[^\]\\!]|!(?!\[))*+)\]"
_WHOLE = re.compile(_WORDS + r"\(<?([0-9a-f]{20}\.(?:png|jpg|gif|webp))>?\)")
_EMBEDDED = re.compile(r"data:image/[a-z+.-]{1,20};base64,", re.IGNORECASE)
MEDIA_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}


def picture_name(data: bytes) -> str:
    """Name a picture by what it holds; "" where it is none that a page may show."""
    if len(data) > LARGEST:
        return ""
    suffix = next((s for sign, s in _SIGNATURES if data.startswith(sign)), "")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        suffix = "webp"
    return f"{hashlib.sha256(data).hexdigest()[:20]}.{suffix}" if suffix else ""


def media_type(name: str) -> str:
    """Tell a picture's media type by our name of it."""
    return MEDIA_TYPES[name.rpartition(".")[2]]


def decoded(text: str) -> bytes | None:
    """Read base64 as other systems write it, with line breaks; None where it is none."""
    plain = "".join(text.split())
    if len(plain) > LARGEST * 4 // 3 + 4:
        return None
    try:
        return base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        return None


def names_in(text: str) -> tuple[str, ...]:
    """List the pictures that a text shows."""
    return tuple(dict.fromkeys(match[2] for match in _WHOLE.finditer(text)))


def without_pictures(text: str, kept: Collection[str] = ()) -> str:
    """Leave a picture's words in its place, but for those that are kept."""
    return _WHOLE.sub(lambda match: match[0] if match[2] in kept else match[1], text)


def shown(texts: Iterable[str], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Pick those of the files that some text shows."""
    names = [name for text in texts for name in names_in(text)]
    return {name: files[name] for name in names if name in files}


class Album:
    """The pictures of one question while it is read: addresses in, names out."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._names: dict[str, str] = {}

    def add(self, address: str, data: bytes | None) -> None:
        """Know what an address of the file stands for."""
        name = picture_name(data) if data is not None else ""
        self._names[address] = name
        if name and data is not None:
            self.files[name] = data

    def name(self, address: str) -> str:
        """Name the picture of an address; "" where there is none."""
        if match := _EMBEDDED.match(address):
            self.add(address, decoded(unquote(address[match.end() :])))
        plain = unquote(address)
        return self._names.get(address) or self._names.get(plain, "")

"""Write an archive piece by piece, with the checksum of each file; pure of what is in it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.p7s"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
Entry = tuple[str, Iterable[bytes]]


def write(
    path: Path,
    entries: Iterable[Entry],
    sign: Callable[[bytes], bytes | None],
    tell: Callable[[int], None] = lambda _done: None,
) -> int:
    """Write entries in their order, then their checksums and the signature over these.

    One piece is in memory at a time. Returns how many files there are.
    """
    sums: dict[str, str] = {}
    with zipfile.ZipFile(path, "w", allowZip64=True) as archive:
        for name, pieces in entries:
            if name in sums:
                raise ValueError(f"{name} would stand twice in the archive")
            sums[name] = _add(archive, name, pieces)
            tell(len(sums))
        listed = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
        _add(archive, SUMS, [listed])
        signature = sign(listed)
        if signature is not None:
            _add(archive, SIGNATURE, [signature])
    return len(sums)


def _add(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> str:
    info = zipfile.ZipInfo(name, date_time=_EARLIEST)
    packed = name.endswith((".csv", ".jsonl", ".html", ".txt", ".py", ".css"))
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.create_system = 3  # Unix, wherever we run
    info.external_attr = 0o100644 << 16
    digest = hashlib.sha256()
    with archive.open(info, "w", force_zip64=True) as stream:
        for piece in pieces:
            digest.update(piece)
            stream.write(piece)
    return digest.hexdigest()

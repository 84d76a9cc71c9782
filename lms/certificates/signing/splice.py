"""The container of a seal's signatures, made once by pyHanko and filled for each file.

A B-B signature differs from file to file in two places alone: the file's digest among the signed
attributes, and the signature over these. PAdES keeps the time in the file and not among them.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pyhanko.sign.signers import Signer as CmsSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

_MARKER: Final = hashlib.sha256(b"where a file's digest goes").digest()


class Splice:
    """A container with room for a digest and a signature; `sign` signs the attributes."""

    def __init__(self, signer: CmsSigner, sign: Callable[[bytes], bytes]) -> None:
        self._sign = sign
        # A thread of its own: there may be a loop running in this one.
        with ThreadPoolExecutor(max_workers=1) as helper:
            made = helper.submit(
                asyncio.run,
                signer.async_sign(
                    _MARKER,
                    "sha256",
                    use_pades=True,
                    signed_attr_settings=PdfCMSSignedAttributes(),
                ),
            ).result()
        info = made["content"]["signer_infos"][0]
        attributes: bytes = info["signed_attrs"].untag().dump(force=True)
        self._head, self._middle = _around(attributes, _MARKER)
        before, self._tail = _around(made.dump(), info["signature"].native)
        self._before, self._between = _around(before, _MARKER)

    def container(self, digest: bytes) -> bytes:
        """Sign a file's digest; return the container in DER."""
        signature = self._sign(self._head + digest + self._middle)
        return b"".join((self._before, digest, self._between, signature, self._tail))


@dataclass(frozen=True)
class Sitting:
    """A seal about to sign one file, at a time that is UTC and has no part of a second."""

    at: datetime
    splice: Splice

    def container(self, digest: bytes) -> bytes:
        """Sign a file's digest; return the container in DER."""
        return self.splice.container(digest)


def _around(whole: bytes, part: bytes) -> tuple[bytes, bytes]:
    """Split bytes round a part that they hold once."""
    before, found, after = whole.partition(part)
    if not found or part in after:
        raise ValueError("the container isn't as it was expected")
    return before, after

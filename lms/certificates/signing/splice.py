"""A seal's container, made once by pyHanko and taken apart, to be filled for each file."""

from __future__ import annotations

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from pyhanko.sign.signers import Signer as CmsSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from lms.certificates.signing.container import Container

_MARKER: Final = hashlib.sha256(b"where a file's digest goes").digest()


def container_of(signer: CmsSigner) -> Container:
    """Let a signer sign once; return what its container is round a digest and a signature."""
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
    head, middle = _around(attributes, _MARKER)
    before, tail = _around(made.dump(), info["signature"].native)
    before, between = _around(before, _MARKER)
    return Container(head, middle, before, between, tail)


def _around(whole: bytes, part: bytes) -> tuple[bytes, bytes]:
    """Split bytes round a part that they hold once."""
    before, found, after = whole.partition(part)
    if not found or part in after:
        raise ValueError("the container isn't as it was expected")
    return before, after

"""Put one PAdES B-B signature over a whole PDF, the same bytes for the same input and time."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import Signer as CmsSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms.certificates.drawing.template import FIELD
from lms.certificates.signing.api import SealKey, SealKind, SigningFailed
from lms.certificates.signing.container import BareSeal, Container, Sitting, Term
from lms.certificates.signing.splice import container_of

TEXT_MARK: Final = b"atestat: register of a day\n"
"""What stands before a text that is signed by itself, so that the signature fits nothing else."""

_DIGEST: Final = "sha256"
_ATTRIBUTES_ROOM: Final = 1024  # signed attributes, names and lengths of a B-B signature
_PAGE: Final = 1024


class _StillWriter(IncrementalPdfFileWriter):
    """Append to a file without the time of day and without chance.

    A second look at the same certificate must give the same bytes, so the file's second id
    comes from its content, and its metadata stay as they were drawn.
    """

    @classmethod
    def _handle_id(cls, prev: Any) -> generic.ArrayObject:
        first = prev.trailer["/ID"][0]
        kept = getattr(first, "original_bytes", first)
        prev.stream.seek(0)
        content = hashlib.sha256(prev.stream.read()).digest()[:16]
        return generic.ArrayObject(
            [generic.ByteStringObject(kept), generic.ByteStringObject(content)]
        )

    def _update_meta(self) -> None:
        """Leave the metadata alone; the signature dictionary tells when and by what."""


class _HeldKey(CmsSigner):
    """Sign with a key that was parsed and checked once, not once per certificate."""

    def __init__(
        self,
        certificate: asn1_x509.Certificate,
        chain: Sequence[asn1_x509.Certificate],
        key: SealKey,
    ) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(chain)
        super().__init__(signing_cert=certificate, cert_registry=store, embed_roots=True)
        self._key = key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if digest_algorithm != _DIGEST:
            raise SigningFailed(f"asked for {digest_algorithm}, made for {_DIGEST}")
        if dry_run:
            return bytes(self._key.key_size // 8)
        return self._key.sign(data, PKCS1v15(), hashes.SHA256())


class PadesSeal:
    """A seal with an RSA key, wherever it is held; see `Signer` for what each part means."""

    def __init__(
        self,
        *,
        kind: SealKind,
        key: SealKey,
        certificate: x509.Certificate,
        chain: Sequence[x509.Certificate],
    ) -> None:
        self.kind = kind
        self.certificate_pem = certificate.public_bytes(Encoding.PEM)
        self.chain_pem = tuple(link.public_bytes(Encoding.PEM) for link in chain)
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        self._term = Term(certificate.not_valid_before_utc, certificate.not_valid_after_utc)
        links = [link.public_bytes(Encoding.DER) for link in (certificate, *chain)]
        own, *above = [asn1_x509.Certificate.load(der) for der in links]
        self._key = key
        self._cms = _HeldKey(own, above, key)
        self._signer = PdfSigner(
            PdfSignatureMetadata(
                field_name=FIELD, md_algorithm=_DIGEST, subfilter=SigSeedSubFilter.PADES
            ),
            signer=self._cms,
        )
        needed = _ATTRIBUTES_ROOM + key.key_size // 8 + sum(len(der) for der in links)
        self.room = 2 * _PAGE * -(-needed // _PAGE)  # two hexadecimal digits a byte

    @cached_property
    def _parts(self) -> Container:
        return container_of(self._cms)

    def _raw(self, data: bytes) -> bytes:
        return self._key.sign(data, PKCS1v15(), hashes.SHA256())

    def sitting(self, *, at: datetime) -> Sitting:
        """Sit down to sign a file that is just being written; see `SignsWhileWriting`."""
        return Sitting(self._term.time(at), self._parts, self._raw)

    def bare(self) -> BareSeal | None:
        """Return the seal as it signs many files elsewhere; None where its key can't be had."""
        if not isinstance(self._key, RSAPrivateKey):
            return None
        return BareSeal(self._key, self._parts, self.room, self._term)

    def sign(self, pdf: bytes, *, at: datetime) -> bytes:
        """Seal a file at a time; seconds count, what is below them is dropped."""
        at = self._term.time(at)
        try:
            return _finish(self._sign(pdf, at))
        except SigningFailed:
            raise
        except Exception as error:  # whatever breaks inside, the caller learns one thing
            raise SigningFailed(str(error)) from error

    def sign_text(self, data: bytes) -> bytes:
        """Sign a text of ours; its first words keep it from ever passing for anything else."""
        return self._raw(TEXT_MARK + data)

    def sign_beside(self, data: bytes, *, at: datetime) -> bytes:
        """Sign bytes of any kind with a signature that stands beside them."""
        self._term.time(at)
        try:
            return _finish(self._beside(data))
        except Exception as error:  # whatever breaks inside, the caller learns one thing
            raise SigningFailed(str(error)) from error

    async def _beside(self, data: bytes) -> bytes:
        found = await self._cms.async_sign_general_data(data, _DIGEST, detached=True)
        signed: bytes = found.dump()
        return signed

    async def _sign(self, pdf: bytes, at: datetime) -> bytes:
        session = self._signer.init_signing_session(_StillWriter(io.BytesIO(pdf)))
        session.system_time = at
        prepared = session.prepare_tbs_document(None, self.room)
        output = io.BytesIO()
        digest, _ = prepared.digest_tbs_document(output=output)
        # PAdES keeps the time in the signature dictionary and forbids it among the attributes.
        await prepared.perform_signature(digest.document_digest, PdfCMSSignedAttributes())
        return output.getvalue()


def _finish(work: Coroutine[Any, Any, bytes]) -> bytes:
    """Run a coroutine in this thread, or beside it where a loop is running here already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(max_workers=1) as helper:
        return helper.submit(asyncio.run, work).result()

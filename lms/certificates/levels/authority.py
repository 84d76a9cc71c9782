"""Ask a timestamp authority, and gather what a verifier will need later; the network's side."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

from lms.certificates.levels.appending import Evidence, append_evidence, append_timestamp
from lms.certificates.levels.appending import evidence_in as held_in

SECONDS: Final = 20


@dataclass(frozen=True)
class Authority:
    """A timestamp authority: where it answers, whom it is trusted through, who asks."""

    url: str
    roots_pem: tuple[bytes, ...]
    user: str = ""
    password: str = field(default="", repr=False)


class Desk:
    """One batch at the authority: one session, one memory of what was fetched for all its files."""

    def __init__(
        self, stamper: HTTPTimeStamper, context: ValidationContext, pinned: Iterable[bytes]
    ) -> None:
        self._stamper = stamper
        self._context = context
        self._pinned = [certificate_of(each) for each in pinned]

    async def timestamp(self, pdf: bytes) -> bytes:
        """Append a timestamp to a file, given by whom this desk trusts today."""
        stamped = await append_timestamp(pdf, self._stamper)
        reader = PdfFileReader(io.BytesIO(stamped), strict=True)
        async for _ in self._path_of(reader.embedded_timestamp_signatures[-1]):
            pass
        return stamped

    async def add_evidence(self, pdf: bytes) -> bytes:
        """Append what is needed to verify every signature in a file; the same where it is there."""
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        wanted = (await self._gathered(reader)).without(held_in(reader))
        return append_evidence(pdf, wanted) if wanted != Evidence() else pdf

    async def _gathered(self, reader: PdfFileReader) -> Evidence:
        links: dict[bytes, x509.Certificate] = {}
        for signature in reader.embedded_signatures:
            async for link in self._path_of(signature):
                links[link.dump()] = link
        crls = tuple(
            crl.dump()
            for crl in self._context.crls
            if any(crl.issuer == link.subject for link in links.values())
        )
        ocsps = tuple(answer.dump() for answer in self._context.ocsps)
        return Evidence(tuple(links), crls, ocsps)

    async def _path_of(self, signature: EmbeddedPdfSignature) -> AsyncIterator[x509.Certificate]:
        """Go up from a signature's certificate to a trusted root, with what they say of themselves.

        Revocation is looked up wherever a certificate names a place for it.
        """
        found = extract_certificate_info(signature.signed_data)
        is_stamp = signature.sig_object_type == "/DocTimeStamp"
        validator = CertificateValidator(
            found.signer_cert,
            intermediate_certs=[*found.other_certs, *self._pinned],
            validation_context=self._context,
        )
        usage = {"time_stamping"} if is_stamp else set()
        path = await validator.async_validate_usage(set(), usage)  # type: ignore[no-untyped-call]
        for link in path.iter_certs(include_root=True):
            yield link


@asynccontextmanager
async def desk(
    authority: Authority, *, chains: Iterable[bytes], anchors: Iterable[bytes] = ()
) -> AsyncIterator[Desk]:
    """Open a batch; `chains` are the seals' certificates (PEM) up to their roots.

    `anchors` are certificates that are followed no further, such as a signatory's issuer.
    """
    links = list(chains)
    roots = [certificate_of(each) for each in (*authority.roots_pem, *anchors)]
    roots += [link for link in map(certificate_of, links) if link.self_signed != "no"]
    auth = aiohttp.BasicAuth(authority.user, authority.password) if authority.user else None
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session:
        stamper = HTTPTimeStamper(authority.url, timeout=SECONDS, auth=auth, session=session)
        context = ValidationContext(
            trust_roots=roots,
            allow_fetching=True,
            revocation_mode="hard-fail",
            fetcher_backend=AIOHttpFetcherBackend(session),
        )
        yield Desk(stamper, context, links)


def certificate_of(text: bytes) -> x509.Certificate:
    """Parse one certificate, PEM or DER."""
    return next(certificates_in(text))


def certificates_in(text: bytes) -> Iterator[x509.Certificate]:
    """Parse every certificate of a PEM file, or the one of a DER file."""
    if not pem.detect(text):
        yield x509.Certificate.load(text)
        return
    for _, _, der in pem.unarmor(text, multiple=True):
        yield x509.Certificate.load(der)

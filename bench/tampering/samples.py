"""The genuine files that are tampered with: every design, level and way of being written."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner

from bench.tampering.ways import Sample
from lms.certificates.badge_facts import BadgeFacts
from lms.certificates.badges import key_files, signing
from lms.certificates.badges.credential import credential
from lms.certificates.designs import shipped
from lms.certificates.document import CertificateDocument
from lms.certificates.drawing.items import Attachment, Relationship
from lms.certificates.levels.authority import Authority, desk
from lms.certificates.levels.later import Pin, Trust
from lms.certificates.numbering import format_number
from lms.certificates.render import render, sealed
from lms.certificates.signing.file_key import create_seal
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.verifying.offline import Anchors
from tests.certificates.authorities import PASSWORD, Authorities, authorities
from tests.certificates.conftest import SEALED_AT, code_of, make

SIGNED_TOO: Final = "signed by a signatory too"
_PASSWORD: Final = PASSWORD.encode()
NAMES: Final = ("Ștefania-Ioana Țurcanu", "Łucja Świątek-Kovács", "Ζωή Παπαδοπούλου")


@dataclass(frozen=True)
class Bench:
    """Genuine files, with what a verifier has in hand: the root, and the timestamps' root."""

    samples: tuple[Sample, ...]
    anchors: Anchors
    trust: Trust  # what the site knows: the timestamps' root, and a pinned signatory
    seal: PadesSeal

    @property
    def genuine(self) -> frozenset[bytes]:
        """Every genuine file there is."""
        return frozenset(sample.data for sample in self.samples)


def documents() -> list[CertificateDocument]:
    """Make a certificate in every shipped design, each with another name and number."""
    return [
        make(
            holder=holder,
            code=code_of(holder),
            number=format_number("OS2", 2026, 123 + number),
            verify_url=f"https://cursuri.example.org/v/{code_of(holder)}",
            design=shipped.shipped(key),
        )
        for number, (key, holder) in enumerate(zip(shipped.KEYS, NAMES, strict=True))
    ]


@contextmanager
def bench(folder: Path, *, levels: bool = True) -> Iterator[Bench]:
    """Make the genuine files; with `levels`, also those with timestamps and evidence."""
    ours, *forgers = (
        create_seal(
            folder / name, organisation="Asociația Orașelor Exemplu", is_model=False, now=SEALED_AT
        )
        for name in ("ours", "forger", "another")
    )
    papers = documents()
    basic = [sealed(paper, ours, at=SEALED_AT) for paper in papers]
    unsigned = [render(paper) for paper in papers]
    files = [
        (f"{p.design.name.en}, as it is written", b, u)
        for p, b, u in zip(papers, basic, unsigned, strict=True)
    ]
    files.append(("through pyHanko alone", ours.sign(unsigned[0], at=SEALED_AT), unsigned[0]))
    files.append(("with a badge", *_badged(papers[0], ours, folder)))
    trust = Trust()
    if levels:
        with authorities(folder) as offices:
            trust = Trust((offices.pem("tsa-root"),), (Pin(offices.pem("signatory")),))
            files.append((SIGNED_TOO, _signed_too(basic[0], offices), unsigned[0]))
            authority = Authority(offices.tsa_url, trust.authorities)
            chain = [ours.certificate_pem, *ours.chain_pem]
            for level, data in asyncio.run(_raised(basic[0], authority, chain)):
                files.append((level, data, unsigned[0]))
    samples = [
        Sample(
            name,
            data,
            basic[1] if data != basic[1] else basic[0],
            plain,
            tuple(forgers),
            SEALED_AT,
            needs_pin=name == SIGNED_TOO,
        )
        for name, data, plain in files
    ]
    yield Bench(tuple(samples), Anchors.of(ours.chain_pem[-1]), trust, ours)


def _badged(paper: CertificateDocument, seal: PadesSeal, folder: Path) -> tuple[bytes, bytes]:
    """Enclose a badge under the seal's own root; return the file sealed and as it was before."""
    facts = BadgeFacts(4711, "0f" * 16, "sha256$" + "ab" * 32, is_attached=True)
    root = key_files.load_root(folder / "ours")
    key = key_files.create(folder / "badge", organisation="Exemplu", now=SEALED_AT, root=root)
    whole = replace(paper, badge=facts)
    said = credential(whole.to_facts(), facts, valid_from=SEALED_AT)
    more = [
        Attachment(
            "credential.jwt",
            "application/vc+jwt",
            signing.sign(said, key).encode(),
            Relationship.DATA,
            "Insigna",
        )
    ]
    return sealed(whole, seal, at=SEALED_AT, more=more), render(whole, more)


def _signed_too(data: bytes, offices: Authorities) -> bytes:
    """Add a signatory's own signature, as a program on a personal computer does."""
    signer = SimpleSigner.load_pkcs12(offices.folder / "signatory.p12", passphrase=_PASSWORD)
    assert signer is not None
    meta = PdfSignatureMetadata(
        field_name="Semnatura",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    work = PdfSigner(meta, signer=signer, new_field_spec=SigFieldSpec("Semnatura", on_page=0))
    out = io.BytesIO()
    asyncio.run(work.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=out))
    return out.getvalue()


async def _raised(
    data: bytes, authority: Authority, chain: Sequence[bytes]
) -> list[tuple[str, bytes]]:
    async with desk(authority, chains=list(chain)) as opened:
        stamped = await opened.timestamp(data)
        evidenced = await opened.add_evidence(stamped)
        archived = await opened.timestamp(evidenced)
        again = await opened.timestamp(await opened.add_evidence(archived))
    return [("B-T", stamped), ("B-LT", evidenced), ("B-LTA", archived), ("B-LTA, renewed", again)]

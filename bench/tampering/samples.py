"""The genuine files that are tampered with: every design, level and way of being written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.tampering.ways import Sample
from lms.certificates.designs import shipped
from lms.certificates.document import CertificateDocument
from lms.certificates.levels.authority import Authority, desk
from lms.certificates.levels.later import Trust
from lms.certificates.numbering import format_number
from lms.certificates.render import render, sealed
from lms.certificates.signing.file_key import create_seal
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.verifying.offline import Anchors
from tests.certificates.authorities import authorities
from tests.certificates.conftest import SEALED_AT, code_of, make

NAMES: Final = ("Ștefania-Ioana Țurcanu", "Łucja Świątek-Kovács", "Ζωή Παπαδοπούλου")


@dataclass(frozen=True)
class Bench:
    """Genuine files, with what a verifier has in hand: the root, and the timestamps' root."""

    samples: tuple[Sample, ...]
    anchors: Anchors
    trust: Trust
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
    trust = Trust()
    if levels:
        with authorities(folder) as offices:
            trust = Trust((offices.pem("tsa-root"),))
            authority = Authority(offices.tsa_url, trust.authorities)
            chain = [ours.certificate_pem, *ours.chain_pem]
            for level, data in asyncio.run(_raised(basic[0], authority, chain)):
                files.append((level, data, unsigned[0]))
    samples = [
        Sample(
            name, data, basic[1] if data != basic[1] else basic[0], plain, tuple(forgers), SEALED_AT
        )
        for name, data, plain in files
    ]
    yield Bench(tuple(samples), Anchors.of(ours.chain_pem[-1]), trust, ours)


async def _raised(
    data: bytes, authority: Authority, chain: Sequence[bytes]
) -> list[tuple[str, bytes]]:
    async with desk(authority, chains=list(chain)) as opened:
        stamped = await opened.timestamp(data)
        evidenced = await opened.add_evidence(stamped)
        archived = await opened.timestamp(evidenced)
        again = await opened.timestamp(await opened.add_evidence(archived))
    return [("B-T", stamped), ("B-LT", evidenced), ("B-LTA", archived), ("B-LTA, renewed", again)]

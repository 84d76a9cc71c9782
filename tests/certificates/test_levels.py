"""A file at each level: made from the one below, and looked at by other people's programs."""

from __future__ import annotations

import asyncio
import hashlib
import io
import itertools
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature

from lms.certificates.inspection import inspect_pdf
from lms.certificates.levels.appending import Evidence, append_evidence, evidence_in
from lms.certificates.levels.authority import Authority, desk
from lms.certificates.levels.later import Trust
from lms.certificates.levels.level import Level, best, next_level
from lms.certificates.render import render
from lms.certificates.signing.file_key import load_pkcs12
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.verification import PdfOutcome
from tests.certificates.authorities import PASSWORD, Authorities
from tests.certificates.conftest import make, trusted

LEVELS = list(Level)


@pytest.fixture(scope="module")
def offices(foreign: Authorities) -> Authorities:
    foreign.forget()
    return foreign


@pytest.fixture(scope="module")
def bought(offices: Authorities, tmp_path_factory: pytest.TempPathFactory) -> PadesSeal:
    """A seal whose certificate comes from an authority that publishes what it revokes."""
    path = tmp_path_factory.mktemp("bought") / "seal.p12"
    return load_pkcs12(offices.pkcs12("seal", path), PASSWORD)


def raised(seal: PadesSeal, offices: Authorities, *, renewals: int = 0) -> list[bytes]:
    """Make one certificate at every level, each from the one before."""
    files = [seal.sign(render(make()), at=datetime.now(UTC))]
    chains = [seal.certificate_pem, *seal.chain_pem]

    async def go() -> None:
        async with desk(
            Authority(offices.tsa_url, (offices.pem("tsa-root"),)), chains=chains
        ) as opened:
            files.append(await opened.timestamp(files[-1]))
            files.append(await opened.add_evidence(files[-1]))
            files.append(await opened.timestamp(files[-1]))
            for _ in range(renewals):
                evidenced = await opened.add_evidence(files[-1])
                files.append(await opened.timestamp(evidenced))

    asyncio.run(go())
    return files


@pytest.fixture(scope="module")
def files(bought: PadesSeal, offices: Authorities) -> dict[Level, bytes]:
    return dict(zip(LEVELS, raised(bought, offices), strict=True))


@pytest.fixture
def trust(offices: Authorities) -> Trust:
    return Trust((offices.pem("tsa-root"),))


def signatures(data: bytes) -> list[EmbeddedPdfSignature]:
    return list(PdfFileReader(io.BytesIO(data)).embedded_signatures)


def test_each_level_holds_every_byte_of_the_one_below(files: dict[Level, bytes]) -> None:
    for lower, higher in itertools.pairwise(LEVELS):
        assert files[higher].startswith(files[lower])
        assert len(files[higher]) > len(files[lower])


@pytest.mark.parametrize("level", LEVELS)
def test_our_own_verifier_accepts_each_level_and_names_it(
    level: Level, files: dict[Level, bytes], bought: PadesSeal, trust: Trust
) -> None:
    verdict = inspect_pdf(files[level], trusted=trusted(bought), later=trust)
    assert verdict.outcome is PdfOutcome.INTACT
    assert verdict.later.level is level
    assert all(stamp.is_trusted for stamp in verdict.later.stamps)
    assert verdict.facts
    # One who has the root of the seal alone accepts it too, and says that the time isn't known.
    alone = inspect_pdf(files[level], trusted=trusted(bought))
    assert alone.outcome is PdfOutcome.INTACT
    assert alone.later.stamped_at is None


def run(*command: str | Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def pyhanko(command: str, path: Path, offices: Authorities, *more: str) -> str:
    roots = [
        word
        for name in ("root", "tsa-root", *more)
        for word in ("--trust", offices.folder / f"{name}.crt")
    ]
    program = [sys.executable, "-W", "ignore", "-m", "pyhanko"]
    return run(*program, "sign", command, *roots, "--trust-replace", path)


@pytest.mark.parametrize("level", LEVELS)
def test_pyhankos_own_program_accepts_each_level(
    level: Level, files: dict[Level, bytes], offices: Authorities, tmp_path: Path
) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(files[level])
    for command in ("validate", "adesverify"):
        said = pyhanko(command, path, offices)
        assert "INTACT:TRUSTED" in said
        wanted = "UNTOUCHED" if level is Level.BASIC else "EXTENDED_WITH_LTA_UPDATES,ACCEPTABLE"
        assert wanted in said


@pytest.mark.parametrize("level", LEVELS)
def test_openssl_finds_the_seal_and_every_timestamp_good(
    level: Level, files: dict[Level, bytes], offices: Authorities, tmp_path: Path
) -> None:
    data = files[level]
    seal, *stamps = signatures(data)
    chain = offices.folder / "chain.pem"
    content = tmp_path / "content"
    content.write_bytes(covered(data, seal))
    (tmp_path / "x.der").write_bytes(seal.pkcs7_content)
    where = ("-inform", "DER", "-in", tmp_path / "x.der", "-content", content, "-binary")
    said = run(
        *("openssl", "cms", "-verify", "-cades", *where, "-CAfile", chain, "-purpose", "any"),
        *("-out", "/dev/null"),
    )
    assert "CAdES Verification successful" in said
    assert len(stamps) == {"B-B": 0, "B-T": 1, "B-LT": 1, "B-LTA": 2}[level.value]
    for stamp in stamps:
        content.write_bytes(covered(data, stamp))
        (tmp_path / "t.der").write_bytes(stamp.pkcs7_content)
        said = run(
            *("openssl", "ts", "-verify", "-data", content, "-in", tmp_path / "t.der"),
            *("-token_in", "-CAfile", offices.folder / "tsa-root.crt"),
            *("-untrusted", offices.folder / "tsa.crt"),
        )
        assert "Verification: OK" in said


def covered(data: bytes, signature: EmbeddedPdfSignature) -> bytes:
    start, first, second, length = (int(number) for number in signature.byte_range)
    return data[start : start + first] + data[second : second + length]


@pytest.mark.parametrize("level", LEVELS)
def test_pdfsig_and_qpdf_read_each_level(
    level: Level, files: dict[Level, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(files[level])
    said = run("pdfsig", "-nocert", path)
    assert said.count("Signature is Valid.") == 1
    assert said.count("Signature #") == len(signatures(files[level]))
    checked = run("qpdf", "--check", path)
    assert "No syntax or stream encoding errors found" in checked
    assert "WARNING" not in checked


def test_evidence_holds_the_chains_and_what_says_that_nothing_was_revoked(
    files: dict[Level, bytes], bought: PadesSeal
) -> None:
    found = evidence_in(PdfFileReader(io.BytesIO(files[Level.EVIDENCED])))
    assert len(found.certificates) == 5  # the seal's three, the authority's two
    # An authority asked twice may have written its list anew in between.
    assert len({x509.load_der_x509_crl(der).issuer for der in found.crls}) == 2
    assert len(found.ocsps) == 1


def test_a_seal_made_here_reaches_every_level_too(seal: PadesSeal, offices: Authorities) -> None:
    trust = Trust((offices.pem("tsa-root"),))
    for level, data in zip(LEVELS, raised(seal, offices), strict=True):
        verdict = inspect_pdf(data, trusted=trusted(seal), later=trust)
        assert (verdict.outcome, verdict.later.level) == (PdfOutcome.INTACT, level)


def test_a_renewed_timestamp_stands_on_the_former(
    bought: PadesSeal, offices: Authorities, trust: Trust, tmp_path: Path
) -> None:
    *_, renewed = raised(bought, offices, renewals=1)
    verdict = inspect_pdf(renewed, trusted=trusted(bought), later=trust)
    assert verdict.outcome is PdfOutcome.INTACT
    assert verdict.later.level is Level.ARCHIVED
    assert len(verdict.later.stamps) == 3
    path = tmp_path / "certificate.pdf"
    path.write_bytes(renewed)
    assert "INTACT:TRUSTED" in pyhanko("adesverify", path, offices)


def test_a_timestamp_of_an_unknown_authority_counts_for_nothing(
    files: dict[Level, bytes], bought: PadesSeal, offices: Authorities
) -> None:
    wrong = Trust((offices.pem("root"),))
    alone = inspect_pdf(files[Level.ARCHIVED], trusted=trusted(bought))
    assert [stamp.is_trusted for stamp in alone.later.stamps] == [False, False]
    assert alone.later.stamped_at is None
    # Whoever knows the authorities that are asked takes no other's word.
    verdict = inspect_pdf(files[Level.ARCHIVED], trusted=trusted(bought), later=wrong)
    assert verdict.outcome is PdfOutcome.MANY_SIGNATURES
    assert verdict.stranger == "Marcă Temporală Exemplu"


# What must not pass ----------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
def test_no_flipped_byte_passes(level: Level, files: dict[Level, bytes], bought: PadesSeal) -> None:
    """Offline, with the seal alone: the register would refuse them all by their hash."""
    data, chance = files[level], random.Random(level.value)
    signed = len(files[Level.BASIC])
    for _ in range(60):
        place = chance.randrange(
            max(signed - 3000, 0) if level is Level.BASIC else signed, len(data)
        )
        changed = bytearray(data)
        changed[place] ^= 1 << chance.randrange(8)
        verdict = inspect_pdf(bytes(changed), trusted=trusted(bought))
        if verdict.outcome is PdfOutcome.INTACT:
            # The same digits in the other case are the same signature, and no other byte passes.
            assert bytes(changed).lower() == data.lower(), place


def test_the_name_beside_a_timestamps_signature_is_its_certificates_to_the_letters_case(
    files: dict[Level, bytes], bought: PadesSeal
) -> None:
    changed = bytearray(files[Level.ARCHIVED])
    changed[changed.rindex(b"Exemplu".hex().upper().encode())] ^= 2  # E becomes e
    assert inspect_pdf(bytes(changed), trusted=trusted(bought)).outcome is PdfOutcome.ADDED_TO


def test_what_stands_behind_evidence_is_refused(
    files: dict[Level, bytes], bought: PadesSeal
) -> None:
    evidenced = files[Level.EVIDENCED]
    stranger = Evidence(certificates=(b"\x30\x03\x02\x01\x00",))
    for changed in (
        evidenced + b"\n",
        evidenced + b"%comment\n%%EOF\n",
        append_evidence(files[Level.TIMESTAMPED], stranger),
        files[Level.BASIC] + evidenced[len(files[Level.TIMESTAMPED]) :],
    ):
        outcome = inspect_pdf(changed, trusted=trusted(bought)).outcome
        assert outcome in {PdfOutcome.ADDED_TO, PdfOutcome.CHANGED, PdfOutcome.UNREADABLE}


def test_foreign_evidence_that_nobody_here_signed_is_refused(
    files: dict[Level, bytes], bought: PadesSeal, lookalike: PadesSeal
) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    der = x509.load_pem_x509_certificate(lookalike.certificate_pem).public_bytes(Encoding.DER)
    changed = append_evidence(files[Level.TIMESTAMPED], Evidence(certificates=(der,)))
    assert inspect_pdf(changed, trusted=trusted(bought)).outcome is PdfOutcome.ADDED_TO


def test_a_timestamp_from_another_file_doesnt_fit(
    files: dict[Level, bytes], bought: PadesSeal, offices: Authorities
) -> None:
    data = files[Level.TIMESTAMPED]
    (_, stamp) = signatures(data)
    _, first, second, _ = (int(number) for number in stamp.byte_range)
    other = signatures(raised(bought, offices)[1])[1].pkcs7_content.hex().encode()
    room = second - first - 2
    changed = data[: first + 1] + other[:room].ljust(room, b"0") + data[second - 1 :]
    assert inspect_pdf(changed, trusted=trusted(bought)).outcome is not PdfOutcome.INTACT


def test_a_timestamp_names_the_bytes_before_it(files: dict[Level, bytes]) -> None:
    data = files[Level.TIMESTAMPED]
    (_, stamp) = signatures(data)
    token = cms.ContentInfo.load(stamp.pkcs7_content)["content"]["encap_content_info"]["content"]
    imprint = token.parsed["message_imprint"]["hashed_message"].native
    assert imprint == hashlib.sha256(covered(data, stamp)).digest()


# Plain rules -----------------------------------------------------------------------------------


class Kept:
    def __init__(self, level: str, approvals: int = 0, renewal: int = 0) -> None:
        self.level, self.approvals, self.renewal = level, approvals, renewal


def test_the_best_file_has_most_signatories_then_the_highest_level_then_the_newest_stamp() -> None:
    plain, long, renewed = Kept("B-T"), Kept("B-LTA"), Kept("B-LTA", renewal=1)
    signed = Kept("B-B", approvals=1)
    assert best([plain, long]) is long
    assert best([renewed, long, plain]) is renewed
    assert best([renewed, signed]) is signed
    assert best([]) is None


@pytest.mark.parametrize(
    ("level", "target", "wanted"),
    [
        ("B-B", "B-LTA", Level.TIMESTAMPED),
        ("B-T", "B-LTA", Level.EVIDENCED),
        ("B-LT", "B-LT", None),
        ("B-LTA", "B-T", None),
    ],
)
def test_the_next_level_on_the_way(level: str, target: str, wanted: Level | None) -> None:
    assert next_level(level, target) is wanted

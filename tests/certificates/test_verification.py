"""A stranger's file and code: what is ours and whole is accepted, and nothing else."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from lms.certificates.inspection import inspect_pdf
from lms.certificates.render import render
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.states import CertificateState
from lms.certificates.verification import (
    SIZE_LIMIT,
    Outcome,
    PdfOutcome,
    PdfVerdict,
    RegisterEntry,
    TrustedSeal,
    judge,
    run_limited,
)
from tests.certificates.conftest import SEALED_AT, code_of, make, trusted

pytestmark = pytest.mark.one_database

TODAY = date(2026, 12, 1)
TAMPERED = {PdfOutcome.CHANGED, PdfOutcome.ADDED_TO}  # one answer for a stranger
Inspect = Callable[[bytes], PdfOutcome]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep the validator from logging each forgery it refuses."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def inspect(seal: PadesSeal) -> Inspect:
    return lambda data: inspect_pdf(data, trusted=trusted(seal)).outcome


def gap_of(signed: bytes) -> tuple[int, int]:
    """Find the bytes between the two signed ranges: the container's digits and their brackets."""
    signature = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    _, first, second, _ = (int(number) for number in signature.byte_range)
    return first, second


def test_a_genuine_file_is_intact(signed: bytes, seal: PadesSeal) -> None:
    verdict = inspect_pdf(signed, trusted=trusted(seal))
    assert verdict.outcome is PdfOutcome.INTACT
    assert verdict.sha256 == hashlib.sha256(signed).hexdigest()
    assert verdict.signed_at == SEALED_AT
    assert verdict.seal_fingerprint == seal.fingerprint
    assert verdict.claimed_code == make().code


def test_any_of_several_pinned_seals_is_recognised(
    signed: bytes, seal: PadesSeal, lookalike: PadesSeal
) -> None:
    verdict = inspect_pdf(signed, trusted=trusted(lookalike, seal))
    assert verdict.outcome is PdfOutcome.INTACT
    assert verdict.seal_fingerprint == seal.fingerprint


def test_one_changed_byte_anywhere_is_refused(signed: bytes, inspect: Inspect) -> None:
    step = len(signed) // 40
    for place in range(3, len(signed), step):
        changed = bytearray(signed)
        changed[place] ^= 1
        assert inspect(bytes(changed)) is not PdfOutcome.INTACT, place


def test_one_changed_digit_beside_the_digest_is_refused(signed: bytes, inspect: Inspect) -> None:
    """Within the gap no digest protects: neither the container nor its padding may differ."""
    first, second = gap_of(signed)
    for place in [first, first + 1, *range(first + 2, second, 331), second - 2, second - 1]:
        changed = bytearray(signed)
        changed[place] ^= 1
        assert inspect(bytes(changed)) is not PdfOutcome.INTACT, place


def test_the_containers_digits_in_small_letters_are_refused(
    signed: bytes, inspect: Inspect
) -> None:
    first, second = gap_of(signed)
    lower = signed[:first] + signed[first:second].lower() + signed[second:]
    assert lower != signed
    assert inspect(lower) is PdfOutcome.CHANGED


def test_white_space_in_the_padding_is_refused(signed: bytes, inspect: Inspect) -> None:
    _, second = gap_of(signed)
    assert inspect(signed[: second - 3] + b"  " + signed[second - 1 :]) is not PdfOutcome.INTACT


@pytest.mark.parametrize(
    "tail",
    [b"\n", b" ", b"\x00", b"junk", b"%%EOF\n", b"\n%comment\n%%EOF", b"PK\x03\x04" + bytes(40)],
)
def test_what_stands_after_the_end_is_refused(signed: bytes, inspect: Inspect, tail: bytes) -> None:
    assert inspect(signed + tail) in TAMPERED


@pytest.mark.parametrize("head", [b"\n", b"\xef\xbb\xbf", b"GIF89a ", b"<html>", b"%PDF-1.4\n"])
def test_what_stands_before_the_header_is_refused(
    signed: bytes, inspect: Inspect, head: bytes
) -> None:
    assert inspect(head + signed) is not PdfOutcome.INTACT


def updated(signed: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Append to a signed file as an editor does, leaving every signed byte in its place."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(signed)
    return out.getvalue()


def add_comment(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Contents"): generic.pdf_string("120 de ore"),
            generic.pdf_name("/Rect"): generic.ArrayObject(
                [generic.NumberObject(side) for side in (300, 300, 400, 320)]
            ),
        }
    )
    annotations = page.get("/Annots", generic.ArrayObject())
    annotations.append(writer.add_object(note))
    page["/Annots"] = annotations
    writer.update_container(page)


def replace_page_content(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    overlay = generic.StreamObject(stream_data=b"1 1 1 rg 0 300 800 100 re f")
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), writer.add_object(overlay)])
    writer.update_container(page)


def add_metadata_only(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Extra"] = generic.pdf_string("x")
    writer.update_root()


@pytest.mark.parametrize("change", [add_comment, replace_page_content, add_metadata_only])
def test_an_appended_change_is_refused_though_viewers_call_the_signature_valid(
    signed: bytes, inspect: Inspect, change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    assert inspect(updated(signed, change)) is PdfOutcome.ADDED_TO


def test_a_lookalike_of_the_seal_is_not_ours(lookalike: PadesSeal, inspect: Inspect) -> None:
    assert inspect(lookalike.sign(render(make()), at=SEALED_AT)) is PdfOutcome.UNKNOWN_SIGNER


def test_a_second_signature_by_a_lookalike_is_refused(
    signed: bytes, lookalike: PadesSeal, inspect: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = sign_again(signed, lookalike, monkeypatch)
    assert len(PdfFileReader(io.BytesIO(twice)).embedded_signatures) == 2
    assert inspect(twice) is PdfOutcome.MANY_SIGNATURES


def test_our_seal_over_a_forgers_signed_file_is_refused(
    seal: PadesSeal, lookalike: PadesSeal, inspect: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = lookalike.sign(render(make()), at=SEALED_AT)
    assert inspect(sign_again(forged, seal, monkeypatch)) is PdfOutcome.MANY_SIGNATURES


def sign_again(signed: bytes, seal: PadesSeal, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Append another signature, as a forger's tool does."""
    signer = seal._signer
    second = dataclasses.replace(signer.signature_meta, field_name="Second")
    monkeypatch.setattr(signer, "signature_meta", second)
    return seal.sign(signed, at=SEALED_AT)


def test_a_signature_moved_from_another_certificate_is_refused(
    signed: bytes, seal: PadesSeal, inspect: Inspect
) -> None:
    other = seal.sign(render(make(holder="Ana Pop")), at=SEALED_AT)
    (first, second), (own_first, own_second) = gap_of(signed), gap_of(other)
    assert second - first == own_second - own_first
    moved = other[:own_first] + signed[first:second] + other[own_second:]
    assert inspect(moved) is PdfOutcome.CHANGED


def test_a_file_hidden_between_the_ranges_is_refused(signed: bytes, inspect: Inspect) -> None:
    """A wrapping attack: the second range is pushed away and other content put between."""
    first, second = gap_of(signed)
    start = signed.index(b"/ByteRange") + len(b"/ByteRange ")
    end = signed.index(b"]", start) + 1
    hidden = b" 9 0 obj<</Type/Catalog>>endobj "
    wider = f"[0 {first} {second + len(hidden)} {len(signed) - second}]".encode()
    changed = signed[:start] + wider.ljust(end - start) + signed[end:second] + hidden
    assert inspect(changed + signed[second:]) is not PdfOutcome.INTACT


def test_a_file_saved_again_is_refused(signed: bytes, inspect: Inspect) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        pdf.save(out)
    assert inspect(out.getvalue()) in TAMPERED


def test_pages_of_two_certificates_merged_are_refused(signed: bytes, inspect: Inspect) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as pdf, pikepdf.open(io.BytesIO(signed)) as other:
        pdf.add_pages_from(other)
        pdf.save(out)
    assert inspect(out.getvalue()) is not PdfOutcome.INTACT


def test_an_unsigned_copy_says_that_it_has_no_signature(inspect: Inspect) -> None:
    assert inspect(render(make())) is PdfOutcome.NO_SIGNATURE


def test_an_encrypted_file_is_unreadable(inspect: Inspect) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(render(make()))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert inspect(out.getvalue()) is PdfOutcome.UNREADABLE


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        pytest.param(b"", PdfOutcome.NOT_PDF, id="empty"),
        pytest.param(b"PK\x03\x04 a word file", PdfOutcome.NOT_PDF, id="another format"),
        pytest.param(b"\xff\xd8\xff\xe0 photograph", PdfOutcome.IMAGE, id="jpeg"),
        pytest.param(b"\x89PNG\r\n\x1a\n scan", PdfOutcome.IMAGE, id="png"),
        pytest.param(b"\x00\x00\x00\x18ftypheic", PdfOutcome.IMAGE, id="a telephone's picture"),
        pytest.param(b"%PDF-", PdfOutcome.UNREADABLE, id="only a header"),
        pytest.param(b"%PDF-1.7\n" + b"[" * 100_000, PdfOutcome.UNREADABLE, id="nested deep"),
        pytest.param(b"%PDF-1.7\nstartxref\n9\n%%EOF", PdfOutcome.UNREADABLE, id="a loop"),
        pytest.param(b"%PDF-" + bytes(SIZE_LIMIT), PdfOutcome.TOO_LARGE, id="too large"),
    ],
)
def test_what_isnt_a_certificate_is_told_apart(
    data: bytes, outcome: PdfOutcome, inspect: Inspect
) -> None:
    assert inspect(data) is outcome


def test_a_file_cut_short_is_refused(signed: bytes, inspect: Inspect) -> None:
    for length in range(10, len(signed), len(signed) // 25):
        assert inspect(signed[:length]) is not PdfOutcome.INTACT


def test_without_a_pinned_seal_nothing_is_ours(signed: bytes) -> None:
    assert inspect_pdf(signed, trusted=[]).outcome is PdfOutcome.UNKNOWN_SIGNER


def test_a_root_alone_isnt_enough_the_seal_itself_is_pinned(
    signed: bytes, seal: PadesSeal, lookalike: PadesSeal
) -> None:
    same_root = TrustedSeal(lookalike.certificate_pem, seal.chain_pem)
    assert inspect_pdf(signed, trusted=[same_root]).outcome is PdfOutcome.UNKNOWN_SIGNER


def test_a_seal_under_another_root_is_refused(
    signed: bytes, seal: PadesSeal, lookalike: PadesSeal
) -> None:
    wrong_root = TrustedSeal(seal.certificate_pem, lookalike.chain_pem)
    assert inspect_pdf(signed, trusted=[wrong_root]).outcome is not PdfOutcome.INTACT


def test_in_a_process_of_its_own_the_verdict_is_the_same(
    signed: bytes, seal: PadesSeal, tmp_path: Path
) -> None:
    path = tmp_path / "upload.pdf"
    path.write_bytes(signed)
    assert run_limited(path, trusted=trusted(seal)) == inspect_pdf(signed, trusted=trusted(seal))


def test_what_exhausts_the_process_or_isnt_there_is_unreadable(
    signed: bytes, seal: PadesSeal, tmp_path: Path
) -> None:
    path = tmp_path / "upload.pdf"
    path.write_bytes(signed)
    starved = run_limited(path, trusted=trusted(seal), megabytes=8)
    assert starved.outcome is PdfOutcome.UNREADABLE
    gone = run_limited(tmp_path / "gone.pdf", trusted=trusted(seal))
    assert gone.outcome is PdfOutcome.UNREADABLE


def test_a_verdict_survives_its_way_between_processes(signed: bytes, seal: PadesSeal) -> None:
    verdict = inspect_pdf(signed, trusted=trusted(seal))
    assert PdfVerdict.from_json(verdict.to_json()) == verdict


# judging ----------------------------------------------------------------------------------------

HASH = "a" * 64
CODE = code_of("entry")
ENTRY = RegisterEntry(
    number="OS2-2026-000123-N",
    code=CODE,
    state=CertificateState.VALID,
    is_model=False,
    sha256s=frozenset({HASH}),
)
SAID = json.dumps({"number": ENTRY.number, "code": CODE, "holder": "Ana Pop"})
INTACT = PdfVerdict(PdfOutcome.INTACT, HASH, SEALED_AT, "f" * 64, CODE, SAID)


@pytest.mark.parametrize(
    ("entry", "outcome"),
    [
        pytest.param(ENTRY, Outcome.VALID, id="valid"),
        pytest.param(replace(ENTRY, is_model=True), Outcome.MODEL, id="a demonstration's"),
        pytest.param(
            replace(ENTRY, state=CertificateState.RESERVED), Outcome.IN_PREPARATION, id="reserved"
        ),
        pytest.param(
            replace(ENTRY, state=CertificateState.SUPERSEDED), Outcome.SUPERSEDED, id="superseded"
        ),
        pytest.param(replace(ENTRY, state=CertificateState.REVOKED), Outcome.REVOKED, id="revoked"),
        pytest.param(replace(ENTRY, state=CertificateState.VOID), Outcome.VOID, id="void"),
        pytest.param(
            replace(ENTRY, expires_on=date(2026, 11, 30)), Outcome.EXPIRED, id="expired yesterday"
        ),
        pytest.param(replace(ENTRY, expires_on=TODAY), Outcome.VALID, id="expires tonight"),
        pytest.param(
            replace(ENTRY, state=CertificateState.REVOKED, expires_on=date(2026, 1, 1)),
            Outcome.REVOKED,
            id="revoked and expired",
        ),
    ],
)
def test_code_and_file_lead_to_the_registers_answer(entry: RegisterEntry, outcome: Outcome) -> None:
    by_code = judge(None, None, entry, TODAY)
    by_file = judge(INTACT, HASH, entry, TODAY)
    assert by_code.outcome is by_file.outcome is outcome
    assert by_code.file_matches is None
    assert by_file.file_matches is True
    assert by_code.entry == entry
    assert by_file.is_good == (outcome is Outcome.VALID)


def test_an_unknown_code_is_unknown() -> None:
    assert judge(None, None, None, TODAY).outcome is Outcome.CODE_UNKNOWN


@pytest.mark.parametrize(
    ("pdf", "outcome"),
    [
        (PdfOutcome.CHANGED, Outcome.CHANGED_AFTER_ISSUE),
        (PdfOutcome.ADDED_TO, Outcome.CHANGED_AFTER_ISSUE),
        (PdfOutcome.MANY_SIGNATURES, Outcome.CHANGED_AFTER_ISSUE),
        (PdfOutcome.UNKNOWN_SIGNER, Outcome.NOT_OURS),
        (PdfOutcome.NO_SIGNATURE, Outcome.NO_SIGNATURE),
        (PdfOutcome.IMAGE, Outcome.IMAGE_ONLY),
        (PdfOutcome.NOT_PDF, Outcome.UNREADABLE),
        (PdfOutcome.UNREADABLE, Outcome.UNREADABLE),
        (PdfOutcome.TOO_LARGE, Outcome.TOO_LARGE),
    ],
)
def test_a_refused_file_is_never_made_good_by_a_valid_entry(
    pdf: PdfOutcome, outcome: Outcome
) -> None:
    verdict = judge(replace(INTACT, outcome=pdf), HASH, ENTRY, TODAY)
    assert verdict.outcome is outcome
    assert verdict.file_matches is False
    assert not verdict.is_good
    assert verdict.entry == ENTRY


def test_every_outcome_of_a_file_has_an_answer() -> None:
    for pdf in PdfOutcome:
        verdict = judge(replace(INTACT, outcome=pdf), HASH, None, TODAY)
        assert verdict.outcome in Outcome
        assert not verdict.is_good  # without an entry in the register nothing is


def test_a_sealed_file_that_the_register_doesnt_know_is_not_good() -> None:
    assert judge(INTACT, HASH, None, TODAY).outcome is Outcome.NOT_IN_REGISTER


def test_a_genuine_file_beside_another_persons_code_is_another_certificate() -> None:
    theirs = replace(ENTRY, code=code_of("someone else"), sha256s=frozenset({"b" * 64}))
    assert judge(INTACT, HASH, theirs, TODAY).outcome is Outcome.OTHER_CERTIFICATE


def test_a_hash_that_isnt_the_files_own_is_not_good() -> None:
    assert judge(replace(INTACT, sha256="c" * 64), HASH, ENTRY, TODAY).is_good is False
    unkept = replace(ENTRY, sha256s=frozenset({"d" * 64}))
    assert judge(INTACT, HASH, unkept, TODAY).outcome is Outcome.NOT_IN_REGISTER

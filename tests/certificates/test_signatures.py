"""A signatory signs on the own machine: files go out, and only a pinned signature comes back."""

from __future__ import annotations

import asyncio
import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography import x509
from flask.testing import FlaskClient
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner
from werkzeug.test import TestResponse

from lms import clock, db
from lms.audit.models import AuditEntry
from lms.certificates import public, register
from lms.certificates.inspection import inspect_pdf
from lms.certificates.levels import approving, signatories, trusting
from lms.certificates.levels.approving import Refusal, Taken
from lms.certificates.levels.later import Trust
from lms.certificates.levels.raising import Raised, raise_levels
from lms.certificates.models import Certificate, CertificateFile, SignatoryPin
from lms.certificates.seals import signer, trusted
from lms.certificates.validity import check_all, overview
from lms.certificates.verification import Outcome, PdfOutcome
from lms.courses.models import Edition, Programme
from tests.cast import Cast, csrf
from tests.certificates.authorities import PASSWORD, Authorities
from tests.certificates.certify import enrol_many, file_of, issued, stored
from tests.certificates.test_levels import pyhanko

pytestmark = pytest.mark.one_database


def sign(
    data: bytes,
    foreign: Authorities,
    who: str = "signatory",
    *,
    box: tuple[int, int, int, int] | None = None,
    name: str = "Semnatura",
    certifies: bool = False,
) -> bytes:
    """Sign a file as a person's own program does: an incremental update with a field of its own."""
    signer = SimpleSigner.load_pkcs12(foreign.folder / f"{who}.p12", passphrase=PASSWORD.encode())
    assert signer is not None
    meta = PdfSignatureMetadata(
        field_name=name,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=certifies,
        docmdp_permissions=MDPPerm.NO_CHANGES if certifies else MDPPerm.FILL_FORMS,
    )
    out = io.BytesIO()
    asyncio.run(
        PdfSigner(
            meta, signer=signer, new_field_spec=SigFieldSpec(name, on_page=0, box=box)
        ).async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=out)
    )
    return out.getvalue()


@dataclass
class Office:
    """The programme's signatory is pinned; the learner's certificate is issued."""

    cast: Cast
    foreign: Authorities
    certificate_id: int
    pin_id: int

    @property
    def data(self) -> bytes:
        return file_of(self.cast, self.certificate_id)

    def back(self, *files: tuple[str, bytes]) -> list[Taken | Refusal]:
        with self.cast.app.app_context():
            return list(approving.take_back(files, by=None))

    def refused(self, data: bytes) -> str:
        (answer,) = self.back(("fisier.pdf", data))
        assert isinstance(answer, Refusal)
        return answer.why

    def files(self) -> list[tuple[str, int]]:
        with stored(self.cast, self.certificate_id) as certificate:
            return [(file.level, file.approvals) for file in certificate.files]


@contextmanager
def programme_of(cast: Cast) -> Iterator[Programme]:
    with cast.app.app_context(), db.writing() as session:
        yield session.get_one(Programme, cast.programme_id)


def pinned(cast: Cast, *pems: bytes, position: int = 1) -> int:
    files = [x509.load_pem_x509_certificate(pem) for pem in pems]
    with programme_of(cast) as programme:
        return signatories.pin(programme, position, files, by=None, now=clock.now()).id


@pytest.fixture
def office(cast: Cast, foreign: Authorities) -> Office:
    foreign.forget()
    key = issued(cast)
    return Office(cast, foreign, key, pinned(cast, foreign.pem("signatory")))


@pytest.mark.parametrize("box", [None, (40, 40, 240, 100)], ids=["invisible", "a small picture"])
def test_a_pinned_signature_is_taken_and_its_file_kept(
    office: Office, box: tuple[int, int, int, int] | None
) -> None:
    signed = sign(office.data, office.foreign, box=box)
    (answer,) = office.back(("x.pdf", signed))
    assert isinstance(answer, Taken), answer
    assert answer.signers == ("Ana Exemplu",)
    assert office.files() == [("B-B", 0), ("B-B", 1)]
    assert office.data == signed  # a download gives the signed one
    with office.cast.app.app_context():
        verdict, found = public.check_file(
            public.inspect(signed), hashlib.sha256(signed).hexdigest()
        )
        assert verdict.outcome is Outcome.VALID
        (signer,) = public.signers_of(verdict, found)
        assert (signer.name, signer.function) == ("Ana Exemplu", "reprezentant legal")
        db.end_reading()
        assert check_all()
        assert overview().faults == []
        acts = db.session().scalars(sa.select(AuditEntry.action)).all()
        assert "certificate.signed_by_signatory" in acts


def test_the_issued_file_stays_valid_beside_the_signed_one(office: Office) -> None:
    before = office.data
    office.back(("x.pdf", sign(before, office.foreign)))
    with office.cast.app.app_context():
        sha256 = hashlib.sha256(before).hexdigest()
        verdict, found = public.check_file(public.inspect(before), sha256)
        assert verdict.outcome is Outcome.VALID
        assert public.signers_of(verdict, found) == []


def test_pyhankos_own_program_accepts_both_signatures(office: Office, tmp_path: Path) -> None:
    """With the seal's root and the signatory's among the trusted."""
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign(office.data, office.foreign))
    with office.cast.app.app_context():
        (office.foreign.folder / "own-root.crt").write_bytes(signer().chain_pem[-1])
    said = pyhanko("validate", path, office.foreign, "own-root")
    assert said.count("INTACT:TRUSTED") == 2


def test_the_pages_name_who_has_signed(office: Office) -> None:
    signed = sign(office.data, office.foreign)
    office.back(("x.pdf", signed))
    with stored(office.cast, office.certificate_id) as certificate:
        code = certificate.code
    client = office.cast.app.test_client()
    for page in (
        client.get(f"/v/{code}"),
        client.post(
            "/verify/file",
            data={"csrf_token": csrf(client), "file": (io.BytesIO(signed), "c.pdf")},
        ),
    ):
        assert "Semnat electronic de" in page.text
        assert "Ana Exemplu, reprezentant legal" in page.text


def test_levels_go_on_above_a_signature(office: Office, offices: Authorities) -> None:
    cast = office.cast
    with cast.app.app_context():
        assert raise_levels() == Raised(kept=3)
    office.back(("x.pdf", sign(office.data, office.foreign)))
    with cast.app.app_context():
        assert raise_levels() == Raised(kept=3)
        assert raise_levels() == Raised()
    levels = ["B-B", "B-T", "B-LT", "B-LTA"]
    assert office.files() == [*((x, 0) for x in levels), *((x, 1) for x in levels)]
    data = office.data
    with cast.app.app_context():
        seen = public.inspect(data)
        assert (seen.outcome, seen.later.level.value) == (PdfOutcome.INTACT, "B-LTA")
        assert len(seen.later.approvals) == 1
        db.end_reading()
        check_all()
        assert overview().faults == []


def test_two_signatories_sign_one_after_the_other(office: Office) -> None:
    pinned(office.cast, office.foreign.pem("stranger"), position=2)
    first = sign(office.data, office.foreign)
    office.back(("x.pdf", first))
    second = sign(first, office.foreign, "stranger", name="Semnatura2")
    (answer,) = office.back(("x.pdf", second))
    assert isinstance(answer, Taken)
    assert answer.signers == ("Ana Exemplu", "Ion Exemplu")
    assert office.files() == [("B-B", 0), ("B-B", 1), ("B-B", 2)]
    # One made beside the first, from the same file, would be a second file of one signature.
    beside = sign(first[: _issued_size(office)], office.foreign, "stranger", name="Semnatura2")
    assert office.refused(beside) == "other_kept"


def _issued_size(office: Office) -> int:
    with stored(office.cast, office.certificate_id) as certificate:
        return certificate.files[0].size


# What is refused -------------------------------------------------------------------------------


def test_a_stranger_is_refused_by_name(office: Office) -> None:
    signed = sign(office.data, office.foreign, "stranger")
    (answer,) = office.back(("x.pdf", signed))
    assert answer == Refusal("x.pdf", "stranger", "Ion Necunoscutu")
    assert office.files() == [("B-B", 0)]


def test_a_withdrawn_signatory_is_refused_and_what_was_kept_stays_good(office: Office) -> None:
    signed = sign(office.data, office.foreign)
    office.back(("x.pdf", signed))
    with office.cast.app.app_context(), db.writing() as session:
        row = session.get_one(SignatoryPin, office.pin_id)
        signatories.withdraw(row, by=None, now=clock.now())
    with office.cast.app.app_context():
        seen = public.inspect(signed)
        assert public.check_file(seen, seen.sha256)[0].outcome is Outcome.VALID
    other = issued(office.cast, "classmate")
    assert office.refused(sign(file_of(office.cast, other), office.foreign)) == "stranger"


def test_another_programmes_signatory_is_refused(office: Office) -> None:
    with office.cast.app.app_context(), db.writing() as session:
        session.get_one(SignatoryPin, office.pin_id).programme_id = _other_programme(session)
    assert office.refused(sign(office.data, office.foreign)) == "stranger"


def _other_programme(session: object) -> int:
    found = Programme(
        short_name="Altul",
        title="Alt program",
        certificate_series="ALT",
        issuers=["Altcineva"],
        design={},
        created_at=clock.now(),
        zone="Europe/Bucharest",
    )
    db.session().add(found)
    db.session().flush()
    return found.id


def test_what_isnt_signed_what_was_saved_anew_and_what_isnt_ours_is_refused(
    office: Office, foreign: Authorities
) -> None:
    import pikepdf

    assert office.refused(office.data) == "unsigned"
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(office.data)) as pdf:
        pdf.save(out)
    assert office.refused(sign(out.getvalue(), foreign)) == "not_given_out"
    assert office.refused(b"%PDF-1.7 altceva") == "not_given_out"
    assert office.refused(b"nimic") == "kind"
    assert office.refused(b"PK\x03\x04 rupt") == "kind"


def annotated(data: bytes) -> bytes:
    """Put a note over the page, as a viewer does, before it is signed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(
                [generic.NumberObject(n) for n in (100, 100, 400, 200)]
            ),
            generic.pdf_name("/Contents"): generic.pdf_string("Alt nume"),
            generic.pdf_name("/DA"): generic.pdf_string("/Helv 20 Tf 0 g"),
        }
    )
    reference = writer.add_object(note)
    annotations = page.get("/Annots")
    if annotations is None:
        page[generic.pdf_name("/Annots")] = generic.ArrayObject([reference])
    else:
        page["/Annots"].append(reference)
        writer.update_container(page["/Annots"])
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pinned_signature_over_something_else_that_changed_is_refused(office: Office) -> None:
    assert office.refused(sign(annotated(office.data), office.foreign)) == "changed"
    assert office.refused(annotated(sign(office.data, office.foreign))) == "changed"
    covering = sign(office.data, office.foreign, box=(0, 0, 800, 560))
    assert office.refused(covering) == "changed"
    assert office.refused(sign(office.data, office.foreign) + b"\n%\n%%EOF\n") == "broken"
    assert office.files() == [("B-B", 0)]


def test_a_signature_with_a_flipped_byte_is_refused(office: Office) -> None:
    signed = sign(office.data, office.foreign)
    gap_ends = signed.rindex(b"0>")
    for place in (len(office.data) + 40, gap_ends, len(signed) - 40):
        changed = bytearray(signed)
        changed[place] ^= 1
        assert office.refused(bytes(changed)) in {"broken", "changed"}, place


def test_nobody_signs_twice_and_a_second_upload_is_known(office: Office) -> None:
    signed = sign(office.data, office.foreign)
    office.back(("x.pdf", signed))
    assert office.refused(signed) == "known"
    assert office.refused(sign(signed, office.foreign, name="Semnatura2")) == "twice"


def test_what_has_ended_is_signed_no_more(office: Office) -> None:
    signed = sign(office.data, office.foreign)
    with office.cast.app.app_context(), db.writing() as session:
        certificate = session.get_one(Certificate, office.certificate_id)
        register.revoke(certificate, by=None, reason="o probă", now=clock.now())
    assert office.refused(signed) == "ended"


def test_offline_a_signature_that_isnt_vouched_for_is_not_accepted(office: Office) -> None:
    """One who has the root alone can't tell a signatory from a stranger, and says who it is."""
    signed = sign(office.data, office.foreign)
    with office.cast.app.app_context():
        alone = inspect_pdf(signed, trusted=trusted())
        assert (alone.outcome, alone.stranger) == (
            PdfOutcome.MANY_SIGNATURES,
            "Mihaela Popescu-Exemplu",
        )
        told = inspect_pdf(signed, trusted=trusted(), later=Trust((), trusting.trust().signatories))
        assert told.outcome is PdfOutcome.INTACT


# Pinning ---------------------------------------------------------------------------------------


def test_a_pin_with_its_issuer_takes_later_certificates_of_the_same_person(
    office: Office,
) -> None:
    """The stranger is another person of the same issuer: never the same signatory."""
    with office.cast.app.app_context(), db.writing() as session:
        session.delete(session.get_one(SignatoryPin, office.pin_id))
    pinned(office.cast, office.foreign.pem("signatory"), office.foreign.pem("interm"))
    assert office.refused(sign(office.data, office.foreign, "stranger")) == "stranger"
    renewed = sign(office.data, office.foreign, "signatory-later")
    (answer,) = office.back(("x.pdf", renewed))
    assert isinstance(answer, Taken), answer


def test_without_the_issuer_a_later_certificate_is_a_stranger(office: Office) -> None:
    assert office.refused(sign(office.data, office.foreign, "signatory-later")) == "stranger"


def post(client: FlaskClient, path: str, **form: object) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **form})


def test_the_page_pins_gives_out_and_takes_back(office: Office) -> None:
    cast, foreign = office.cast, office.foreign
    client = cast.client("registrar")
    with cast.app.app_context():
        slug = db.session().get_one(Edition, cast.edition_id).slug
    page = client.get(f"/editions/{slug}/signatures").text
    assert "Ana Exemplu" in page
    assert "1 certificat nu este încă semnat de un semnatar." in page
    again = {"signatory": "1", "certificate": (io.BytesIO(foreign.pem("signatory")), "a.pem")}
    answer = post(client, f"/editions/{slug}/signatures/signatories", **again)
    assert answer.status_code == 422
    assert "fixat deja" in answer.text
    for data, sentence in (
        (b"nimic", "nu cuprinde un certificat"),
        (foreign.pem("interm"), "numai certificatul unei autorități"),
    ):
        wrong = {"signatory": "1", "certificate": (io.BytesIO(data), "a.pem")}
        answer = post(client, f"/editions/{slug}/signatures/signatories", **wrong)
        assert sentence in answer.text
    given = post(client, f"/editions/{slug}/signatures/export")
    archive = zipfile.ZipFile(io.BytesIO(given.data))
    (name,) = (n for n in archive.namelist() if n.endswith(".pdf"))
    assert approving.README in archive.namelist()
    signed = sign(archive.read(name), foreign)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr(name, signed)
        out.writestr("altul.pdf", b"%PDF-1.7 altul")
    back = post(
        client,
        f"/editions/{slug}/signatures/import",
        file=(io.BytesIO(packed.getvalue()), "semnate.zip"),
    )
    assert back.status_code == 200
    assert "1 fișier a fost primit" in back.text
    assert "1 fișier a fost refuzat" in back.text
    assert "altul.pdf" in back.text
    assert office.files() == [("B-B", 0), ("B-B", 1)]
    post(client, f"/signatories/{office.pin_id}/withdraw", slug=slug)
    assert "retras la" in client.get(f"/editions/{slug}/signatures").text


def test_the_shell_gives_out_and_takes_back(office: Office, tmp_path: Path) -> None:
    cast = office.cast
    with cast.app.app_context():
        slug = db.session().get_one(Edition, cast.edition_id).slug
    runner = cast.app.test_cli_runner()
    target = tmp_path / "de-semnat.zip"
    done = runner.invoke(args=["certificate", "export-to-sign", slug, "--out", str(target)])
    assert "1 files to sign" in done.output, done.output
    with zipfile.ZipFile(target) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".pdf"))
        (tmp_path / "semnat.pdf").write_bytes(sign(archive.read(name), office.foreign))
    done = runner.invoke(args=["certificate", "import-signed", str(tmp_path / "semnat.pdf")])
    assert done.exit_code == 0
    assert "Ana Exemplu" in done.output
    assert "Taken: 1; refused: 0." in done.output
    done = runner.invoke(args=["certificate", "import-signed", str(tmp_path / "semnat.pdf")])
    assert done.exit_code == 1
    done = runner.invoke(args=["certificate", "export-to-sign", slug, "--out", str(target)])
    assert done.exit_code == 1


def test_a_batch_of_many_goes_out_in_the_numbers_order(office: Office) -> None:
    from lms.certificates import issuing

    with office.cast.app.app_context():
        for enrolment_id in enrol_many(office.cast, 3):
            issuing.issue(enrolment_id)
        wanted = approving.to_sign(office.cast.edition_id)
        assert [number for number, _sha in wanted] == sorted(number for number, _sha in wanted)
        assert len(wanted) == 4
        rows = db.session().scalars(sa.select(CertificateFile.sha256)).all()
        assert {sha256 for _number, sha256 in wanted} == set(rows)

"""Seals whose key isn't a file of ours: on a token (PKCS#11), at a signing service (CSC v2)."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from cryptography.x509.oid import NameOID
from flask import Flask

from lms.certificates import sealing, seals, words
from lms.certificates.inspection import inspect_pdf
from lms.certificates.render import render
from lms.certificates.signing.api import (
    SealError,
    SealKind,
    SealLocked,
    SealMissing,
    SigningFailed,
)
from lms.certificates.signing.file_key import load_pkcs12
from lms.certificates.signing.pades import TEXT_MARK, PadesSeal
from lms.certificates.signing.remote_key import RemotePlace, load_remote
from lms.certificates.signing.token_key import TokenPlace, load_token
from lms.certificates.signing.worth import worth_of
from lms.certificates.verification import PdfOutcome
from lms.config import SettingError, read_settings
from tests.certificates import signing_service
from tests.certificates.authorities import PASSWORD, Authorities
from tests.certificates.conftest import make, trusted

pytestmark = pytest.mark.one_database

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
PIN = "1234"
NOW = datetime(2026, 11, 22, 12, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def from_file(foreign: Authorities, tmp_path_factory: pytest.TempPathFactory) -> PadesSeal:
    """The same key from a file: what each of the others must sign like, to the byte."""
    path = tmp_path_factory.mktemp("p12") / "seal.p12"
    return load_pkcs12(foreign.pkcs12("seal", path), PASSWORD)


# A token ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")  # the module is loaded once a process, with its folder
def token(foreign: Authorities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenPlace]:
    """A token in software with key and certificate, the way one is handed over."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    module = next(path for path in MODULES if Path(path).exists())

    def util(*words: str) -> None:
        subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)

    util("--init-token", "--free", "--label", "Exemplu", "--pin", PIN, "--so-pin", "5678")
    key = foreign.folder / "seal.pem"
    util(
        *("--import", str(key), "--token", "Exemplu", "--label", "sigiliu", "--id", "01"),
        *("--pin", PIN),
    )
    _lay_certificate(module, foreign)
    yield TokenPlace(module, "Exemplu", "sigiliu", PIN)
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


def _lay_certificate(module: str, foreign: Authorities) -> None:
    import pkcs11
    from pkcs11.util.x509 import decode_x509_certificate

    with pkcs11.lib(module).get_token(token_label="Exemplu").open(rw=True, user_pin=PIN) as open_:
        pem = x509.load_pem_x509_certificate(foreign.pem("seal"))
        from cryptography.hazmat.primitives.serialization import Encoding

        values = decode_x509_certificate(pem.public_bytes(Encoding.DER))
        values |= {
            pkcs11.Attribute.LABEL: "sigiliu",
            pkcs11.Attribute.ID: b"\x01",
            pkcs11.Attribute.TOKEN: True,
        }
        open_.create_object(values)


@pytest.fixture(scope="session")
def chain(foreign: Authorities) -> str:
    return str(foreign.folder / "chain.pem")


def test_a_token_seals_the_same_bytes_as_the_same_key_from_a_file(
    token: TokenPlace, chain: str, from_file: PadesSeal
) -> None:
    seal = load_token(token, chain_file=chain)
    assert seal.chain_pem == from_file.chain_pem
    pdf = render(make())
    sealed = seal.sign(pdf, at=NOW)
    assert sealed == from_file.sign(pdf, at=NOW)
    assert inspect_pdf(sealed, trusted=trusted(seal)).outcome is PdfOutcome.INTACT
    _require_text(seal)
    assert seal.sign_beside(b"ceva", at=NOW)


def _require_text(seal: PadesSeal) -> None:
    key = x509.load_pem_x509_certificate(seal.certificate_pem).public_key()
    assert isinstance(key, RSAPublicKey)
    key.verify(seal.sign_text(b"un rand"), TEXT_MARK + b"un rand", PKCS1v15(), hashes.SHA256())


def test_threads_share_a_token(token: TokenPlace, chain: str) -> None:
    seal = load_token(token, chain_file=chain)
    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(lambda _: seal.sign_text(b"un rand"), range(24)))
    assert len(found) == 1


def _sign_in_child(seal: PadesSeal, answer: object) -> None:
    answer.put(seal.sign_text(b"un rand"))  # type: ignore[attr-defined]


def test_a_forked_process_opens_a_session_of_its_own(token: TokenPlace, chain: str) -> None:
    seal = load_token(token, chain_file=chain)
    here = seal.sign_text(b"un rand")
    context = multiprocessing.get_context("fork")
    answer = context.Queue()
    child = context.Process(target=_sign_in_child, args=(seal, answer))
    child.start()
    assert answer.get(timeout=30) == here
    child.join(10)
    assert seal.sign_text(b"un rand") == here


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"pin": "9999"}, SealLocked),
        ({"token": "Altul"}, SealError),
        ({"key": "altul"}, SealMissing),
        ({"module": "/nowhere.so"}, SealError),
    ],
)
def test_a_token_that_cant_be_used_says_why_and_never_the_pin(
    token: TokenPlace, changes: dict[str, str], kind: type[SealError]
) -> None:
    with pytest.raises(kind) as caught:
        load_token(replace(token, **changes))
    assert "9999" not in str(caught.value)
    assert PIN not in repr(token)


def test_a_chain_without_its_root_is_refused(token: TokenPlace) -> None:
    with pytest.raises(SealMissing, match="LMS_SEAL_CHAIN"):
        load_token(token)


# A signing service -----------------------------------------------------------------------------


class Remote:
    """The service's process, and what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.place = RemotePlace(
            f"{url}/csc/v2",
            client=signing_service.CLIENT,
            secret=signing_service.SECRET,
            pin=signing_service.PIN,
        )

    def asked(self, path: str) -> list[int]:
        with urllib.request.urlopen(f"{self.url}/asked", timeout=10) as answer:
            return [count for name, count in json.load(answer) if name == path]

    def lie(self) -> None:
        request = urllib.request.Request(f"{self.url}/csc/v2/lie", data=b"{}", method="POST")
        urllib.request.urlopen(request, timeout=10).close()


@pytest.fixture(scope="session")
def remote(foreign: Authorities) -> Iterator[Remote]:
    names = [str(foreign.folder / f"{name}.crt") for name in ("seal", "interm", "root")]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.certificates.signing_service"),
            *(str(foreign.folder / "seal.pem"), *names),
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    with process.stdout as said:
        yield Remote(said.readline().strip())
        process.terminate()
        process.wait(10)


def test_a_service_seals_the_same_bytes_as_the_same_key_from_a_file(
    remote: Remote, from_file: PadesSeal
) -> None:
    seal = load_remote(remote.place)
    pdf = render(make())
    sealed = seal.sign(pdf, at=NOW)
    assert sealed == from_file.sign(pdf, at=NOW)
    assert inspect_pdf(sealed, trusted=trusted(seal)).outcome is PdfOutcome.INTACT
    _require_text(seal)
    assert remote.asked("credentials/list")


def test_hashes_that_wait_together_go_in_few_questions(remote: Remote) -> None:
    seal = load_remote(remote.place)
    before = len(remote.asked("signatures/signHash"))
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: seal.sign_text(b"%d" % n), range(16)))
    assert len(set(found)) == 16
    counts = remote.asked("signatures/signHash")[before:]
    assert sum(counts) == 16
    assert len(counts) <= 8
    assert 1 < max(counts) <= signing_service.MULTISIGN


def test_a_signature_that_doesnt_fit_is_never_used(remote: Remote) -> None:
    seal = load_remote(remote.place)
    remote.lie()
    try:
        with pytest.raises(SigningFailed):
            seal.sign_text(b"un rand")
    finally:
        remote.lie()
    assert seal.sign_text(b"un rand")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"secret": "greșită"}, SealLocked),
        ({"credential": "altul"}, SealError),
        ({"url": "http://127.0.0.1:9/csc/v2"}, SealError),
        ({"url": "http://exemplu.example.org/csc/v2"}, SealError),
    ],
)
def test_a_service_that_cant_be_used_says_why_and_nothing_secret(
    remote: Remote, changes: dict[str, str], kind: type[SealError]
) -> None:
    place = replace(remote.place, **changes)
    with pytest.raises(kind) as caught:
        load_remote(place)
    for secret in (place.secret, place.pin):
        assert secret not in str(caught.value)
        assert secret not in repr(place)


def test_a_wrong_pin_seals_nothing(remote: Remote) -> None:
    seal = load_remote(replace(remote.place, pin="0000"))
    with pytest.raises(SealLocked):
        seal.sign_text(b"un rand")


# Chosen by settings ----------------------------------------------------------------------------


@pytest.fixture
def without_seal(app: Flask) -> Iterator[Flask]:
    """An application that hasn't loaded its seal; what it is set to is put back."""
    before, held = app.config["LMS"], dict(app.extensions)
    for name in ("lms_seal", "lms_seal_mark"):
        app.extensions.pop(name, None)
    yield app
    app.config["LMS"] = before
    for name in ("lms_seal", "lms_seal_mark"):
        app.extensions.pop(name, None)
        if name in held:
            app.extensions[name] = held[name]


def test_settings_choose_the_token(
    without_seal: Flask, token: TokenPlace, chain: str, from_file: PadesSeal
) -> None:
    without_seal.config["LMS"] = replace(
        without_seal.config["LMS"],
        seal_pkcs11=token.module,
        seal_token=token.token,
        seal_key=token.key,
        seal_passphrase=PIN,
        seal_chain=chain,
    )
    with without_seal.app_context():
        assert seals.signer().fingerprint == from_file.fingerprint
        about = seals.about(afresh=True)
        assert (about.kind, about.has_kit) == (SealKind.ADVANCED, False)
        with pytest.raises(sealing.SealRefused, match="LMS_SEAL_PKCS11"):
            sealing.renew()


def test_settings_choose_the_service(
    without_seal: Flask, remote: Remote, from_file: PadesSeal
) -> None:
    place = remote.place
    without_seal.config["LMS"] = replace(
        without_seal.config["LMS"],
        seal_csc_url=place.url,
        seal_csc_client=place.client,
        seal_csc_secret=place.secret,
        seal_passphrase=place.pin,
    )
    with without_seal.app_context():
        assert seals.signer().fingerprint == from_file.fingerprint


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"LMS_SEAL_PKCS11": "/x.so"}, "needs LMS_SEAL_TOKEN"),
        ({"LMS_SEAL_PKCS12": "/x", "LMS_SEAL_CSC_URL": "https://x"}, "Only one of"),
        ({"LMS_TSA_URL": "https://tsa.example.org"}, "LMS_TSA_ROOTS"),
        ({"LMS_TSA_LEVEL": "B-X"}, "B-T, B-LT or B-LTA"),
        ({"LMS_TSA_PARALLEL": "0"}, "at least 1"),
    ],
)
def test_settings_that_dont_go_together_stop_the_start(
    values: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingError, match=sentence):
        read_settings(values)


# What it may be called -------------------------------------------------------------------------

COMPLIANT, DEVICE, TYPE, LAW = (f"0.4.0.1862.1.{n}" for n in (1, 4, 6, 7))
SEAL, SIGNATURE = "0.4.0.1862.1.6.2", "0.4.0.1862.1.6.1"


class _Oids(core.SequenceOf):
    _child_spec = core.ObjectIdentifier


class _Statement(core.Sequence):
    _fields = [("id", core.ObjectIdentifier), ("info", core.Any, {"optional": True})]  # noqa: RUF012


class _Statements(core.SequenceOf):
    _child_spec = _Statement


def saying(*statements: str, kind: str = "", issuer: str = "Autoritate") -> x509.Certificate:
    """Make a certificate that says these things of itself."""
    said = [{"id": oid} for oid in statements]
    if kind:
        said.append({"id": TYPE, "info": core.Any(_Oids([kind]))})  # type: ignore[dict-item]
    key = generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sigiliu")])
    above = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    builder = x509.CertificateBuilder(
        above, subject, key.public_key(), 7, NOW, NOW.replace(year=2030)
    )
    if said:
        oid = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
        value = _Statements(said).dump()
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), critical=False)
    return builder.sign(key, hashes.SHA256())


@pytest.mark.parametrize(
    ("certificate", "in_device", "kind"),
    [
        pytest.param(saying(issuer="Sigiliu"), True, SealKind.SELF_MADE, id="its own issuer"),
        pytest.param(saying(), True, SealKind.ADVANCED, id="says nothing"),
        pytest.param(
            saying(COMPLIANT, DEVICE, kind=SEAL), True, SealKind.QUALIFIED, id="says all three"
        ),
        pytest.param(
            saying(COMPLIANT, DEVICE, kind=SEAL), False, SealKind.ADVANCED, id="key in a file"
        ),
        pytest.param(saying(COMPLIANT, kind=SEAL), True, SealKind.ADVANCED, id="no device"),
        pytest.param(
            saying(COMPLIANT, DEVICE, kind=SIGNATURE), True, SealKind.ADVANCED, id="a person's"
        ),
        pytest.param(saying(COMPLIANT, DEVICE), True, SealKind.ADVANCED, id="no kind is said"),
        pytest.param(
            saying(COMPLIANT, DEVICE, LAW, kind=SEAL), True, SealKind.ADVANCED, id="another law"
        ),
        pytest.param(saying(DEVICE, kind=SEAL), True, SealKind.ADVANCED, id="not compliant"),
    ],
)
def test_a_seal_is_called_no_more_than_its_certificate_says(
    certificate: x509.Certificate, in_device: bool, kind: SealKind
) -> None:
    assert worth_of(certificate, in_device=in_device) is kind


def test_the_sentence_on_a_qualified_seal_says_what_was_not_looked_up(app: Flask) -> None:
    with app.test_request_context():
        said = words.seal_sentence(SealKind.QUALIFIED)
    assert "listei de încredere" in said or "lista de încredere" in said

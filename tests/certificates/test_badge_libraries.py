"""Two libraries of others verify our badges, keys and lists fetched over HTTPS from a running site.

openbadgeslib reads the form of Open Badges 3.0 (the JWT is the credential). openvc-core 1.37 reads
of JWTs only the older form with a `vc` claim, which the newer standard forbids; it verifies the
same credential in the frame of an SD-JWT, which is handed out at the same address.
"""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from openbadgeslib.ob3.credential import IdentityObject
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier
from openbadgeslib.util import download_file
from openvc.did.base import DidResolverRegistry
from openvc.did.did_web import DidWebResolver
from openvc.proof.errors import ClaimsInvalid
from openvc.resolvers import default_status_list_resolver
from openvc.status import CredentialRevoked
from openvc.verify import VerificationPolicy, VerificationResult, verify_credential
from werkzeug.serving import make_server

from lms import clock, db
from lms.accounts.models import Person
from lms.certificates import public, register, sealing
from lms.certificates.badge_outcome import CredentialOutcome
from lms.certificates.badges.models import settings_of
from lms.certificates.models import Certificate
from lms.certificates.verification import Outcome
from lms.courses.models import Enrolment
from tests.cast import Cast
from tests.certificates.certify import file_of, issued, stored

VC_JWT, SD_JWT = "application/vc+jwt", "application/vc+sd-jwt"
TYPES = ["VerifiableCredential", "AchievementCredential"]


@dataclass(frozen=True)
class Site:
    """The site on HTTPS, as strangers reach it; whoever trusts the test's root trusts it."""

    cast: Cast
    origin: str
    root: Path

    @property
    def did(self) -> str:
        return "did:web:" + self.origin.removeprefix("https://").replace(":", "%3A")

    def get(self, url: str, accept: str = "*/*") -> str:
        context = ssl.create_default_context(cafile=str(self.root))
        with httpx.Client(verify=context) as client:
            answer = client.get(url, headers={"Accept": accept})
        assert answer.status_code == 200, answer.text
        return answer.text

    def badge(self, certificate_id: int, accept: str = VC_JWT) -> str:
        with stored(self.cast, certificate_id) as certificate:
            address = certificate.verify_url
        assert address.startswith(self.origin)
        return self.get(address, accept)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certified(
    subject: str, issuer: str, public: Any, key: Any, *extensions: tuple[x509.ExtensionType, bool]
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(key, hashes.SHA256())


def _lay_down_certificates(folder: Path) -> tuple[Path, Path]:
    """Make a root and a server's certificate for localhost; return the two files."""
    root_key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    root = _certified(
        "Rădăcina probei",
        "Rădăcina probei",
        root_key.public_key(),
        root_key,
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (usage, True),
    )
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    own = _certified(
        "localhost",
        "Rădăcina probei",
        own_key.public_key(),
        root_key,
        (x509.SubjectAlternativeName(names), False),
    )
    at_root, at_pair = folder / "root.pem", folder / "pair.pem"
    at_root.write_bytes(root.public_bytes(Encoding.PEM))
    secret = own_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    at_pair.write_bytes(own.public_bytes(Encoding.PEM) + secret)
    return at_root, at_pair


@pytest.fixture
def site(cast: Cast, tmp_path: Path) -> Iterator[Site]:
    root, pair = _lay_down_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    server = make_server("127.0.0.1", 0, cast.app, threaded=True, ssl_context=context)
    origin = f"https://localhost:{server.server_port}"
    before = cast.app.config["LMS"]
    cast.app.config["LMS"] = replace(before, base_url=origin)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(cast, origin, root)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        cast.app.config["LMS"] = before


# The two libraries -----------------------------------------------------------------------------


def by_openbadgeslib(site: Site, token: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Verify with its own downloads: it trusts the test's root as it would a public one."""
    monkeypatch.setenv("SSL_CERT_FILE", str(site.root))

    def fetch(url: str) -> bytes:
        return bytes(download_file(url, allow_private=True))  # the site is on this machine

    verifier = OB3Verifier.for_issuer_did(site.did, download=fetch)
    return verifier.verify(token, check_status=True, download=fetch)


def by_openvc(site: Site, token: str) -> VerificationResult:
    """Verify with the whole of its pipeline; it refuses this machine's addresses, so we fetch."""
    resolver = DidResolverRegistry([DidWebResolver(lambda url: json.loads(site.get(url)))])
    lists = default_status_list_resolver(
        resolver=resolver, fetch=lambda url: site.get(url, SD_JWT), expected_issuer=site.did
    )
    return verify_credential(
        token,
        resolver=resolver,
        resolve_status_list=lists,
        policy=VerificationPolicy(expected_types=TYPES, require_status_issuer_binding=True),
    )


def test_both_verify_a_badge_and_read_the_same(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate_id = issued(site.cast)
    first = by_openbadgeslib(site, site.badge(certificate_id), monkeypatch)
    second = by_openvc(site, site.badge(certificate_id, SD_JWT))
    with stored(site.cast, certificate_id) as certificate:
        facts, address = dict(certificate.facts), certificate.verify_url
    assert first.id == second.credential["id"] == address
    assert first.issuer.id == second.issuer == site.did
    assert first.recipient_id == second.subject
    assert first.raw["credentialSubject"] == second.credential["credentialSubject"]
    assert first.achievement.name == facts["course"]
    assert first.identifiers[0].identity_hash == facts["holder"]
    assert second.status is not None


def let_hash_addresses(cast: Cast, address: str | None) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).email = address
        settings = settings_of(cast.programme_id)
        settings.hashes_email = True
        session.add(settings)


def test_both_read_the_hashed_address_that_a_programme_may_ask_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A badge site that knows its user's address finds it; it stands nowhere in clear."""
    address = "Maria.Invatacel@exemplu.example"
    let_hash_addresses(site.cast, address)
    certificate_id = issued(site.cast)
    token = site.badge(certificate_id)
    first = by_openbadgeslib(site, token, monkeypatch)
    second = by_openvc(site, site.badge(certificate_id, SD_JWT))
    (hashed,) = [one for one in first.identifiers if one.identity_type == "emailAddress"]
    assert hashed == IdentityObject.create(address, hashed.salt)
    assert hashed != IdentityObject.create("altcineva@exemplu.example", hashed.salt)
    assert hashed.to_dict() in second.credential["credentialSubject"]["identifier"]
    assert address.lower() not in json.dumps(second.credential).lower()
    with stored(site.cast, certificate_id) as certificate:
        assert address.lower() not in json.dumps(certificate.facts).lower()
    data = file_of(site.cast, certificate_id)
    with site.cast.app.app_context():
        verdict, _ = public.check_file(public.inspect(data), hashlib.sha256(data).hexdigest())
    assert (verdict.outcome, verdict.badge) == (Outcome.VALID, CredentialOutcome.VALID)


@pytest.mark.parametrize("address", [None, " "])
def test_who_has_no_address_has_a_badge_without_one(
    site: Site, monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    let_hash_addresses(site.cast, address)
    first = by_openbadgeslib(site, site.badge(issued(site.cast)), monkeypatch)
    assert [one.identity_type for one in first.identifiers] == ["name", "systemId"]


def test_without_the_setting_no_address_is_in_a_badge(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.cast.app.app_context(), db.writing() as session:
        session.get_one(Person, site.cast.persons["learner"]).email = "maria@exemplu.example"
    first = by_openbadgeslib(site, site.badge(issued(site.cast)), monkeypatch)
    assert [one.identity_type for one in first.identifiers] == ["name", "systemId"]


def test_openvc_reads_no_jwt_of_the_newer_form(site: Site) -> None:
    """Should this fail one day, it can verify the very JWT that travels in the PDF."""
    with pytest.raises(ClaimsInvalid, match="no embedded `vc` object"):
        by_openvc(site, site.badge(issued(site.cast)))


def test_both_see_a_revocation(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate_id = issued(site.cast)
    token, framed = site.badge(certificate_id), site.badge(certificate_id, SD_JWT)
    by_openbadgeslib(site, token, monkeypatch)
    by_openvc(site, framed)
    with site.cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        register.revoke(row, by=None, reason="De probă", now=clock.now())
    with pytest.raises(OB3VerificationError, match="'revocation' is set"):
        by_openbadgeslib(site, token, monkeypatch)
    with pytest.raises(CredentialRevoked):
        by_openvc(site, framed)


def test_both_see_that_a_certificate_was_replaced(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate_id = issued(site.cast)
    token, framed = site.badge(certificate_id), site.badge(certificate_id, SD_JWT)
    with site.cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        place = session.get_one(Enrolment, row.enrolment_id)
        register.supersede(row, place, by=None, reason="X", now=clock.now())
    with pytest.raises(OB3VerificationError, match="'revocation' is set"):
        by_openbadgeslib(site, token, monkeypatch)
    with pytest.raises(CredentialRevoked):
        by_openvc(site, framed)


def test_both_still_verify_what_a_retired_key_signed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate_id = issued(site.cast)
    token, framed = site.badge(certificate_id), site.badge(certificate_id, SD_JWT)
    with site.cast.app.app_context():
        sealing.renew()
    assert site.badge(certificate_id) != token
    by_openvc(site, framed)
    by_openvc(site, site.badge(certificate_id, SD_JWT))
    by_openbadgeslib(site, token, monkeypatch)
    by_openbadgeslib(site, site.badge(certificate_id), monkeypatch)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_both_refuse_what_was_changed(
    site: Site, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    certificate_id = issued(site.cast)
    for accept, verify in (
        (VC_JWT, lambda token: by_openbadgeslib(site, token, monkeypatch)),
        (SD_JWT, lambda token: by_openvc(site, token)),
    ):
        parts = site.badge(certificate_id, accept).split(".")
        at = len(parts[part]) // 2
        other = "A" if parts[part][at] != "A" else "B"
        parts[part] = parts[part][:at] + other + parts[part][at + 1 :]
        with pytest.raises(Exception):  # noqa: B017 -- each has its own kinds of refusals
            verify(".".join(parts))


def test_a_stranger_who_trusts_another_root_gets_no_keys(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    token = site.badge(issued(site.cast))
    folder = tmp_path / "other"
    folder.mkdir()
    other, _pair = _lay_down_certificates(folder)
    with pytest.raises(OB3VerificationError, match="could not fetch"):
        by_openbadgeslib(replace(site, root=other), token, monkeypatch)

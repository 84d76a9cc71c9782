"""The badge that travels in a file: a wrong one leaves no file plainly valid, here and offline.

Each wrong file is sealed by our own seal, as a careless issuer or a thief would, and the register
is made to say that it keeps that very file: nothing but the badge speaks against it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from lms import clock, db
from lms.certificates import public, register, sealing, seals
from lms.certificates.badges import jws, key_files, keyring, making, signing
from lms.certificates.badges.key_files import BadgeKey
from lms.certificates.drawing.items import Attachment, Relationship
from lms.certificates.models import Certificate, CertificateFile
from lms.certificates.render import sealed
from lms.certificates.signing.file_key import load_pkcs12
from lms.certificates.validity import check_all, overview
from lms.certificates.verification import Outcome, PdfOutcome, PdfVerdict
from lms.certificates.verifying.offline_cli import offline
from tests.cast import Cast
from tests.certificates.authorities import PASSWORD, Authorities
from tests.certificates.certify import file_of, issued, stored
from tests.certificates.test_verify_pages import upload


@dataclass
class Bench:
    """One issued certificate, another person's, and a way to enclose something else."""

    cast: Cast
    one: int
    other: int
    folder: Path

    def badge(self, certificate_id: int) -> str:
        with stored(self.cast, certificate_id) as row:
            found = making.jwt_of(row)
        assert found is not None
        return found

    def key(self) -> BadgeKey:
        with self.cast.app.app_context():
            return keyring.current()

    def said_otherwise(self, change: Callable[[dict[str, Any]], None]) -> str:
        """Sign with the true key what says something else."""
        token = jws.read(self.badge(self.one))
        said = json.loads(json.dumps(token.payload))
        change(said)
        return jws.signed(jws.head(token.header), said, self.key().key)

    def enclosing(self, *badges: tuple[str, str]) -> bytes:
        """Seal the certificate with other files in it, and let the register keep it."""
        more = [
            Attachment(name, making.MEDIA_TYPE, text.encode(), Relationship.DATA, "insignă")
            for name, text in badges
        ]
        with self.cast.app.app_context():
            row = db.session().get_one(Certificate, self.one)
            document, at = register.document_of(row), row.reserved_at
            data = sealed(document, seals.signer(), at=at, more=more)
            sha256, first = hashlib.sha256(data).hexdigest(), row.files[0]
            fingerprint = first.seal_fingerprint
            db.end_reading()
            with db.writing() as session:
                session.add(
                    CertificateFile(
                        certificate_id=self.one,
                        level="B-T",
                        sha256=sha256,
                        size=len(data),
                        engine="test",
                        seal_fingerprint=fingerprint,
                        created_at=clock.now(),
                    )
                )
        return data

    def offline(self, data: bytes, *more: str) -> tuple[int, dict[str, Any]]:
        with self.cast.app.app_context():
            root = seals.signer().chain_pem[-1]
        (self.folder / "root.pem").write_bytes(root)
        (self.folder / "c.pdf").write_bytes(data)
        given = [str(self.folder / "c.pdf"), "--root", str(self.folder / "root.pem"), *more]
        done = CliRunner().invoke(offline, [*given, "--json"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(done.output)

    def online(self, data: bytes) -> dict[str, Any]:
        with self.cast.app.app_context():
            verdict, found = public.check_file(
                public.inspect(data), hashlib.sha256(data).hexdigest()
            )
            return {
                "outcome": verdict.outcome,
                "badge": verdict.badge.value if verdict.badge else None,
                "is_good": verdict.is_good,
                "shows": public.shows_holder(verdict, found),
            }


@pytest.fixture
def bench(cast: Cast, tmp_path: Path) -> Bench:
    cast.app.extensions.pop("lms_verify_windows", None)
    return Bench(cast, issued(cast), issued(cast, "classmate"), tmp_path)


@pytest.fixture
def stranger(cast: Cast) -> FlaskClient:
    return cast.client("anonymous")


def test_a_genuine_files_badge_is_checked_and_said_to_be_good(
    bench: Bench, stranger: FlaskClient
) -> None:
    data = file_of(bench.cast, bench.one)
    assert bench.online(data) == {
        "outcome": Outcome.VALID,
        "badge": "valid",
        "is_good": True,
        "shows": True,
    }
    page = upload(stranger, data).text
    assert "Insigna din fișier" in page
    assert "spune același lucru ca certificatul" in page
    code, said = bench.offline(data)
    assert (code, said["status"], said["credential"]["status"]) == (0, "genuine", "valid")
    with bench.cast.app.app_context():
        check_all()
        assert overview().faults == []


def test_a_file_without_a_badge_is_valid_and_nothing_is_said_of_one(
    bench: Bench, stranger: FlaskClient
) -> None:
    data = bench.enclosing()
    assert bench.online(data)["outcome"] is Outcome.VALID
    assert "Insigna din fișier" not in upload(stranger, data).text
    code, said = bench.offline(data)
    assert (code, said["credential"]) == (0, None)


def _course(said: dict[str, Any]) -> None:
    said["credentialSubject"]["achievement"]["name"] = "Alt curs"


def _hours(said: dict[str, Any]) -> None:
    said["credentialSubject"]["result"][0]["value"] = "480"


def _issuer(said: dict[str, Any]) -> None:
    said["issuer"]["name"] = "Universitatea Inventată"


def _place(said: dict[str, Any]) -> None:
    """Another place in the lists: it would outlive a revocation."""
    status = said["credentialStatus"]
    status["statusListIndex"] = str((int(status["statusListIndex"]) + 1) % 131072)


def _for_ever(said: dict[str, Any]) -> None:
    said["validUntil"] = "2999-01-01T00:00:00Z"
    said["exp"] = 32472144000


def _period(said: dict[str, Any]) -> None:
    said["credentialSubject"]["activityStartDate"] = "1999-01-01T00:00:00Z"


def _no_result(said: dict[str, Any]) -> None:
    said["credentialSubject"]["result"] = []


@pytest.mark.parametrize(
    "change", [_course, _hours, _issuer, _place, _for_ever, _period], ids=lambda c: c.__name__
)
def test_a_badge_that_says_otherwise_is_told_though_our_key_signed_it(
    bench: Bench, stranger: FlaskClient, change: Callable[[dict[str, Any]], None]
) -> None:
    data = bench.enclosing(("credential.jwt", bench.said_otherwise(change)))
    seen = bench.online(data)
    assert seen["outcome"] is Outcome.BADGE_WRONG
    assert (seen["badge"], seen["is_good"], seen["shows"]) == ("other_certificate", False, True)
    page = upload(stranger, data).text
    assert "Insigna din fișier nu este bună" in page
    assert "Certificat valabil" not in page
    code, said = bench.offline(data)
    assert (code, said["status"], said["is_genuine"]) == (1, "badge_wrong", False)
    assert said["credential"]["detail"]


def wrong_badges(bench: Bench) -> dict[str, list[tuple[str, str]]]:
    good, other = bench.badge(bench.one), bench.badge(bench.other)
    forged = key_files.create(
        bench.folder / "forger", organisation="Asociația Exemplu", now=clock.now(), root=None
    )
    said = {
        k: v
        for k, v in jws.read(good).payload.items()
        if k not in {"iss", "jti", "sub", "nbf", "exp"}
    }
    own = bench.key()
    return {
        "another person's": [("credential.jwt", other)],
        "a forger's key": [("credential.jwt", signing.sign(said, forged))],
        "a forger's key under our chain": [
            ("credential.jwt", signing.sign(said, BadgeKey(forged.key, own.chain)))
        ],
        "a changed signature": [("credential.jwt", good[:-6] + "AAAAAA")],
        "rubbish": [("credential.jwt", "no badge at all")],
        "empty": [("credential.jwt", "")],
        "far too large": [("credential.jwt", "A" * 70_000)],
        "two of them": [("credential.jwt", good), ("insigna.JWT", other)],
        "by another name": [("insigna.jwt", other)],
        "without its hours": [("credential.jwt", bench.said_otherwise(_no_result))],
    }


def test_no_wrong_badge_leaves_a_file_plainly_valid_online_and_offline(bench: Bench) -> None:
    outcomes = {}
    for name, badges in wrong_badges(bench).items():
        data = bench.enclosing(*badges)
        seen = bench.online(data)
        assert (seen["outcome"], seen["is_good"]) == (Outcome.BADGE_WRONG, False), name
        code, said = bench.offline(data)
        assert (code, said["status"]) == (1, "badge_wrong"), name
        outcomes[name] = (seen["badge"], said["credential"]["status"])
        with bench.cast.app.app_context(), db.writing() as session:
            session.delete(session.scalars(db_last()).one())
    assert outcomes["another person's"] == ("other_certificate", "other_certificate")
    assert outcomes["a forger's key"] == ("unknown_key", "unknown_key")
    assert outcomes["a changed signature"] == ("bad_signature", "bad_signature")
    assert outcomes["two of them"] == ("unreadable", "unreadable")


def db_last() -> Any:
    import sqlalchemy as sa

    return sa.select(CertificateFile).where(CertificateFile.engine == "test")


def test_the_weekly_look_at_all_files_tells_of_it(bench: Bench) -> None:
    from lms.files import store

    data = bench.enclosing(("credential.jwt", bench.badge(bench.other)))
    with bench.cast.app.app_context():
        store.put(register.store_folder(), data)
        check_all()
        wrong = {fault.wrong.value: fault.detail for fault in overview().faults}
    assert wrong["badge"] == "other_certificate"


def test_a_revoked_certificate_stays_revoked_whatever_its_badge_is(bench: Bench) -> None:
    data = bench.enclosing(("credential.jwt", bench.badge(bench.other)))
    with bench.cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, bench.one)
        register.revoke(row, by=None, reason="De probă", now=clock.now())
    assert bench.online(data)["outcome"] is Outcome.REVOKED


def test_a_key_that_was_withdrawn_after_a_theft_is_told_and_the_register_decides(
    bench: Bench, stranger: FlaskClient
) -> None:
    data = file_of(bench.cast, bench.one)
    with bench.cast.app.app_context():
        kept = {key.kid: key for key in keyring.published()}
        sealing.report_stolen(since=clock.now(), reason="De probă")
    seen = bench.online(data)
    assert (seen["outcome"], seen["badge"]) == (Outcome.VALID, "withdrawn_key")
    assert "nu vă bazați numai pe insignă" in upload(stranger, data).text
    assert kept, "it was ours"
    otherwise = bench.enclosing(("credential.jwt", bench.badge(bench.other)))
    assert bench.online(otherwise)["outcome"] is Outcome.BADGE_WRONG


# Offline, by other means -----------------------------------------------------------------------


def test_with_the_published_keys_only_these_sign_badges(
    bench: Bench, stranger: FlaskClient
) -> None:
    data = file_of(bench.cast, bench.one)
    keys = bench.folder / "jwks.json"
    keys.write_bytes(stranger.get("/.well-known/jwks.json").data)
    assert bench.offline(data, "--badge-keys", str(keys))[0] == 0
    foreign = key_files.create(
        bench.folder / "another", organisation="X", now=clock.now(), root=None
    )
    keys.write_text(json.dumps({"keys": [jws.public_jwk(foreign.public)]}))
    code, said = bench.offline(data, "--badge-keys", str(keys))
    assert (code, said["credential"]["status"]) == (1, "unknown_key")


def test_where_the_seal_was_bought_what_a_badge_says_is_compared_all_the_same(
    bench: Bench, foreign: Authorities
) -> None:
    """Nothing at hand tells whose its key is; that is said, and a badge of another is refused."""
    bought = load_pkcs12(foreign.pkcs12("seal", bench.folder / "seal.p12"), PASSWORD)
    (bench.folder / "seals.pem").write_bytes(bought.certificate_pem + b"".join(bought.chain_pem))
    with stored(bench.cast, bench.one) as row:
        document, at = register.document_of(row), row.reserved_at
    for badge, wanted in (
        (bench.badge(bench.one), (0, "genuine", "key_unchecked")),
        (bench.badge(bench.other), (1, "badge_wrong", "other_certificate")),
    ):
        more = [Attachment("credential.jwt", "x/y", badge.encode(), Relationship.DATA, "insignă")]
        path = bench.folder / "bought.pdf"
        path.write_bytes(sealed(document, bought, at=at, more=more))
        given = [str(path), "--root", str(bench.folder / "seals.pem")]
        done = CliRunner().invoke(offline, [*given, "--json"])
        said = json.loads(done.output)
        assert (done.exit_code, said["status"], said["credential"]["status"]) == wanted
        told = CliRunner().invoke(offline, given).output
        assert ("--badge-keys can tell" in told) is (wanted[0] == 0), told


def test_a_file_that_is_not_intact_has_no_badge_to_speak_of(bench: Bench) -> None:
    data = bytearray(file_of(bench.cast, bench.one))
    data[len(data) // 2] ^= 1
    with bench.cast.app.app_context():
        seen = public.inspect(bytes(data))
    assert (seen.outcome, seen.badge) == (PdfOutcome.CHANGED, None)
    code, said = bench.offline(bytes(data))
    assert (code, said["status"]) == (1, "changed")
    assert PdfVerdict.from_json(seen.to_json()) == seen

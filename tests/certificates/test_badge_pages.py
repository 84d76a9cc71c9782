"""What strangers and programs are handed: the badge at its address, keys, status lists."""

from __future__ import annotations

import json

import pytest

from lms import clock, db
from lms.certificates import register
from lms.certificates.badges import jws, keyring
from lms.certificates.badges.checking import check_credential, read_status_list
from lms.certificates.models import Certificate
from lms.certificates.signing.api import SealMissing
from lms.courses.models import Enrolment
from tests.cast import Cast
from tests.certificates.certify import issued, stored

VC_JWT = "application/vc+jwt"


def address(cast: Cast, certificate_id: int) -> str:
    with stored(cast, certificate_id) as certificate:
        return f"/v/{certificate.code}"


def keys_of(cast: Cast) -> dict[str, bytes]:
    document = cast.app.test_client().get("/.well-known/did.json").json
    assert document is not None
    found = {}
    for method in document["verificationMethod"]:
        public = jws.public_of(method["publicKeyJwk"])
        assert public is not None
        found[method["id"].partition("#")[2]] = public
    return found


def test_a_program_gets_the_badge_at_the_printed_address(cast: Cast) -> None:
    path = address(cast, issued(cast))
    client = cast.app.test_client()
    answer = client.get(path, headers={"Accept": VC_JWT})
    assert answer.mimetype == VC_JWT
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    found = check_credential(answer.text, keys_of(cast), now=clock.now())
    assert found.is_good
    assert found.said is not None
    assert found.said["id"].endswith(path)
    as_json = client.get(path, headers={"Accept": "application/json"}).json
    assert as_json is not None
    assert as_json["credential"] == answer.text
    for usual in ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "*/*"):
        assert client.get(path, headers={"Accept": usual}).mimetype == "text/html"


def test_who_asks_for_an_sd_jwt_gets_the_same_said_in_its_frame(cast: Cast) -> None:
    path = address(cast, issued(cast))
    answer = cast.app.test_client().get(path, headers={"Accept": "application/vc+sd-jwt"})
    assert answer.mimetype == "application/vc+sd-jwt"
    assert answer.text.endswith("~")
    token = jws.read(answer.text[:-1])
    assert token.header["typ"] == "vc+sd-jwt"
    assert token.payload["id"].endswith(path)


def test_unknown_and_malformed_codes_have_no_badge_and_are_answered_alike(cast: Cast) -> None:
    client = cast.app.test_client()
    unknown = client.get("/v/" + "0" * 27, headers={"Accept": VC_JWT})
    malformed = client.get("/v/x", headers={"Accept": VC_JWT})
    assert (unknown.status_code, malformed.status_code) == (404, 404)
    assert unknown.data == malformed.data


def test_a_replaced_certificates_badge_is_not_handed_out_with_its_former_name(cast: Cast) -> None:
    certificate_id = issued(cast)
    path = address(cast, certificate_id)
    with cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        place = session.get_one(Enrolment, row.enrolment_id)
        register.supersede(row, place, by=None, reason="X", now=clock.now())
    client = cast.app.test_client()
    answer = client.get(path, headers={"Accept": VC_JWT})
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["status"] == "superseded"
    as_json = client.get(path, headers={"Accept": "application/json"}).json
    assert as_json is not None
    assert "credential" not in as_json


def test_the_keys_are_public_and_cached_and_hold_no_secret(cast: Cast) -> None:
    issued(cast)
    client = cast.app.test_client()
    for path, mimetype in (
        ("/.well-known/did.json", "application/json"),
        ("/.well-known/jwks.json", "application/jwk-set+json"),
    ):
        answer = client.get(path)
        assert answer.mimetype == mimetype
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert '"d"' not in answer.text
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert json.loads(client.get("/.well-known/jwks.json").text)["keys"][0]["x5c"]


def test_a_status_list_is_signed_cached_and_changes_with_a_revocation(cast: Cast) -> None:
    certificate_id = issued(cast)
    client = cast.app.test_client()
    first = client.get("/badges/status/0")
    assert first.mimetype == VC_JWT
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/badges/status/0").data == first.data
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/badges/status/0", headers=tag).status_code == 304
    read = read_status_list(first.text, keys_of(cast))
    assert read is not None
    assert not any(read[1])
    with cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        register.revoke(row, by=None, reason="De probă", now=clock.now())
    changed = client.get("/badges/status/0", headers=tag)
    assert changed.status_code == 200
    read = read_status_list(changed.text, keys_of(cast))
    assert read is not None
    assert any(read[1])


def test_before_the_seal_is_made_there_is_nothing_to_sign_with(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise SealMissing("badge.key")

    monkeypatch.setattr(keyring, "current", missing)
    client = cast.app.test_client()
    assert client.get("/badges/status/0").status_code == 404
    assert client.get("/.well-known/did.json").status_code == 200


def test_there_is_no_list_beyond_the_last(cast: Cast) -> None:
    client = cast.app.test_client()
    issued(cast)
    for number in (1, 999, 1000, 2**62):
        assert client.get(f"/badges/status/{number}").status_code == 404

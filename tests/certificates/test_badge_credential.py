"""The badge as data: what it says, how it is signed, and which forgeries are told apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openbadgeslib.ob3.contexts import load_context

from lms.certificates.badge_facts import BadgeFacts
from lms.certificates.badge_outcome import CredentialOutcome
from lms.certificates.badges import jws, key_files, signing
from lms.certificates.badges.checking import (
    CredentialVerdict,
    RegisterRow,
    check_credential,
    keys_of_chain,
    read_status_list,
)
from lms.certificates.badges.credential import Site, claims, credential
from lms.certificates.badges.key_files import BadgeKey, Issuer
from lms.certificates.badges.status_list import (
    ENTRIES,
    NotStatusList,
    bits_of,
    decode,
    encode,
    is_set,
)
from lms.certificates.signing.api import SealExists, SealLocked, SealMissing, SealUnsafe
from tests.certificates.conftest import SEALED_AT, make

BADGE = BadgeFacts(index=4711, salt="0f" * 16, identity="sha256$" + "ab" * 32)
NOW = SEALED_AT + timedelta(hours=1)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    from lms.certificates.signing.file_key import create_seal

    folder = tmp_path_factory.mktemp("badges") / "seal"
    create_seal(folder, organisation="Asociația Exemplu", is_model=False, now=SEALED_AT)
    found = key_files.load_root(folder)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def key(root: Issuer, tmp_path_factory: pytest.TempPathFactory) -> BadgeKey:
    folder = tmp_path_factory.mktemp("keys") / "badge"
    return key_files.create(folder, organisation="Asociația Exemplu", now=SEALED_AT, root=root)


def said(badge: BadgeFacts = BADGE, **changes: Any) -> dict[str, Any]:
    facts = make(badge=badge, **changes).to_facts()
    return credential(facts, badge, valid_from=SEALED_AT)


def checked(jwt: str, key: BadgeKey, **more: Any) -> CredentialVerdict:
    return check_credential(jwt, {key.kid: key.public}, **{"now": NOW, **more})


def signed_as(key: BadgeKey, payload: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    """Sign anything with the true key, as a careless issuer might."""
    plain = jws.read(signing.sign(said(), key))
    return jws.signed(jws.head({**plain.header, **(header or {})}), payload, key.key)


def test_a_badge_says_what_the_certificate_says() -> None:
    found = said()
    subject = found["credentialSubject"]
    document = make()
    assert found["id"] == found["evidence"][0]["id"] == document.verify_url
    assert found["issuer"]["id"] == "did:web:cursuri.example.org"
    assert found["issuer"]["name"] == ", ".join(document.issuers)
    assert found["validFrom"] == "2026-11-22T12:05:01Z"
    assert subject["identifier"][0]["identityHash"] == document.holder
    assert subject["licenseNumber"] == document.number
    assert subject["achievement"]["name"] == document.course
    assert "21 de ore" in subject["achievement"]["criteria"]["narrative"]
    assert subject["result"][0]["value"] == "21"
    assert found["credentialStatus"]["statusListIndex"] == "4711"
    assert "validUntil" not in found


def test_a_badge_tells_no_address_no_national_number_and_no_mark() -> None:
    text = json.dumps(said(), ensure_ascii=False)
    assert "@example" not in text
    assert "emailAddress" not in text
    assert "nationalIdentityNumber" not in text
    assert "Percent" not in text


def test_modules_are_told_only_where_the_programme_allows_it() -> None:
    document = make()
    for module in document.modules:
        assert module.title not in json.dumps(said(), ensure_ascii=False)
    told = said(replace(BADGE, tells_modules=True))["credentialSubject"]
    described = {about["id"]: about["name"] for about in told["achievement"]["resultDescription"]}
    completed = [r["resultDescription"] for r in told["result"] if r.get("status") == "Completed"]
    assert len(completed) == len(document.modules)
    assert described[completed[0]] == f"{document.modules[0].title} (2,5 ore)"


def test_an_english_certificate_has_an_english_badge() -> None:
    achievement = said(locale="en")["credentialSubject"]["achievement"]
    assert achievement["inLanguage"] == "en"
    assert "Duration: 21 hours" in achievement["criteria"]["narrative"]


def test_a_model_says_so_in_its_name() -> None:
    found = said(is_model=True)
    assert found["name"].startswith("MODEL")
    assert found["description"] == "exemplu, fără valoare"


def test_the_port_of_a_site_is_part_of_its_name() -> None:
    assert Site.of("http://127.0.0.1:8000/v/X").did == "did:web:127.0.0.1%3A8000"


def test_the_same_row_and_key_give_the_same_bytes(key: BadgeKey) -> None:
    assert signing.sign(said(), key) == signing.sign(said(), key)


def test_the_header_carries_the_key_and_its_chain_and_nothing_else(
    key: BadgeKey, root: Issuer
) -> None:
    header = jws.read(signing.sign(said(), key)).header
    assert set(header) == {"alg", "kid", "jwk", "typ"}  # Open Badges 3.0 allows no other
    assert header["kid"] == f"did:web:cursuri.example.org#{key.kid}"
    assert jws.public_of(header["jwk"]) == key.public
    assert "d" not in header["jwk"]
    assert len(header["jwk"]["x5c"]) == 2


def test_a_badge_is_good_under_its_key_and_fits_its_row(key: BadgeKey) -> None:
    document = make()
    row = RegisterRow(document.number, document.holder, document.code)
    found = checked(signing.sign(said(), key), key, row=row)
    assert found.is_good
    assert (found.number, found.name, found.code) == (row.number, row.name, row.code)


@pytest.mark.parametrize("field", ["number", "name", "code"])
def test_a_badge_of_another_row_is_told_apart(key: BadgeKey, field: str) -> None:
    document = make()
    row = replace(RegisterRow(document.number, document.holder, document.code), **{field: "X"})
    found = checked(signing.sign(said(), key), key, row=row)
    assert found.outcome is CredentialOutcome.OTHER_CERTIFICATE


def test_no_single_changed_character_passes(key: BadgeKey) -> None:
    jwt = signing.sign(said(), key)
    for place in range(0, len(jwt), 7):
        other = "A" if jwt[place] != "A" else "B"
        assert not checked(jwt[:place] + other + jwt[place + 1 :], key).is_good, place


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", CredentialOutcome.UNREADABLE),
        ("a.b", CredentialOutcome.UNREADABLE),
        ("e30.e30.", CredentialOutcome.UNREADABLE),
        ("e30.e30.AA", CredentialOutcome.UNREADABLE),
        ("x" * 70_000, CredentialOutcome.UNREADABLE),
        ("{}", CredentialOutcome.UNREADABLE),
        ("bnVsbA.e30.AA", CredentialOutcome.UNREADABLE),
    ],
)
def test_odd_texts_are_unreadable(key: BadgeKey, text: str, outcome: CredentialOutcome) -> None:
    assert checked(text, key).outcome is outcome


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"alg": "none"}, id="no signature at all"),
        pytest.param({"alg": "HS256"}, id="the public key as a secret"),
        pytest.param({"crit": ["b64"], "b64": False}, id="an extension nobody here knows"),
        pytest.param({"typ": "vc+sd-jwt"}, id="another type"),
        pytest.param({"jku": "https://forger.example"}, id="keys from elsewhere"),
        pytest.param({"kid": 7}, id="a name that is no text"),
        pytest.param({"jwk": {"kty": "oct", "k": "AA"}}, id="a key of another kind"),
    ],
)
def test_other_headers_are_refused_though_well_signed(
    key: BadgeKey, header: dict[str, Any]
) -> None:
    found = checked(signed_as(key, claims(said()), header), key)
    assert found.outcome is CredentialOutcome.UNREADABLE


def test_a_forgers_key_is_unknown_whatever_it_calls_itself(key: BadgeKey, tmp_path: Path) -> None:
    forger = key_files.create(
        tmp_path / "badge", organisation="Asociația Exemplu", now=SEALED_AT, root=None
    )
    assert checked(signing.sign(said(), forger), key).outcome is CredentialOutcome.UNKNOWN_KEY
    posing = signing.sign(said(), BadgeKey(forger.key, key.chain))
    _header, payload, signature = posing.split(".")
    genuine = signing.sign(said(), key).split(".")[0]
    assert (
        checked(f"{genuine}.{payload}.{signature}", key).outcome is CredentialOutcome.BAD_SIGNATURE
    )


@pytest.mark.parametrize(
    "member",
    ["@context", "id", "type", "issuer", "validFrom", "credentialSubject", "iss", "sub", "nbf"],
)
def test_what_open_badges_requires_is_required(key: BadgeKey, member: str) -> None:
    payload = claims(said())
    del payload[member]
    assert checked(signed_as(key, payload), key).outcome is CredentialOutcome.MALFORMED


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"nbf": 1}, id="a day that isn't the credential's"),
        pytest.param({"exp": 9_999_999_999}, id="an end that the credential doesn't have"),
        pytest.param({"iss": "did:web:forger.example"}, id="two issuers"),
        pytest.param({"jti": "https://forger.example/v/1"}, id="two names"),
        pytest.param({"vc": {"id": "x"}}, id="a second credential within"),
        pytest.param({"@context": ["https://www.w3.org/2018/credentials/v1"]}, id="old context"),
        pytest.param({"type": "VerifiableCredential"}, id="no badge"),
    ],
)
def test_claims_that_contradict_the_credential_are_refused(
    key: BadgeKey, change: dict[str, Any]
) -> None:
    payload = claims(said()) | change
    assert checked(signed_as(key, payload), key).outcome is CredentialOutcome.MALFORMED


def test_a_site_can_speak_only_for_itself(key: BadgeKey) -> None:
    other = said()
    other["issuer"]["id"] = "did:web:alta-asociatie.example"
    assert checked(signed_as(key, claims(other)), key).outcome is CredentialOutcome.MALFORMED


def test_days_are_kept(key: BadgeKey) -> None:
    ends = replace(BADGE, valid_until="2027-11-22T21:59:59Z")
    jwt = signing.sign(said(ends), key)
    early = checked(jwt, key, now=SEALED_AT - timedelta(seconds=2))
    late = checked(jwt, key, now=datetime(2027, 11, 22, 22, 0, tzinfo=UTC))
    last = checked(jwt, key, now=datetime(2027, 11, 22, 21, 59, 59, tzinfo=UTC))
    assert early.outcome is CredentialOutcome.NOT_YET_VALID
    assert late.outcome is CredentialOutcome.EXPIRED
    assert last.is_good


def test_a_revoked_badge_is_said_to_be_so(key: BadgeKey) -> None:
    site = Site("https://cursuri.example.org")
    jwt = signing.sign(said(), key)
    for places, outcome in (
        ([4710, 4712], CredentialOutcome.VALID),
        ([4711], CredentialOutcome.REVOKED),
    ):
        listed = signing.status_list(bits_of(places), 0, site, now=NOW)
        read = read_status_list(signing.sign_list(listed, key), {key.kid: key.public})
        assert read is not None
        assert read[0] == site.status_list(0)
        assert checked(jwt, key, status=dict([read])).outcome is outcome


def test_a_list_that_lacks_the_badge_or_its_signature_decides_nothing(key: BadgeKey) -> None:
    jwt = signing.sign(said(), key)
    assert checked(jwt, key, status={}).outcome is CredentialOutcome.STATUS_UNKNOWN
    site = Site("https://cursuri.example.org")
    listed = signing.sign_list(signing.status_list(bits_of([]), 0, site, now=NOW), key)
    assert read_status_list(listed[:-2], {key.kid: key.public}) is None
    assert read_status_list(listed, {}) is None


def test_a_status_list_comes_back_as_it_was() -> None:
    bits = bits_of([0, 7, 8, ENTRIES - 1])
    assert len(bits) * 8 == ENTRIES == 131_072
    assert bits[0] == 0b1000_0001
    assert decode(encode(bits)) == bits
    assert is_set(bits, ENTRIES - 1)
    assert not is_set(bits, 1)


@pytest.mark.parametrize("text", ["", "u", "uAAAA", "x", encode(b"short")])
def test_odd_lists_are_refused(text: str) -> None:
    with pytest.raises(NotStatusList):
        decode(text)


def test_a_list_that_swells_is_refused() -> None:
    with pytest.raises(NotStatusList):
        decode(encode(bytes(64 * 1024 * 1024)))


def test_whoever_has_only_the_root_can_check_too(
    key: BadgeKey, root: Issuer, tmp_path: Path
) -> None:
    jwt = signing.sign(said(), key)
    keys = keys_of_chain(jwt, [root.certificate], at=NOW)
    assert keys == {key.kid: key.public}
    assert check_credential(jwt, keys, now=NOW).is_good
    alone = key_files.create(tmp_path / "own", organisation="X", now=SEALED_AT, root=None)
    assert keys_of_chain(signing.sign(said(), alone), [root.certificate], at=NOW) == {}
    stolen_chain = signing.sign(said(), BadgeKey(alone.key, key.chain))
    assert keys_of_chain(stolen_chain, [root.certificate], at=NOW) == {}
    assert keys_of_chain("rubbish", [root.certificate], at=NOW) == {}
    assert keys_of_chain(jwt, [root.certificate], at=NOW - timedelta(days=9)) == {}


def test_a_key_is_kept_privately_and_made_once(root: Issuer, tmp_path: Path) -> None:
    folder = tmp_path / "badge"
    made = key_files.create(
        folder, organisation="Ă" * 90, now=SEALED_AT, root=root, passphrase="parolă"
    )
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    with pytest.raises(SealExists):
        key_files.create(folder, organisation="X", now=SEALED_AT, root=root)
    assert key_files.load(folder, "parolă").public == made.public
    for phrase in (None, "alta"):
        with pytest.raises(SealLocked):
            key_files.load(folder, phrase)
    (folder / "badge.key").chmod(0o640)
    with pytest.raises(SealUnsafe):
        key_files.load(folder, "parolă")
    with pytest.raises(SealMissing):
        key_files.load(tmp_path / "elsewhere")


def test_a_jwk_that_tells_its_secret_or_is_of_another_kind_is_no_public_key() -> None:
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    good = jws.public_jwk(public)
    assert jws.public_of(good) == public
    others: list[object] = [
        {**good, "d": "AA"},
        {**good, "crv": "X25519"},
        {**good, "x": good["x"][:-2]},
        {**good, "x": good["x"] + "="},
        None,
        "text",
    ]
    assert [jws.public_of(other) for other in others] == [None] * len(others)


@pytest.mark.parametrize(
    "make_text",
    [
        pytest.param(lambda: '{"alg":"EdDSA","alg":"none"}', id="a member twice"),
        pytest.param(lambda: '{"n":NaN}', id="a number that JSON has not"),
        pytest.param(lambda: "[" * 5000 + "]" * 5000, id="too deep"),
        pytest.param(lambda: "[]", id="no object"),
    ],
)
def test_json_that_two_readers_could_take_two_ways_is_refused(
    make_text: Callable[[], str],
) -> None:
    part = jws.encoded(make_text().encode())
    with pytest.raises(jws.NotJws):
        jws.read(f"{part}.e30.AA")


# What the standard itself says ------------------------------------------------------------------

# Of the data model of Open Badges 3.0: the members that each class must have.
REQUIRED = {
    "AchievementCredential": {
        *("@context", "id", "type", "credentialSubject", "issuer", "validFrom"),
    },
    "AchievementSubject": {"type", "achievement"},
    "Achievement": {"id", "type", "criteria", "description", "name"},
    "Profile": {"id", "type"},
    "IdentityObject": {"type", "hashed", "identityHash", "identityType"},
    "Evidence": {"type"},
    "ResultDescription": {"id", "type", "name", "resultType"},
    "Result": {"type"},
    "BitstringStatusListEntry": {
        *("type", "statusPurpose", "statusListIndex", "statusListCredential"),
    },
}


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a credential, however deep."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, dict | list):
            yield from objects_in(part)


def types_of(value: dict[str, Any]) -> list[str]:
    found = value.get("type", [])
    return [found] if isinstance(found, str) else found


@pytest.fixture(params=[False, True], ids=["without modules", "with modules"])
def whole(request: pytest.FixtureRequest) -> dict[str, Any]:
    return said(
        replace(BADGE, tells_modules=request.param, valid_until="2027-11-22T21:59:59Z"),
        is_model=request.param,
    )


def test_each_object_has_the_members_that_its_class_requires(whole: dict[str, Any]) -> None:
    seen = set()
    for value in objects_in(whole):
        for name in types_of(value):
            seen.add(name)
            assert REQUIRED.get(name, set()) <= value.keys(), name
    assert REQUIRED.keys() <= seen
    subject = whole["credentialSubject"]
    described = {about["id"] for about in subject["achievement"]["resultDescription"]}
    assert {result["resultDescription"] for result in subject["result"]} == described


def test_nothing_is_empty(whole: dict[str, Any]) -> None:
    for value in objects_in(whole):
        assert not [name for name, part in value.items() if part in (None, [], {}, "")]


def _terms(context: dict[str, Any]) -> Iterator[str]:
    """The terms that a JSON-LD context defines, those for one type or member among them."""
    for name, meaning in context.items():
        if name.startswith("@") and name != "@context":
            continue
        yield name
        inner = meaning.get("@context") if isinstance(meaning, dict) else None
        if isinstance(inner, dict):
            yield from _terms(inner)


def test_every_member_and_every_type_is_a_term_of_the_contexts(whole: dict[str, Any]) -> None:
    known = {"@context"}
    for address in whole["@context"]:
        known |= set(_terms(load_context(address)["@context"]))
    for value in objects_in(whole):
        assert value.keys() - known == set(), value
        assert set(types_of(value)) - known == set()


ODD = (
    *(None, True, 1, -1, 1.5, "", "x", "9" * 400, "2026-13-01", "2026-01-01T00:00:00", 10**400),
    *([], [1], [None], ["x"], [[]], [{}], {}, {"a": 1}, {"id": []}),
)


def places_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value in a credential, however deep."""
    if path:
        yield path
    listed = enumerate(value) if isinstance(value, list) else ()
    for name, part in value.items() if isinstance(value, dict) else listed:
        yield from places_in(part, (*path, name))


def with_value(value: dict[str, Any], path: tuple[Any, ...], odd: Any) -> dict[str, Any]:
    """A copy in which one value is another."""
    made = json.loads(json.dumps(value))
    holder = made
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = odd
    return made


def test_odd_values_anywhere_are_judged_and_never_a_fault(key: BadgeKey) -> None:
    """Well signed, as by an issuer's other program: each value in turn is each odd thing."""
    genuine = jws.read(signing.sign(said(replace(BADGE, valid_until="2028-01-01T00:00:00Z")), key))
    header, payload = dict(genuine.header), dict(genuine.payload)
    document = make()
    row = RegisterRow(document.number, document.holder, document.code)
    status = {payload["credentialStatus"]["statusListCredential"]: bits_of([4711])}
    tokens = [
        jws.signed(jws.head(header), with_value(payload, path, odd), key.key)
        for path in places_in(payload)
        for odd in ODD
    ]
    tokens += [
        jws.signed(jws.head(with_value(header, path, odd)), payload, key.key)
        for path in places_in(header)
        for odd in ODD
    ]
    for token in tokens:
        found = checked(token, key, status=status, row=row)
        assert found.outcome is not CredentialOutcome.VALID  # it is revoked
        assert isinstance(found.number + found.name + found.code, str)
        assert read_status_list(token, {key.kid: key.public}) is None
        keys_of_chain(token, [key.chain[-1]], at=NOW)

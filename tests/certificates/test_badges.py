"""Badges of issued certificates: places drawn by lot, the same bytes each time, keys in time."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from datetime import date

import pikepdf
import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.accounts import traces as person_traces
from lms.certificates import issuing, kits, register, sealing, seals
from lms.certificates.badge_outcome import CredentialOutcome
from lms.certificates.badges import keyring, making, slots
from lms.certificates.badges.checking import RegisterRow, check_credential
from lms.certificates.badges.models import BadgeSettings, settings_of
from lms.certificates.badges.status_list import ENTRIES, is_set
from lms.certificates.models import Certificate
from lms.courses.models import Enrolment
from tests.cast import Cast
from tests.certificates.certify import all_certificates, enrol_many, file_of, issued, stored


def badge_of(cast: Cast, certificate_id: int) -> str:
    with stored(cast, certificate_id) as certificate:
        found = making.jwt_of(certificate)
    assert found is not None
    return found


def test_an_issued_certificate_has_a_badge_that_fits_its_row(cast: Cast) -> None:
    certificate_id = issued(cast)
    with stored(cast, certificate_id) as certificate:
        jwt = making.jwt_of(certificate)
        row = RegisterRow(certificate.number, certificate.facts["holder"], certificate.code)
        assert jwt is not None
        found = check_credential(jwt, keyring.public_keys(), row=row, now=clock.now())
    assert found.is_good, found


def test_a_badge_is_the_same_each_time_and_in_another_process(cast: Cast) -> None:
    certificate_id = issued(cast)
    first = badge_of(cast, certificate_id)
    cast.app.extensions.pop("lms_badge_key")  # as a process that has just started
    assert badge_of(cast, certificate_id) == first


def test_places_are_drawn_by_lot_and_never_twice(cast: Cast) -> None:
    for enrolment_id in enrol_many(cast, 5):
        with cast.app.app_context():
            issuing.issue(enrolment_id)
    rows = all_certificates(cast)
    indexes = [row.status_index for row in rows]
    assert None not in indexes
    assert Counter(indexes).most_common(1)[0][1] == 1
    assert [row.facts["badge"]["index"] for row in rows] == indexes
    assert len({row.facts["badge"]["salt"] for row in rows}) == len(rows)
    assert all(0 <= index < ENTRIES for index in indexes if index is not None)


def test_a_full_list_is_followed_by_the_next(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "ENTRIES", 1)
    first, second = issued(cast, "learner"), issued(cast, "classmate")
    with stored(cast, first) as certificate:
        assert certificate.status_index == 0
    with stored(cast, second) as certificate:
        assert certificate.status_index == 1


def test_revoked_and_replaced_badges_are_set_in_the_list_and_others_not(cast: Cast) -> None:
    first, second = issued(cast, "learner"), issued(cast, "classmate")
    with cast.app.app_context():
        with db.writing() as session:
            register.revoke(
                session.get_one(Certificate, first), by=None, reason="De probă", now=clock.now()
            )
        with db.writing() as session:
            row = session.get_one(Certificate, second)
            place = session.get_one(Enrolment, row.enrolment_id)
            third = register.supersede(row, place, by=None, reason="X", now=clock.now()).id
        bits = making.bits_of_list(0)
        assert bits is not None
        places = {
            id_: db.session().get_one(Certificate, id_).status_index
            for id_ in (first, second, third)
        }
        assert [is_set(bits, places[id_] or 0) for id_ in (first, second, third)] == [
            True,
            True,
            False,
        ]
        assert bin(int.from_bytes(bits, "big")).count("1") == 2
        assert making.bits_of_list(1) is None
        jwt = making.jwt_of(db.session().get_one(Certificate, first))
        assert jwt is not None
        status = {making.site().status_list(0): bits}
        found = check_credential(jwt, keyring.public_keys(), status, now=clock.now())
        assert found.outcome is CredentialOutcome.REVOKED


def test_the_site_alone_can_say_that_two_badges_are_one_persons(cast: Cast) -> None:
    certificate_id = issued(cast)
    with stored(cast, certificate_id) as certificate:
        badge = certificate.facts["badge"]
        person_id = certificate.person_id
        assert badge["identity"] == slots.identity_of(person_id, badge["salt"])
        assert badge["identity"] != slots.identity_of(person_id, "00" * 16)
        assert badge["identity"] != slots.identity_of(person_id + 1, badge["salt"])


def test_a_badge_ends_with_the_last_second_of_its_last_day_in_the_programmes_zone() -> None:
    assert slots._last_instant(date(2027, 11, 22), "Europe/Bucharest") == "2027-11-22T21:59:59Z"
    assert slots._last_instant(date(2027, 6, 22), "Europe/Bucharest") == "2027-06-22T20:59:59Z"


def test_the_key_belongs_to_the_seals_root_and_follows_it(cast: Cast) -> None:
    certificate_id = issued(cast)
    before = badge_of(cast, certificate_id)
    with cast.app.app_context():
        old = keyring.current()
        assert len(old.chain) == 2
        old.chain[0].verify_directly_issued_by(old.chain[1])
        sealing.renew()
        new = keyring.current()
        assert new.kid != old.kid
        kids = [key.kid for key in keyring.published()]
        assert kids[0] == new.kid  # the present one first
        assert old.kid in kids[1:]  # the old one is still there
        assert check_credential(before, keyring.public_keys(), now=clock.now()).is_good
    after = badge_of(cast, certificate_id)
    assert after != before
    with cast.app.app_context():
        assert check_credential(after, keyring.public_keys(), now=clock.now()).is_good


def test_a_stolen_seals_badge_key_is_withdrawn(cast: Cast) -> None:
    certificate_id = issued(cast)
    before = badge_of(cast, certificate_id)
    with cast.app.app_context():
        old = keyring.current().kid
        sealing.report_stolen(since=clock.now(), reason="De probă")
        assert old not in [key.kid for key in keyring.published()]
        found = check_credential(before, keyring.public_keys(), now=clock.now())
        assert found.outcome is CredentialOutcome.UNKNOWN_KEY
    after = badge_of(cast, certificate_id)
    with cast.app.app_context():
        assert check_credential(after, keyring.public_keys(), now=clock.now()).is_good


def test_the_recovery_kit_brings_the_badges_key_back(cast: Cast) -> None:
    certificate_id = issued(cast)
    before = badge_of(cast, certificate_id)
    with cast.app.app_context():
        kit = kits.pack()
        assert kit == kits.pack()
        with zipfile.ZipFile(io.BytesIO(kit)) as archive:
            assert {"badge.key", "badge.pem", "seal.key"} <= set(archive.namelist())
        for folder in (seals.folder(), keyring.folder()):
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()
        cast.app.extensions.pop("lms_seal")
        sealing.restore(kit)
    assert badge_of(cast, certificate_id) == before


def test_a_certificate_entered_again_has_its_place_again(cast: Cast) -> None:
    certificate_id = issued(cast)
    with stored(cast, certificate_id) as certificate:
        facts = dict(certificate.facts)
        assert slots.as_frozen(facts) is None  # it is taken, by this very one
    with cast.app.app_context(), db.writing() as session:
        session.execute(sa.update(Certificate).values(status_index=None))
    with cast.app.app_context():
        assert slots.as_frozen(facts) == facts["badge"]["index"]
        assert slots.as_frozen({**facts, "badge": None}) is None


def test_an_erased_holder_has_no_badge_and_the_list_keeps_its_bit(cast: Cast) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        row.enrolment.edition.programme.retain_until = date(2020, 1, 1)
        register.revoke(row, by=None, reason="De probă", now=clock.now())
        session.flush()
        person_traces.TRACES["certificates"].erase(row.person_id)
    with stored(cast, certificate_id) as certificate:
        assert making.jwt_of(certificate) is None
        assert certificate.facts["badge"] is None
        bits = making.bits_of_list(0)
        assert bits is not None
        assert is_set(bits, certificate.status_index or 0)
        assert "salt" not in json.dumps(certificate.facts)


def enclosed(data: bytes) -> dict[str, bytes]:
    """Take what travels in a PDF out of it, with a library of others."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return {name: file.get_file().read_bytes() for name, file in pdf.attachments.items()}


def test_the_badge_travels_in_the_sealed_file(cast: Cast) -> None:
    certificate_id = issued(cast)
    inside = enclosed(file_of(cast, certificate_id))
    assert inside["credential.jwt"].decode() == badge_of(cast, certificate_id)
    assert json.loads(inside["certificat.json"])["badge"]["is_attached"] is True
    with stored(cast, certificate_id) as certificate:
        attachment = making.attachment_of(certificate)
        assert attachment is not None
        assert attachment.media_type == "application/vc+jwt"


def test_a_programme_can_keep_the_badge_out_of_its_files(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        settings = settings_of(cast.programme_id)
        settings.is_attached = False
        session.add(settings)
    certificate_id = issued(cast)
    assert set(enclosed(file_of(cast, certificate_id))) == {"certificat.json"}
    badge_of(cast, certificate_id)  # it exists all the same, beside the file
    with cast.app.app_context(), db.writing() as session:
        session.get_one(BadgeSettings, cast.programme_id).is_attached = True
    with stored(cast, certificate_id) as certificate:
        assert making.attachment_of(certificate) is None  # what was settled stays

"""Files are brought to their level behind everybody's back: once, in time, whatever goes wrong."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.certificates import (
    chain,
    finding,
    health,
    issuing,
    public,
    refilling,
    register,
    seals,
)
from lms.certificates.levels import raising, trusting
from lms.certificates.levels.authority import Authority, desk
from lms.certificates.levels.raising import Raised, raise_levels
from lms.certificates.models import (
    Certificate,
    CertificateFile,
    LevelTry,
    RegisterEntry,
    RegisterEvent,
    StolenSeal,
)
from lms.certificates.render import render
from lms.certificates.states import CertificateState
from lms.certificates.verification import Outcome
from lms.files import store
from tests.cast import Cast
from tests.certificates.authorities import Authorities
from tests.certificates.certify import enrol_many, file_of, issued, stored
from tests.certificates.conftest import make


def set_level(app: Flask, level: str) -> None:
    app.config["LMS"] = replace(app.config["LMS"], tsa_level=level)


def levels(cast: Cast, certificate_id: int) -> list[tuple[str, int]]:
    with cast.app.app_context():
        rows = db.session().execute(
            sa.select(CertificateFile.level, CertificateFile.renewal)
            .where(CertificateFile.certificate_id == certificate_id)
            .order_by(CertificateFile.id)
        )
        return [(row[0], row[1]) for row in rows]


def work(cast: Cast, **more: int) -> Raised:
    with cast.app.app_context():
        return raise_levels(**more)


ALL = [("B-B", 0), ("B-T", 0), ("B-LT", 0), ("B-LTA", 0)]


def test_where_no_authority_is_set_nothing_happens(cast: Cast) -> None:
    key = issued(cast)
    assert work(cast) == Raised()
    assert levels(cast, key) == [("B-B", 0)]


def test_issuing_asks_no_authority(cast: Cast, offices: Authorities) -> None:
    key = issued(cast)
    assert offices.paths == []
    assert levels(cast, key) == [("B-B", 0)]


def test_each_level_is_kept_with_its_hash_and_verifies(cast: Cast, offices: Authorities) -> None:
    key = issued(cast)
    assert work(cast) == Raised(kept=3)
    assert levels(cast, key) == ALL
    with stored(cast, key) as certificate:
        folder = register.store_folder()
        files = [(file, store.get(folder, file.sha256)) for file in certificate.files]
        number = certificate.number
        for file, data in files:
            assert file.size == len(data)
            verdict, found = public.check_file(public.inspect(data), file.sha256)
            assert (verdict.outcome, found) == (Outcome.VALID, certificate)
        entries = db.session().scalars(
            sa.select(RegisterEntry.event)
            .where(RegisterEntry.number == number)
            .order_by(RegisterEntry.id)
        )
        assert list(entries)[-3:] == [RegisterEvent.EXTENDED] * 3
        assert chain.find_break(certificate.series) is None
        assert not [fault for fault in health.problems() if fault.is_danger]


def test_a_download_gives_the_best(cast: Cast, offices: Authorities) -> None:
    key = issued(cast)
    before = file_of(cast, key)
    work(cast)
    after = file_of(cast, key)
    assert len(after) > len(before)
    assert after.startswith(before)


def test_a_second_look_finds_nothing_to_do(cast: Cast, offices: Authorities) -> None:
    key = issued(cast)
    work(cast)
    asked = len(offices.paths)
    assert work(cast) == Raised()
    assert len(offices.paths) == asked
    assert levels(cast, key) == ALL


@pytest.mark.parametrize(("level", "wanted"), [("B-T", ALL[:2]), ("B-LT", ALL[:3])])
def test_a_lower_level_is_enough_where_it_is_set(
    cast: Cast, offices: Authorities, level: str, wanted: list[tuple[str, int]]
) -> None:
    key = issued(cast)
    set_level(cast.app, level)
    work(cast)
    assert work(cast) == Raised()
    assert levels(cast, key) == wanted
    set_level(cast.app, "B-LTA")
    work(cast)
    assert levels(cast, key) == ALL


def test_an_authority_that_fails_is_asked_again_ever_later(
    cast: Cast, offices: Authorities, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = issued(cast)
    offices.failures = 99
    assert work(cast) == Raised(failed=1)
    assert work(cast) == Raised()  # not at once
    with cast.app.app_context():
        first = db.session().get_one(LevelTry, key)
        assert first.tries == 1
        assert "Error" in first.last_error
        pause = first.next_at - clock.now()
        now = first.next_at + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert work(cast) == Raised(failed=1)
    with cast.app.app_context():
        second = db.session().get_one(LevelTry, key)
        assert second.next_at - now > pause
        now = second.next_at + timedelta(seconds=1)
    offices.failures = 0
    assert work(cast) == Raised(kept=3)
    with cast.app.app_context():
        assert db.session().get(LevelTry, key) is None
    assert levels(cast, key) == ALL


def test_what_was_reached_before_a_failure_is_kept(cast: Cast, offices: Authorities) -> None:
    key = issued(cast)

    def close(environ: object, start: object) -> None:
        offices.failures = 1 if offices.asked("/crls/") else 0

    answer = offices.app
    assert answer is not None

    def answer_then_close(environ: dict[str, object], start: object) -> object:
        found = answer(environ, start)
        close(environ, start)
        return found

    offices.app = answer_then_close  # type: ignore[assignment]
    try:
        done = work(cast)
    finally:
        offices.app = answer
    assert done == Raised(kept=2, failed=1)
    assert levels(cast, key) == ALL[:3]


def test_never_more_at_once_than_is_set_and_revocation_is_fetched_once(
    cast: Cast, offices: Authorities
) -> None:
    with cast.app.app_context():
        for enrolment_id in enrol_many(cast, 7):
            issuing.issue(enrolment_id)
    offices.delay = 0.05
    cast.app.config["LMS"] = replace(cast.app.config["LMS"], tsa_parallel=3)
    assert work(cast) == Raised(kept=21)
    assert offices.most_at_once == 3
    assert offices.asked("/crls/") == 1
    with cast.app.app_context():
        done = db.session().scalar(
            sa.select(sa.func.count()).where(CertificateFile.level == "B-LTA")
        )
    assert done == 7


def test_two_workers_at_once_keep_each_level_once(cast: Cast, offices: Authorities) -> None:
    with cast.app.app_context():
        keys = [issuing.issue(each).certificate_id for each in enrol_many(cast, 2)]
    faults: list[BaseException] = []

    def one() -> None:
        try:
            work(cast)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    for key in keys:
        assert key is not None
        assert sorted(levels(cast, key)) == sorted(ALL)
    with cast.app.app_context():
        entries = db.session().scalar(
            sa.select(sa.func.count()).where(RegisterEntry.event == RegisterEvent.EXTENDED)
        )
    assert entries == 6


def test_a_timestamp_is_renewed_before_its_own_certificate_ends(
    cast: Cast, offices: Authorities
) -> None:
    key = issued(cast)
    work(cast)
    with cast.app.app_context(), db.writing() as session:
        last = session.scalars(
            sa.select(CertificateFile).where(CertificateFile.level == "B-LTA")
        ).one()
        last.stamped_until = clock.now() + raising.RENEW_BEFORE - timedelta(days=1)
    assert work(cast) == Raised(kept=1)
    assert levels(cast, key) == [*ALL, ("B-LTA", 1)]
    assert work(cast) == Raised()
    data = file_of(cast, key)
    with cast.app.app_context():
        seen = public.inspect(data)
        assert len(seen.later.stamps) == 3


def test_what_has_ended_is_left_as_it_is(cast: Cast, offices: Authorities) -> None:
    key = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        certificate = session.get_one(Certificate, key)
        register.revoke(certificate, by=None, reason="o probă", now=clock.now())
    assert work(cast) == Raised()
    assert levels(cast, key) == [("B-B", 0)]


def test_a_stranger_among_the_authorities_is_not_believed(
    cast: Cast, offices: Authorities, tmp_path: Path
) -> None:
    """The roots that are set aren't those of the authority that answers."""
    key = issued(cast)
    cast.app.config["LMS"] = replace(
        cast.app.config["LMS"], tsa_roots=str(offices.folder / "root.crt")
    )
    assert work(cast) == Raised(failed=1)
    assert levels(cast, key) == [("B-B", 0)]


def test_the_register_of_a_day_has_one_row_for_each_number(
    cast: Cast, offices: Authorities
) -> None:
    from lms.certificates.day_files import rows_until

    key = issued(cast)
    work(cast)
    with stored(cast, key) as certificate:
        (row,) = rows_until(clock.now() + timedelta(minutes=1))
        assert row.stare == "valid"
        assert row.sha256 == certificate.files[0].sha256


# A stolen key ----------------------------------------------------------------------------------


def test_from_a_theft_on_a_timestamp_from_before_counts_and_a_bare_file_doesnt(
    cast: Cast, offices: Authorities
) -> None:
    """The files are of the stolen seal and unknown to the register, as after a loss."""
    with cast.app.app_context():
        seal = seals.signer("Asociația Exemplu")
        bare = seal.sign(render(make()), at=clock.now())
        chains = [seal.certificate_pem, *seal.chain_pem]
        authority = Authority(offices.tsa_url, (offices.pem("tsa-root"),))

        async def stamp(data: bytes) -> bytes:
            async with desk(authority, chains=chains) as opened:
                return await opened.timestamp(data)

        before = asyncio.run(stamp(bare))
        since = clock.now()
        time.sleep(1.1)  # an authority tells whole seconds
        after = asyncio.run(stamp(bare))
        trusting.authority()  # pins the roots, as the first sweep does
        with db.writing() as session:
            session.add(
                StolenSeal(
                    seal_fingerprint=seal.fingerprint,
                    since=since,
                    reported_at=since,
                    reason="o probă",
                )
            )
        told = {}
        for name, data in (("bare", bare), ("before", before), ("after", after)):
            sha256 = hashlib.sha256(data).hexdigest()
            verdict, _found = public.check_file(public.inspect(data), sha256)
            assert verdict.outcome is Outcome.NOT_IN_REGISTER
            assert verdict.seal_stolen_since == since
            db.end_reading()
            (read,) = finding.read_files([(name, data)])
            told[name] = (verdict.was_stamped_before_theft, getattr(read, "why", ""))
        assert told == {
            "bare": (False, "stolen"),
            "before": (True, ""),
            "after": (False, "stolen"),
        }
        (read,) = finding.read_files([("before", before)])
        assert isinstance(read, finding.Found)
        assert read.data == bare
        assert read.raised is not None
        assert (read.raised.level, read.raised.data) == ("B-T", before)
        assert finding.Found.from_plain(read.to_plain()).raised is not None


def test_a_raised_file_brings_a_lost_certificate_back_with_both_hashes(
    cast: Cast, offices: Authorities
) -> None:
    key = issued(cast)
    work(cast)
    data = file_of(cast, key)
    with cast.app.app_context():
        certificate = db.session().get_one(Certificate, key)
        number, digest = certificate.number, certificate.files[0].sha256
        db.end_reading()
        with db.writing() as session:  # as if the backup knew the number alone
            session.execute(sa.delete(CertificateFile))
            lost = session.get_one(Certificate, key)
            lost.state, lost.issued_at = CertificateState.RESERVED, None
        (read,) = finding.read_files([("gasit.pdf", data)])
        assert isinstance(read, finding.Found)
        plans = refilling.prepare([read])
        with db.writing():
            refilling.apply(plans[0], by=None, now=clock.now())
        back = db.session().get_one(Certificate, key)
        assert back.number == number
        assert back.state is CertificateState.VALID
        assert {file.level: file.sha256 for file in back.files} == {
            "B-B": digest,
            "B-LTA": hashlib.sha256(data).hexdigest(),
        }

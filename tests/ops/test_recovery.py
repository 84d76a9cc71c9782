"""A site lost after its last backup: what was given out since comes back, or is annulled.

Real backups on both databases. No number ever goes to a second person, two people of one name
included.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import FileStorage

from lms import clock, db
from lms.access import Role
from lms.accounts import services as accounts
from lms.backup import write_backup
from lms.backup.read import restore_backup
from lms.certificates import (
    bulk,
    chain,
    day_files,
    health,
    issuing,
    lost,
    public,
    queries,
    register,
    seals,
)
from lms.certificates.models import (
    Certificate,
    Find,
    LostNumber,
    NumberCounter,
    RegisterEntry,
    StolenSeal,
)
from lms.certificates.states import CertificateState
from lms.certificates.verification import Outcome
from lms.courses.models import Enrolment
from lms.files import store
from lms.programmes.services import ProgrammeData, create_programme
from lms.safety.archive import write_archive
from tests.access.asking import ask
from tests.cast import Cast, make_cast, make_person
from tests.certificates.certify import complete

V, S = CertificateState.VALID, CertificateState.SUPERSEDED


@dataclass
class Lost:
    """A site as it was, and what of it is left: the backup, PDFs, the register of the last day."""

    before: Cast
    after: Cast
    numbers: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    pdfs: dict[str, bytes] = field(default_factory=dict)
    day_file: bytes = b""

    @property
    def app(self) -> Flask:
        return self.after.app


def add_person(cast: Cast, given: str, family: str, key: str, organisation: str) -> None:
    with cast.app.app_context(), db.writing() as session:
        person = make_person(given, family, sign_in_name=key)
        session.flush()
        place = Enrolment(
            person_id=person.id,
            edition_id=cast.edition_id,
            organisation_name=organisation,
            enrolled_at=clock.now(),
            hours_attended=0,
        )
        session.add(place)
        session.flush()
        cast.persons[key], cast.enrolments[key] = person.id, place.id


def issue(cast: Cast, key: str) -> int:
    complete(cast, cast.enrolments[key], tells=False)
    with cast.app.app_context():
        found = issuing.issue(cast.enrolments[key]).certificate_id
    assert found
    return found


def keep(left: Lost, key: str, certificate_id: int) -> None:
    with left.before.app.app_context():
        found = db.session().get_one(Certificate, certificate_id)
        left.numbers[key], left.codes[key] = found.number, found.code
        data = issuing.file_bytes(found)
        assert data is not None
        left.pdfs[key] = data


@pytest.fixture
def left(make_app: Callable[..., Flask], tmp_path: Path) -> Lost:
    """One certificate before the backup; after it two homonyms', a correction, a revocation."""
    app = make_app()
    cast = make_cast(app)
    with clock.stopped_at(clock.now() - timedelta(days=1)):
        with app.app_context():
            seals.ensure("Asociația Exemplu")
        add_person(cast, "Ion", "Popescu", "ion-1", "Asociația Unu")
        add_person(cast, "Ion", "Popescu", "ion-2", "Asociația Doi")
        first, second = issue(cast, "learner"), issue(cast, "classmate")
    path = tmp_path / "site.zip"
    with app.app_context():
        write_backup(app, path)
    found = Lost(cast, cast)
    keep(found, "first", first)
    with clock.stopped_at(clock.now() - timedelta(hours=20)):
        for key in ("ion-1", "ion-2"):
            keep(found, key, issue(cast, key))
        with app.app_context():
            with db.writing() as session:
                old = session.get_one(Certificate, first)
                session.get_one(Enrolment, old.enrolment_id).person.family_name = "Nume-Nou"
                place = issuing.locked_enrolment(old.enrolment_id)
                new = register.supersede(
                    old, place, by=None, reason="căsătorie", now=clock.now()
                ).id
            issuing.finish(new)
            with db.writing() as session:
                gone = session.get_one(Certificate, second)
                register.revoke(gone, by=None, reason="din greșeală", now=clock.now())
        keep(found, "corrected", new)
        keep(found, "revoked", second)
    with app.app_context():
        found.day_file = day_files.content_of(clock.today(day_files.ZONE))
    other = make_app(migrated=False)
    with other.app_context():
        restore_backup(other, path)
    found.after = Cast(
        app=other,
        persons=cast.persons,
        programme_id=cast.programme_id,
        course_id=cast.course_id,
        edition_id=cast.edition_id,
        enrolments=cast.enrolments,
    )
    return found


def upload(left: Lost, *files: tuple[str, bytes]) -> str:
    client = left.after.client("registrar")
    from tests.cast import csrf

    answer = client.post(
        "/register/recovery/files",
        data={
            "csrf_token": csrf(client),
            "file": [FileStorage(io.BytesIO(data), name) for name, data in files],
        },
    )
    assert answer.status_code == 302, answer.text
    return client.get(answer.location.partition("#")[0]).text


def post(left: Lost, path: str, **form: object) -> str:
    client = left.after.client("registrar")
    answer = ask(client, "POST", path, form)
    return client.get("/register/recovery").text if answer.status_code == 302 else answer.text


def confirm(left: Lost, number: str) -> str:
    name = "-".join(number.split("-")[:2])
    return post(
        left,
        "/register/recovery/last-numbers",
        **{f"number-{name}": number, "last-reason": "hârtia cea mai nouă"},
    )


def states(left: Lost) -> dict[str, CertificateState]:
    with left.app.app_context():
        rows = db.session().execute(sa.select(Certificate.number, Certificate.state))
        return {row[0]: row[1] for row in rows}


def holders(left: Lost) -> dict[str, int]:
    with left.app.app_context():
        rows = db.session().execute(sa.select(Certificate.number, Certificate.enrolment_id))
        return {row[0]: row[1] for row in rows}


def is_locked(left: Lost) -> bool:
    with left.app.app_context():
        reasons = db.session().scalars(
            sa.select(NumberCounter.locked_reason).where(NumberCounter.series == "TST")
        )
        return any(reasons)


def assert_whole(left: Lost) -> None:
    """The register's chain holds, states and files agree, no serial is missing."""
    with left.app.app_context():
        assert chain.find_break("TST") is None
        assert [f for f in health.problems() if f.is_danger] == []


def verdict(left: Lost, key: str) -> Outcome:
    with left.app.app_context():
        data = left.pdfs[key]
        import hashlib

        seen = public.inspect(data)
        judged, _found = public.check_file(seen, hashlib.sha256(data).hexdigest())
        return judged.outcome


# From the day's register -----------------------------------------------------------------------


def test_the_days_register_brings_all_back_byte_for_byte(left: Lost) -> None:
    assert is_locked(left)
    assert verdict(left, "ion-1") is Outcome.NOT_IN_REGISTER
    page = upload(left, ("registru.csv", left.day_file))
    assert "5 certificate au fost introduse din nou sau completate" in page
    found = states(left)
    assert found[left.numbers["first"]] is S
    assert found[left.numbers["revoked"]] is CertificateState.REVOKED
    assert [found[left.numbers[k]] for k in ("ion-1", "ion-2", "corrected")] == [V, V, V]
    whose = holders(left)
    for key in ("ion-1", "ion-2"):
        assert whose[left.numbers[key]] == left.before.enrolments[key]
        assert verdict(left, key) is Outcome.VALID
    assert verdict(left, "revoked") is Outcome.REVOKED
    assert verdict(left, "first") is Outcome.SUPERSEDED
    with left.app.app_context():  # drawn and sealed anew, to the very bytes that were issued
        for key in ("ion-1", "ion-2", "corrected"):
            row = queries.by_number(left.numbers[key])
            assert row is not None
            assert store.get(register.store_folder(), row.files[0].sha256) == left.pdfs[key]
        corrected = queries.by_number(left.numbers["corrected"])
        assert corrected is not None
        first = queries.by_number(left.numbers["first"])
        assert first is not None
        assert corrected.supersedes_id == first.id
        assert first.ended_reason == "căsătorie"
    assert is_locked(left)  # until the last number is confirmed
    page = confirm(left, left.numbers["corrected"])
    assert "Nimic nu este blocat" in page
    assert not is_locked(left)
    assert_whole(left)


def test_a_second_look_at_the_same_file_changes_nothing(left: Lost) -> None:
    upload(left, ("registru.csv", left.day_file))
    before = states(left)
    with left.app.app_context():
        entries = db.session().scalar(sa.select(sa.func.count(RegisterEntry.id)))
    page = upload(left, ("registru.csv", left.day_file))
    assert "Registrul știa deja totul" in page
    assert states(left) == before
    with left.app.app_context():
        assert db.session().scalar(sa.select(sa.func.count(RegisterEntry.id))) == entries


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.replace("Asociația Doi".encode(), "Asociația Trei".encode()),
        lambda d: d[: d.rfind(b"#sfarsit")],
        lambda d: d[:-40] + b"\r\n",
    ],
)
def test_a_register_that_was_changed_or_is_not_sealed_fills_nothing(
    left: Lost, spoil: Callable[[bytes], bytes]
) -> None:
    page = upload(left, ("registru.csv", spoil(left.day_file)))
    assert "nu dovedește nimic" in page or "nu este nici PDF" in page or "alt sigiliu" in page
    assert len(states(left)) == 2


# From the PDFs ---------------------------------------------------------------------------------


def test_pdfs_of_two_people_of_one_name_wait_until_somebody_says_whose_they_are(
    left: Lost,
) -> None:
    page = upload(left, ("a.pdf", left.pdfs["ion-1"]), ("b.pdf", left.pdfs["ion-2"]))
    assert "2 certificate așteaptă: spuneți mai jos" in page
    assert "Asociația Unu" in page
    assert "Asociația Doi" in page
    assert len(states(left)) == 2  # nothing is guessed
    with left.app.app_context():
        assert db.session().scalar(sa.select(sa.func.count(Find.id))) == 2
    for key in ("ion-2", "ion-1"):
        page = post(
            left,
            "/register/recovery/choice",
            number=left.numbers[key],
            enrolment=str(left.before.enrolments[key]),
        )
        assert f"{left.numbers[key]} este introdus din nou" in page
    whose = holders(left)
    for key in ("ion-1", "ion-2"):
        assert whose[left.numbers[key]] == left.before.enrolments[key]
        assert verdict(left, key) is Outcome.VALID


def test_a_find_goes_to_nobody_of_another_name(left: Lost) -> None:
    upload(left, ("a.pdf", left.pdfs["ion-1"]))
    page = post(
        left,
        "/register/recovery/choice",
        number=left.numbers["ion-1"],
        enrolment=str(left.before.enrolments["classmate"]),
    )
    assert "nimeni cu acest nume nu are acest loc" in page
    assert len(states(left)) == 2


def test_a_pdf_of_a_name_that_is_not_here_waits_until_it_is(left: Lost) -> None:
    page = upload(left, ("c.pdf", left.pdfs["corrected"]))
    assert "Nimeni cu acest nume nu este" in page
    with left.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, left.before.enrolments["learner"])
        place.person.family_name = "Nume-Nou"
    page = post(
        left,
        "/register/recovery/choice",
        number=left.numbers["corrected"],
        enrolment=str(left.before.enrolments["learner"]),
    )
    found = states(left)
    assert found[left.numbers["corrected"]] is V
    assert found[left.numbers["first"]] is S  # a later number means that it was replaced
    assert verdict(left, "corrected") is Outcome.VALID


def test_originals_come_back_in_a_zip_too(left: Lost) -> None:
    archive = write_archive(
        {"a.pdf": left.pdfs["ion-1"], "registru.csv": b"x", "sha256.txt": b"x", "n.txt": b"?"}
    )
    page = upload(left, ("originale.zip", archive))
    assert "1 certificat așteaptă" in page
    assert "n.txt: nu este nici PDF, nici ZIP" in page
    assert "sha256.txt:" not in page


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("changed.pdf", lambda d: d.replace(b"/Keywords", b"/Keyw0rds", 1)),
        ("appended.pdf", lambda d: d + b"\n%%EOF\n"),
        ("cut.pdf", lambda d: d[:-300]),
        ("empty.pdf", lambda d: b"%PDF-1.7\n%%EOF\n"),
    ],
)
def test_a_pdf_that_our_seal_does_not_cover_fills_nothing(
    left: Lost, name: str, make: Callable[[bytes], bytes]
) -> None:
    page = upload(left, (name, make(left.pdfs["ion-1"])))
    assert f"{name}: a fost schimbat de când a fost făcut" in page
    assert len(states(left)) == 2


def test_corrections_that_come_back_in_the_wrong_order_still_name_each_other(left: Lost) -> None:
    """Two corrections were lost; the later one's PDF is found first."""
    with left.before.app.app_context():
        with db.writing() as session:
            found = queries.by_number(left.numbers["corrected"])
            assert found is not None
            old = session.get_one(Certificate, found.id)
            place = issuing.locked_enrolment(old.enrolment_id)
            place.person.family_name = "Nume-Nou"
            newest = register.supersede(old, place, by=None, reason="x", now=clock.now()).id
        issuing.finish(newest)
    keep(left, "newest", newest)
    with left.app.app_context(), db.writing() as session:
        session.get_one(
            Enrolment, left.before.enrolments["learner"]
        ).person.family_name = "Nume-Nou"
    for key in ("newest", "corrected"):
        upload(left, (f"{key}.pdf", left.pdfs[key]))
        post(
            left,
            "/register/recovery/choice",
            number=left.numbers[key],
            enrolment=str(left.before.enrolments["learner"]),
        )
    found = states(left)
    order = ("first", "corrected", "newest")
    assert [found[left.numbers[k]] for k in order] == [S, S, V]
    with left.app.app_context():
        rows = [queries.by_number(left.numbers[k]) for k in order]
        ids = [row.id for row in rows if row]
        assert [row.supersedes_id for row in rows if row] == [None, ids[0], ids[1]]


def test_what_a_stolen_seal_has_sealed_fills_nothing(left: Lost) -> None:
    with left.app.app_context():
        fingerprint = seals.signer().fingerprint
        with db.writing() as session:
            now = clock.now()
            session.add(
                StolenSeal(seal_fingerprint=fingerprint, since=now, reported_at=now, reason="x")
            )
    for name, data in (("a.pdf", left.pdfs["ion-1"]), ("zi.csv", left.day_file)):
        assert f"{name}: poartă un sigiliu raportat furat" in upload(left, (name, data))
    assert len(states(left)) == 2


# Numbers ---------------------------------------------------------------------------------------


def test_no_lost_number_is_ever_given_again(left: Lost) -> None:
    """Nothing is left but the newest paper: what is lost is annulled, and numbers go on past it."""
    add_person(left.after, "Vasile", "Nou", "vasile", "Asociația Trei")
    complete(left.after, left.after.enrolments["vasile"], tells=False)
    with left.app.app_context():
        bulk.sweep()
    assert len(states(left)) == 2  # locked
    page = confirm(left, left.numbers["corrected"])
    assert "Numerele rămân blocate" in page
    for key in ("ion-1", "ion-2", "corrected"):
        assert left.numbers[key] in page
    with left.app.app_context():
        bulk.sweep()
    assert len(states(left)) == 2  # still
    page = post(
        left,
        "/register/recovery/annul",
        number=[left.numbers[k] for k in ("ion-1", "ion-2", "corrected")],
        **{"annul-reason": "nu s-au găsit"},
    )
    assert "Nimic nu este blocat" in page
    with left.app.app_context():
        bulk.sweep()
        given = db.session().scalars(sa.select(Certificate.number)).all()
    assert not set(given) & {left.numbers[k] for k in ("ion-1", "ion-2", "corrected")}
    assert len(given) == 3  # Vasile's goes past all that was lost
    assert "-000006-" in max(given)
    assert_whole(left)
    listed = left.after.client("auditor").get("/register?state=void").text
    assert "pierdut odată cu o copie de siguranță: nu s-au găsit" in listed
    # A PDF that turns up now changes nothing any more: the number stays annulled.
    upload(left, ("a.pdf", left.pdfs["ion-1"]))
    with left.app.app_context():
        assert queries.by_number(left.numbers["ion-1"]) is None
        assert db.session().scalar(sa.select(sa.func.count(LostNumber.id))) == 3


def test_the_last_number_is_never_below_the_registers_own(left: Lost) -> None:
    page = confirm(left, left.numbers["first"])
    assert "Registrul însuși are" in page
    assert is_locked(left)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("TST-2026-000009-A", "Acesta nu este un număr"), ("ALT", "Acesta nu este un număr")],
)
def test_a_number_that_cannot_be_is_said_beside_its_field(
    left: Lost, typed: str, sentence: str
) -> None:
    year = clock.today("Europe/Bucharest").year
    page = post(
        left,
        "/register/recovery/last-numbers",
        **{f"number-TST-{year}": typed, "last-reason": "x"},
    )
    assert sentence in page
    assert is_locked(left)


def test_without_a_number_or_a_reason_nothing_is_unlocked(left: Lost) -> None:
    year = clock.today("Europe/Bucharest").year
    page = post(left, "/register/recovery/last-numbers", **{"last-reason": "x"})
    assert is_locked(left)
    page = post(left, "/register/recovery/last-numbers", **{f"held-TST-{year}": "yes"})
    assert "Scrieți motivul" in page
    assert is_locked(left)


def test_where_nothing_was_given_since_the_register_goes_on_at_once(left: Lost) -> None:
    year = clock.today("Europe/Bucharest").year
    form = {f"held-TST-{year}": "yes", "last-reason": "nimic după copia de siguranță"}
    page = post(left, "/register/recovery/last-numbers", **form)
    assert "Nimic nu este blocat" in page
    page = post(left, "/register/recovery/last-numbers", **form)  # a second click
    assert not is_locked(left)


def test_a_reserved_number_waits_while_its_series_is_locked(left: Lost) -> None:
    with left.app.app_context(), db.writing() as session:
        found = session.scalars(sa.select(Certificate).order_by(Certificate.id)).first()
        assert found is not None
        found.state, found.issued_at = CertificateState.RESERVED, None
        found_id = found.id
    with left.app.app_context():
        assert issuing.finish(found_id) is False
        bulk.sweep()
        assert db.session().get_one(Certificate, found_id).state is CertificateState.RESERVED


def test_a_series_made_anew_after_a_restore_is_locked_too(left: Lost) -> None:
    data = ProgrammeData(
        **dict.fromkeys(ProgrammeData.__dataclass_fields__)
        | {
            "title": "Program refăcut",
            "short_name": "Refăcut",
            "issuers": ["Asociația Exemplu"],
            "certificate_title": "Certificat",
            "certificate_series": "NOU",
            "zone": "Europe/Bucharest",
            "signatories": (),
        }
    )
    with left.app.app_context():
        with db.writing():
            create_programme(data, by=left.after.persons["registrar"], now=clock.now())
        assert "NOU" in {each.series for each in lost.open_ones()}
        assert queries.locks()
        db.end_reading()
    with clock.stopped_at(clock.now() + timedelta(days=400)), left.app.app_context():
        assert lost.guard_new_series("ALTA", date.today().year) is False
        db.end_reading()


# From the shell --------------------------------------------------------------------------------


def test_all_of_it_is_done_from_the_shell(left: Lost, tmp_path: Path) -> None:
    run = left.app.test_cli_runner().invoke
    (tmp_path / "zi.csv").write_bytes(left.day_file)
    (tmp_path / "a.pdf").write_bytes(left.pdfs["ion-1"])
    done = run(args=["certificate", "recover", str(tmp_path / "a.pdf")])
    assert done.exit_code == 1
    assert f"--whose {left.numbers['ion-1']}=ENROLMENT" in done.output
    choice = f"{left.numbers['ion-1']}={left.before.enrolments['ion-1']}"
    done = run(args=["certificate", "recover", str(tmp_path / "a.pdf"), "--whose", choice])
    assert done.exit_code == 0, done.output
    assert "Entered or completed: 1; waiting: 0; refused: 0." in done.output
    done = run(args=["certificate", "unlock", "--reason", "x"])
    assert "Say --last NUMBER" in done.output
    last = left.numbers["corrected"]
    done = run(args=["certificate", "unlock", "--last", last, "--as-held", "--reason", "hârtia"])
    assert f"stays locked; lost: {left.numbers['ion-2']}" in done.output
    done = run(args=["certificate", "void", left.numbers["ion-2"], "--reason", "nu s-a găsit"])
    assert f"Annulled: {left.numbers['ion-2']}" in done.output
    done = run(args=["certificate", "void", left.numbers["ion-1"], "--reason", "x"])
    assert "can't be annulled: it is valid" in done.output
    done = run(args=["certificate", "recover", str(tmp_path / "zi.csv")])
    assert "Numbers are given again." in done.output, done.output
    assert not is_locked(left)
    assert_whole(left)


def test_roles_that_may_not_are_refused(left: Lost) -> None:
    with left.app.app_context(), db.writing():
        someone = make_person("Alt", "Om", sign_in_name="alt-om")
        db.session().flush()
        accounts.grant_role(someone, Role.AUDITOR, by=None, now=clock.now())
    for path in ("last-numbers", "annul", "choice", "files"):
        answer = ask(left.after.client("auditor"), "POST", f"/register/recovery/{path}", {})
        assert answer.status_code == 403
    assert left.after.client("auditor").get("/register/recovery").status_code == 200
    assert left.after.client("learner").get("/register/recovery").status_code == 403

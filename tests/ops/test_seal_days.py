"""The seal's three bad days, by the steps of docs/seal.md: lost, stolen, about to expire."""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from lms import checks, clock, db
from lms.certificates import bulk, issuing, public, sealing, seals
from lms.certificates.health import FaultKind, seal_faults
from lms.certificates.render import render
from lms.certificates.verification import Outcome, Verdict
from lms.cli import main
from tests.cast import Cast, make_cast
from tests.certificates.certify import complete, file_of, issued, stored
from tests.certificates.conftest import make

GUIDE = (Path(__file__).parents[2] / "docs" / "seal.md").read_text(encoding="utf-8")


def steps(heading: str) -> list[str]:
    """The commands of a section of the guide, in order."""
    section = GUIDE.partition(f"## {heading}")[2].partition("\n## ")[0]
    blocks = re.findall(r"```\n(.*?)```", section, re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


@dataclass
class Office:
    """A site of its own, whose seal may come to harm."""

    app: Flask
    cast: Cast
    folder: Path

    def run(self, line: str, **places: str) -> str:
        """Run a line of the guide; KIT and the like are put in."""
        words = [places.get(word, word) for word in shlex.split(line)]
        words = [w.replace("/srv/atestat/instance", str(self.folder)) for w in words]
        assert words[0] == "lms"
        answer = self.app.test_cli_runner().invoke(main, words[1:])
        assert answer.exit_code in (0, 1), answer.output
        assert "Error" not in answer.output, f"{line}: {answer.output}"
        return answer.output

    @property
    def seal_folder(self) -> Path:
        with self.app.app_context():
            return seals.folder()

    def fingerprint(self) -> str:
        with self.app.app_context():
            return seals.signer().fingerprint

    def faults(self) -> set[FaultKind]:
        with self.app.app_context():
            return {fault.kind for fault in seal_faults()}

    def verdict(self, data: bytes) -> Verdict:
        with self.app.app_context():
            return public.check_file(public.inspect(data), hashlib.sha256(data).hexdigest())[0]


@pytest.fixture
def office(make_app, tmp_path: Path) -> Iterator[Office]:
    app = make_app()
    cast = make_cast(app)
    folder = tmp_path / "away"
    folder.mkdir()
    office = Office(app, cast, folder)
    with app.app_context():
        seals.ensure("Asociația Exemplu")
    return office


def kit_of(office: Office) -> str:
    """Do the first day's steps."""
    first, second = steps("On the first day")
    office.run(first)
    assert FaultKind.KIT_NOT_KEPT in office.faults()
    office.run(second)
    assert office.faults() == set()
    return str(office.folder / "kit.zip")


def test_lost_it_comes_back_from_the_kit_and_what_waited_is_issued(office: Office):
    kit, before = kit_of(office), office.fingerprint()
    old = file_of(office.cast, issued(office.cast, "learner"))
    shutil.rmtree(office.seal_folder)
    office.app.extensions.pop("lms_seal")  # the machine is another one
    assert FaultKind.SEAL_LOST in office.faults()
    complete(office.cast, office.cast.enrolments["classmate"], tells=False)

    restore, *then, _renew = steps("Lost")
    assert "seal is back" in office.run(restore, KIT=kit)
    for line in then:
        office.run(line)
    assert office.fingerprint() == before
    assert office.faults() == set()
    assert office.verdict(old).outcome is Outcome.VALID
    with office.app.app_context():
        assert issuing.newest_certificate(office.cast.enrolments["classmate"]) is not None


def test_a_kit_is_refused_over_a_seal_that_works_and_rubbish_over_none(office: Office, tmp_path):
    kit = kit_of(office)
    runner = office.app.test_cli_runner()
    refused = runner.invoke(main, ["seal", "restore", kit])
    assert refused.exit_code == 1
    assert "There is a seal that works" in refused.output
    (office.seal_folder / "seal.key").write_bytes(b"rubbish")
    office.app.extensions.pop("lms_seal")
    rubbish = tmp_path / "rubbish.zip"
    rubbish.write_bytes(b"PK rubbish")
    assert "no recovery kit" in runner.invoke(main, ["seal", "restore", str(rubbish)]).output
    assert (office.seal_folder / "seal.key").read_bytes() == b"rubbish"
    office.run(f"lms seal restore {kit}")
    retired = list((office.seal_folder.parent / "retired").iterdir())
    assert len(retired) == 1  # what stood there is kept: perhaps somebody can mend it


def test_lost_for_good_a_new_one_seals_and_old_certificates_verify(office: Office):
    before = office.fingerprint()
    old = file_of(office.cast, issued(office.cast, "learner"))
    shutil.rmtree(office.seal_folder)
    office.app.extensions.pop("lms_seal")
    office.run(steps("Lost")[-1])
    assert office.fingerprint() != before
    new = file_of(office.cast, issued(office.cast, "classmate"))
    assert office.verdict(old).outcome is Outcome.VALID
    assert office.verdict(new).outcome is Outcome.VALID


def test_stolen_the_register_decides_and_the_thiefs_files_are_refused(office: Office, tmp_path):
    kit = kit_of(office)
    old = file_of(office.cast, issued(office.cast, "learner"))
    before = office.fingerprint()
    with office.app.app_context():
        stolen = seals.signer()
        # The thief writes a date of before the theft, and a code that exists.
        with stored(office.cast, 1) as certificate:
            code = certificate.code
    forged = stolen.sign(render(make(code=code)), at=clock.now() - timedelta(hours=2))

    report, listing = steps("Stolen")
    said = office.run(report)
    assert "What the register holds stays valid" in said
    assert office.fingerprint() != before
    listed = office.run(listing)
    assert "stolen since 2026-11-20 16:00 UTC" in listed

    genuine = office.verdict(old)
    assert genuine.outcome is Outcome.VALID
    assert genuine.seal_stolen_since is not None
    refused = office.verdict(forged)
    assert not refused.is_good
    assert refused.outcome is Outcome.NOT_IN_REGISTER
    assert refused.seal_stolen_since is not None
    new = office.verdict(file_of(office.cast, issued(office.cast, "classmate")))
    assert new.outcome is Outcome.VALID
    assert new.seal_stolen_since is None
    assert FaultKind.KIT_NOT_KEPT in office.faults()  # the new seal's kit is asked for
    assert kit


def test_the_page_says_of_a_stolen_seals_files_what_holds(office: Office):
    import io

    old = file_of(office.cast, issued(office.cast, "learner"))
    with office.app.app_context():
        stolen = seals.signer()
    forged = stolen.sign(render(make()), at=clock.now() - timedelta(hours=2))
    office.run(steps("Stolen")[0])

    def page(data: bytes) -> str:
        from tests.cast import csrf

        client = office.cast.client("anonymous")
        form = {"csrf_token": csrf(client), "file": (io.BytesIO(data), "x.pdf")}
        return client.post("/verify/file", data=form, content_type="multipart/form-data").text

    assert "Acest fișier este totuși autentic" in page(old)
    assert "nu a fost emis aici" in page(forged)


@pytest.mark.parametrize(
    ("days", "told"),
    [(61, None), (59, "60 days."), (29, "30 days."), (6, "7 days!"), (-1, "nothing can be issued")],
)
def test_the_coming_expiry_is_told_in_time(office: Office, days, told):
    with office.app.app_context():
        until = seals.about().valid_until
    with clock.stopped_at(until - timedelta(days=days)), office.app.app_context():
        found = [str(f.sentence) for f in seal_faults() if f.kind is not FaultKind.KIT_NOT_KEPT]
    assert [told in sentence for sentence in found] == ([] if told is None else [True])


def test_about_to_expire_the_next_one_takes_over_and_nothing_old_is_lost(office: Office):
    old = file_of(office.cast, issued(office.cast, "learner"))
    before = office.fingerprint()
    with office.app.app_context():
        until = seals.about().valid_until
    with clock.stopped_at(until + timedelta(days=2)):  # too late, even
        complete(office.cast, office.cast.enrolments["classmate"], tells=False)
        with office.app.app_context():
            issuing.issue(office.cast.enrolments["classmate"])
            assert not issuing.newest_certificate(office.cast.enrolments["classmate"]).files
        assert FaultKind.SEAL_EXPIRED in office.faults()
        with clock.stopped_at(until + timedelta(days=9)):
            for line in steps("About to expire"):
                office.run(line)
            assert office.faults() == set()
            assert office.fingerprint() != before
            with office.app.app_context():
                bulk.sweep()
                waited = issuing.newest_certificate(office.cast.enrolments["classmate"])
                data = issuing.file_bytes(waited)
                db.end_reading()
            assert data is not None
            assert office.verdict(data).outcome is Outcome.VALID
            assert office.verdict(old).outcome is Outcome.VALID


def test_a_process_that_runs_seals_with_the_new_one_at_once(office: Office):
    first = office.fingerprint()
    with office.app.app_context():
        held = office.app.extensions["lms_seal"]
        mark = office.app.extensions["lms_seal_mark"]
        sealing.renew()
        office.app.extensions["lms_seal"] = held  # as another process still has it
        office.app.extensions["lms_seal_mark"] = mark
        assert seals.signer().fingerprint != first


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["stolen", "--since", "ieri", "--reason", "x"], "Write the moment so"),
        (["stolen", "--since", "2999-01-01 10:00", "--reason", "x"], "in the future"),
        (["stolen", "--since", "2026-01-01 10:00", "--reason", " "], "Say what happened"),
        (
            ["stolen", "--since", "2026-01-01 10:00", "--reason", "x", "--fingerprint", "ab"],
            "No seal has this fingerprint",
        ),
    ],
)
def test_what_can_not_be_reported_is_refused(office: Office, arguments, sentence):
    answer = office.app.test_cli_runner().invoke(main, ["seal", *arguments])
    assert answer.exit_code == 1
    assert sentence in answer.output
    assert "stolen" not in office.run("lms seal list")


def test_a_seal_that_was_brought_is_not_made_anew(office: Office):
    office.app.config["LMS"] = replace(office.app.config["LMS"], seal_pkcs12="/x.p12")
    answer = office.app.test_cli_runner().invoke(main, ["seal", "renew"])
    assert answer.exit_code == 1
    assert "put the new one in its place" in answer.output


def test_the_owners_page_lists_every_seal(office: Office):
    with office.app.app_context():
        sealing.renew()
    page = office.cast.client("owner").get("/seal").text
    assert "Toate sigiliile acestui site" in page
    assert page.count("retras") >= 1
    assert checks.CHECKS  # the page is drawn with the checks loaded

"""September to December: the machine is lost, what is left brings all back; the archive."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from bench import learner
from bench.visitor import Visitor
from lms.certificates.numbering import parse_number
from tests.journeys.year import people
from tests.journeys.year.releasing import SECOND, hand_over, print_and_sign
from tests.journeys.year.story import EDITION, HOME, PNG, SERIES, Year, figures, row_of, says
from tests.serving import ROOT

BARE = shutil.which("python3", path="/usr/bin:/usr/local/bin") or "python3"


def the_machine_is_lost_and_another_takes_the_backup(year: Year) -> None:
    year.calendar.set("2025-09-10 09:00")
    shutil.rmtree(year.folder / "masina-1")
    year.move_to_another_machine()
    opened = year.folder / "site.zip"
    assert "atestat-" in year.site.lms("backup", "list")
    year.site.lms("backup", "fetch", "latest", opened)
    year.site.lms("restore", opened)
    opened.unlink()
    year.office.sign_in_name = "registrar@example.org"


def nobody_gets_a_number_until_the_last_one_is_confirmed(year: Year) -> None:
    office = year.office
    page = office.open("/register")
    says(page, "Numerele sunt blocate")
    assert year.numbers[SECOND[0].name] not in page.text
    page = office.open(f"{HOME}/releases")
    says(page, f"{len(SECOND)} participanți au încheiat")  # the release was lost as well


def lost_numbers_come_back_from_the_mailed_register(year: Year) -> None:
    office = year.office
    with year.counting("the register brought back after a restore", office):
        page = office.open(office.open("/register").link(to="/recovery"))
        file = {"file": ("registru.zip", year.kept["registrul zilei"])}
        page = office.submit(page.form(to="/files"), files=file)
        says(page, f"{len(SECOND)} certificate au fost introduse din nou")
        form = page.form(to="/last-numbers")
        (name,) = [n for n in form.names if n.startswith("number-")]
        last = max(year.numbers.values(), key=lambda n: parse_number(n).serial)
        reason = "registrul zilei de 8 septembrie, din e-mail"
        page = office.submit(form, {name: last, "last-reason": reason})
    says(page, "Nimic nu este blocat")


def the_second_release_does_not_give_a_second_number(year: Year) -> None:
    year.calendar.set("2025-09-10 12:00")
    office = year.office
    page = office.open(f"{HOME}/releases")
    for who in SECOND:  # their numbers are back; only the decision was lost
        assert f"are deja certificatul {year.numbers[who.name]}" in row_of(page, who.listed)
    page = office.submit(
        page.form(having="decision_number"),
        {"decision_number": "58/2025", "reason": "hotărârea comisiei, scrisă din nou"},
    )
    says(page, "58/2025", "41/2025")
    year.site.work()
    assert figures(office.open(f"{HOME}/certificates"))["certificate valabile"] == "22"


def everything_still_verifies_with_the_same_bytes(year: Year) -> None:
    stranger = year.site.person("un angajator")
    for who in people.AT_THE_END:
        page = stranger.open(f"/v/{year.verify[who.name]}")
        says(page, year.numbers[who.name])
        assert page.tree.xpath("//*[contains(@class,'verdict-ok')]"), page.text
        year.person(who).sign_in_name = year.names[who.name]
        held = learner.fetch_certificate(year.person(who), year.person(who).open("/learn"))
        assert held.pdf == year.pdfs[who.name], who.name


def the_second_batch_is_handed_over(year: Year) -> None:
    year.calendar.set("2025-09-15 11:00")
    print_and_sign(year)
    page = hand_over(
        year, [p.name for p in SECOND], {"way": "in_person", "document": "identity_card"}, PNG
    )
    says(page, "lista.png")


def chains_and_files_hold(year: Year) -> None:
    year.calendar.set("2025-12-10 10:00")
    year.site.work(nightly="backup.daily")
    found = json.loads(year.site.lms("doctor", "--json"))
    assert {f["check"] for f in found} == {"settings.base-url"}


def the_auditor_reads_the_same_in_the_reports(year: Year) -> None:
    auditor = year.site.person("Aurel Control")
    auditor.sign_in_name = "auditor@example.org"
    page = auditor.open(auditor.open(HOME).link(to="/reports"))
    page = auditor.open(page.link(to="/reports/certificates"))
    said = [value.split()[0] for value in figures(page).values()]
    assert said == ["23", "22", "22", "0"], figures(page)  # take part, completed, hold one, wait
    assert row_of(page, "Total").split()[1] == "23"


def the_auditor_takes_the_archive_away(year: Year) -> None:
    year.site.lms("archive", EDITION, year.folder / "arhiva.zip")


def the_auditors_account_ends_by_itself(year: Year) -> None:
    year.calendar.set("2026-01-05 10:00")
    auditor = year.site.person("Aurel Control")
    name, auditor.sign_in_name = auditor.sign_in_name, ""
    page = auditor.open(auditor.open("/").link(to="/sign-in"))
    said = {"identifier": name, "password": learner.PASSWORD}
    page = Visitor.submit(auditor, page.form(to="/sign-in", having="password"), said)
    assert page.status == 403
    says(page, "Accesul dumneavoastră a fost dat până la 31 decembrie 2025")


def somebody_with_only_the_zip_checks_it(year: Year) -> None:
    desk = year.folder / "birou"
    desk.mkdir()
    shutil.move(year.folder / "arhiva.zip", desk / "arhiva.zip")
    with zipfile.ZipFile(desk / "arhiva.zip") as archive:
        (desk / "check.py").write_bytes(archive.read("check.py"))
        names = archive.namelist()
        register = archive.read("register/register.csv")
        sealed = {archive.read(n) for n in names if n.endswith(".pdf")}
    assert set(year.pdfs.values()) <= sealed
    rows = list(csv.DictReader(io.StringIO(register.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 23
    done = _check(desk / "arhiva.zip")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The archive holds." in done.stdout
    changed = bytearray((desk / "arhiva.zip").read_bytes())
    with zipfile.ZipFile(desk / "arhiva.zip") as archive:
        inside = archive.getinfo("completion.csv")
        following = min(
            (i.header_offset for i in archive.infolist() if i.header_offset > inside.header_offset),
            default=archive.start_dir,
        )
    changed[following - inside.compress_size // 2] ^= 1
    (desk / "alta.zip").write_bytes(changed)
    done = _check(desk / "alta.zip")
    assert done.returncode == 1, done.stdout
    assert "BAD" in done.stdout


def _check(archive: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BARE, "-I", "check.py", archive.name],
        capture_output=True,
        text=True,
        cwd=archive.parent,
        env={"PATH": os.defpath, "PYTHONIOENCODING": "utf-8"},
        timeout=60,
    )


def the_figures_of_the_year_agree(year: Year) -> None:
    office = year.office
    page = office.open(HOME)
    assert figures(page)["participanți"] == "23"
    assert figures(page)["au încheiat cursul"] == "22"
    serials = sorted(parse_number(n).serial for n in _register(year))
    assert serials == list(range(1, 24))  # 22 people, one of them twice, no gap
    page = office.open(f"{HOME}/certificates")
    assert figures(page) == {"certificate valabile": "22", "de emis": "0", "în așteptare": "0"}
    for gap in ("netipărite", "nepredate", "de cerut înapoi sau de distrus"):
        assert any(f"{gap} 0" in words for words, _address in page.links()), page.text


def the_guide_counts_the_same_clicks(year: Year) -> None:
    guide = (ROOT / "docs" / "registrar.md").read_text(encoding="utf-8")
    counted = {name: int(n) for name, n in re.findall(r"^\| ([^|]+?) \| (\d+) \|$", guide, re.M)}
    assert counted == year.clicks


def _register(year: Year) -> set[str]:
    page = year.office.open("/register?order=")
    return {w for w in page.text.split() if w.startswith(f"{SERIES}-2025-") and parse_number(w)}

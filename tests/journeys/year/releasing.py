"""June to September: decisions, numbers, paper, and a name that changes."""

from __future__ import annotations

import re

from bench import learner
from bench.learner import words_of_pdf
from bench.visitor import Page
from lms.certificates.numbering import normalise_code, parse_number
from tests.journeys.year import people
from tests.journeys.year.people import Listed
from tests.journeys.year.story import HOME, PNG, Year, figures, row_of, says, ticked

FIRST = tuple(p for p in people.AT_THE_END if p.name not in people.LATE)
SECOND = tuple(p for p in people.AT_THE_END if p.name in people.LATE)
BY_PROXY, BY_POST = people.SHARES_OFFICE, ("Dragoș Buciumaș", "Ágnes Kővirág")


def _release(year: Year, *, decision: str) -> Page:
    office = year.office
    page = office.open(office.open(HOME).link(to="/certificates"))
    page = office.open(page.link(to="/releases"))
    page = office.submit(
        page.form(having="decision_number"),
        {"decision_number": decision, "reason": "hotărârea comisiei"},
    )
    year.site.work()
    return page


def keep_certificate(year: Year, who: Listed) -> None:
    """Let a holder download the certificate; note its number and code."""
    held = learner.fetch_certificate(year.person(who), year.person(who).open("/learn"))
    words = words_of_pdf(held.pdf).split()
    said = {str(n) for w in words if (n := parse_number(w))}
    (number,) = said - {year.numbers.get(who.name)}  # it may name the one that it replaces
    (code,) = {c for w in words if (c := normalise_code(w))}
    year.numbers[who.name], year.pdfs[who.name], year.verify[who.name] = number, held.pdf, code


def the_first_batch_is_released_by_decision_41(year: Year) -> None:
    year.calendar.set("2025-06-16 12:00")
    page = year.office.open(f"{HOME}/releases")
    says(page, f"{len(FIRST)} participanți au încheiat")
    with year.counting("a list released", year.office):
        page = _release(year, decision="41/2025")
    says(page, "41/2025")
    for who in FIRST:
        keep_certificate(year, who)
    serials = sorted(parse_number(n).serial for n in year.numbers.values())
    assert serials == list(range(1, len(FIRST) + 1))


def strangers_verify_by_code_and_by_file(year: Year) -> None:
    stranger = year.site.person("un angajator")
    for name, code in year.verify.items():
        page = stranger.open(f"/v/{code}")
        says(page, year.numbers[name])
        assert page.tree.xpath("//*[contains(@class,'verdict-ok')]"), page.text
    one = people.MARRIES
    page = stranger.open("/verify")
    file = {"file": ("certificat.pdf", year.pdfs[one], "application/pdf")}
    says(stranger.submit(page.form(having="file"), files=file), year.numbers[one])


def the_day_is_written_to_a_file_and_mailed(year: Year) -> None:
    year.calendar.set("2025-06-17 00:20")
    year.site.work()
    year.site.work()
    name, data = _newest_day(year)
    assert "2025-06-16" in name
    assert data.count(b"VECINI-2025-") >= len(FIRST) or data.startswith(b"PK")
    year.kept["registrul zilei"] = data


def _newest_day(year: Year) -> tuple[str, bytes]:
    mail = [m for m in year.mailbox.messages if [*m.iter_attachments()]][-1]
    assert "registrar@example.org" in str(mail["To"])
    (attached,) = mail.iter_attachments()
    return str(attached.get_filename()), attached.get_content()


def paper_is_printed_signed_and_handed_over(year: Year) -> None:
    year.calendar.set("2025-06-30 10:00")
    office = year.office
    with year.counting("all printed, and marked as signed", office):
        print_and_sign(year)
    year.calendar.set("2025-07-01 17:00")
    others = {*BY_PROXY, *BY_POST}
    in_person = [p.name for p in FIRST if p.name not in others]
    with year.counting("a hand-over with its scan", office):
        page = hand_over(year, in_person, {"way": "in_person", "document": "identity_card"}, PNG)
    says(page, "lista.png")
    receiver = {"way": "proxy", "document": "identity_card", "receiver": "Secretara primăriei"}
    hand_over(year, list(BY_PROXY), receiver)
    hand_over(year, list(BY_POST), {"way": "post", "tracking": "RR 123 456 789 RO"})
    page = office.open(f"{HOME}/certificates")
    assert "predat" in row_of(page, "Buciumaș")
    page = office.open(page.link(words="nepredate"))
    says(page, "aici nu a mai rămas nimic de făcut")


def print_and_sign(year: Year) -> None:
    """Print what is not printed yet, and write down that it was signed by hand."""
    office = year.office
    page = office.open(office.open(HOME).link(to="/certificates"))
    page = office.open(page.link(words="netipărite"))
    page = office.submit(page.form(having="which"), button="Tipăriți")
    pdf = office.request("GET", page.link(to=".pdf")).content  # it comes by itself
    assert pdf.startswith(b"%PDF")
    page = office.open(office.open(f"{HOME}/certificates").link(words="nesemnate"))
    page = office.submit(page.form(having="which"), button="Semnate")
    says(office.submit(page.form(having="do")), "Semnate de mână")


def hand_over(
    year: Year, names: list[str], values: dict[str, str], scan: bytes | None = None
) -> Page:
    office = year.office
    page = office.open(f"{HOME}/certificates")
    page = office.open(page.link(words="nepredate"))
    form = page.form(having="certificate")
    wanted = {"certificate": ticked(page, "certificate", names)}
    page = office.submit(form, wanted, button="Predate")
    files = {"scan": ("lista.png", scan)} if scan else {"scan": ("", b"")}
    return office.submit(page.form(having="way"), values, files=files)


def a_name_changes_and_the_paper_is_called_back(year: Year) -> None:
    year.calendar.set("2025-07-14 11:00")
    office = year.office
    old = year.numbers[people.MARRIES]
    with year.counting("a change of name with its new certificate", office):
        page = office.open(year.place(people.MARRIES).link(to="/name"))
        values = {"family_name": "Cireșaru", "reason": "certificat de căsătorie văzut la 14 iulie"}
        page = office.submit(page.form(having="family_name"), values, button="do")
        says(page, "de cerut înapoi")
        page = office.submit(page.form(having="family_name"), button="do")
    year.site.work()
    who = next(p for p in FIRST if p.name == people.MARRIES)
    code = year.verify[who.name]
    year.kept["certificatul vechi"] = year.pdfs[who.name]
    keep_certificate(year, who)
    assert year.numbers[who.name] != old
    page = year.site.person("un angajator").open(f"/v/{code}")
    says(page, "înlocuit")
    assert "Plopeanu" not in page.text
    assert "Cireșaru" not in page.text
    year.calendar.set("2025-07-21 11:00")
    page = office.open(office.open(f"{HOME}/certificates").link(words="de cerut înapoi"))
    says(page, old)
    page = office.submit(
        page.form(having="certificate"),
        {"certificate": list(_boxes(page))},
        button="Înapoiate",
    )
    page = office.submit(page.form(having="do"))
    page = office.open(f"{HOME}/certificates")
    assert not [w for w, _h in page.links() if re.search(r"de cerut înapoi.*[1-9]", w)]
    print_and_sign(year)
    hand_over(year, ["Ana Cireșaru"], {"way": "in_person", "document": "identity_card"})


def _boxes(page: Page) -> list[str]:
    return [str(v) for v in page.tree.xpath("//input[@name='certificate']/@value")]


def the_second_wave_is_released_by_decision_58_after_the_backup(year: Year) -> None:
    year.calendar.set("2025-09-08 03:10")
    year.site.work(nightly="backup.daily")  # the nightly backup, proved by restoring it
    assert "atestat-" in year.site.lms("backup", "list")
    year.calendar.set("2025-09-08 12:00")
    page = year.office.open(f"{HOME}/releases")
    says(page, f"{len(SECOND)} participanți au încheiat")
    _release(year, decision="58/2025")
    for who in SECOND:
        keep_certificate(year, who)
    assert figures(year.office.open(f"{HOME}/certificates"))["certificate valabile"] == "22"
    year.calendar.set("2025-09-09 00:20")
    year.site.work()
    year.site.work()
    name, year.kept["registrul zilei"] = _newest_day(year)
    assert "2025-09-08" in name

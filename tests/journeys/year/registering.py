"""January and February: the site, the programme, the list, the doors."""

from __future__ import annotations

import json

from bench import learner, registrar
from bench.visitor import Page
from lms.safety.sheets import Column, read_table, write_xlsx
from tests.entry.asked import ESF_PLUS, shipped
from tests.journeys.year import course, people
from tests.journeys.year.story import (
    EDITION,
    HOME,
    SERIES,
    Year,
    enter_and_answer,
    figures,
    find_places,
    row_of,
    says,
)

_PROGRAMME = {
    "title": "Vecini buni, localități vii (probă)",
    "short_name": "Vecini",
    "funder": "Fundația Exemplu",
    "contract_number": "7/2025",
    "project_code": "EX-2025-007",
    "funding_statement": "Program de probă, cu finanțatori închipuiți.",
    "issuers": "Asociația Exemplu",
    "issuer_contact": "secretariat@example.org",
    "place": "Valea Plopilor",
    "signatory_1_name": "Ana Exemplu",
    "signatory_1_function": "reprezentant legal",
    "signatory_2_name": "Ion Exemplu",
    "signatory_2_function": "manager de proiect",
    "certificate_series": SERIES,
    "retain_until": "2035-12-31",
}


def a_volunteer_sets_the_site_up(year: Year) -> None:
    year.calendar.set("2025-01-13 10:00")
    said_first = json.loads(year.site.lms("init", "--organisation", "Asociația Exemplu", "--json"))
    folder = year.folder / "curs"
    for path, data in course.files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    year.site.lms("course", "import", folder, "--publish")
    colleagues = (
        *(("Rodica", "Registru", "registrar"), ("Petru", "Formator", "trainer")),
        ("Aurel", "Control", "auditor"),
    )
    for given, family, role in colleagues:
        more = ["--ends-on", "2025-12-31"] if role == "auditor" else []
        address = f"{role}@example.org"
        said = year.site.lms(
            *("user", "create", "--given", given, "--family", family, "--email", address),
            *("--role", role, "--json", *more),
        )
        somebody = year.site.person(f"{given} {family}")
        learner.enter(somebody, json.loads(said)["link"])
        somebody.has_entered(address)
    year.site.lms("certificate", "kit", year.folder / "sigiliu.zip", "--stored-at", "seif")
    owner = year.site.person("Otilia Proprietar")
    learner.enter(owner, said_first["owner_link"])


def the_registrar_describes_the_programme_and_its_edition(year: Year) -> None:
    year.calendar.set("2025-01-20 09:00")
    office = year.office
    page = office.open(office.open("/").link(to="/programmes/new"))
    page = office.submit(page.form(having="certificate_series"), _PROGRAMME)
    programme = page.url
    page = office.open(page.link(to="/editions/new"))
    form = page.form(having="course_id")
    page = office.submit(
        form,
        {
            "title": "Vecini buni, 2025",
            "slug": EDITION,
            "starts_on": "2025-02-03",
            "ends_on": "2025-11-28",
            "target_number": "24",
            "hours_required": "6",
            "issuing": "release",
        },
    )
    page = office.open(programme)
    page = office.submit(page.form(to="/complete"))
    page = office.open(page.link(to="/entry"))
    page = office.submit(page.form(having="set_id"), {"set_id": "esf-plus-2021-2027"})
    says(page, "FSE+ 2021–2027")


def _upload(year: Year, workbook: bytes) -> Page:
    office = year.office
    page = office.open(HOME)
    page = office.open(page.link(to="/import", words="Importați"))
    return office.submit(page.form(having="file"), files={"file": ("lista.xlsx", workbook)})


def _said_to_be_two(year: Year, page: Page) -> Page:
    """Say that the two of the town hall, who share the office's address, are two people."""
    says(page, "1 întrebare de lămurit", "același e-mail, alt nume")
    form = page.form(having="plan")
    (asked,) = [n for n in form.names if n.startswith("answer-")]
    page = year.office.submit(form, {asked: "different"}, button="show")
    return says(page, "24 de participanți de înscris")


def a_list_with_headings_of_its_own_is_read_once_its_columns_are_named(year: Year) -> None:
    year.calendar.set("2025-01-22 09:00")
    with year.counting(
        "a list of 24: columns named, one question answered, everybody enrolled", year.office
    ):
        page = _upload(year, people.workbook(people.draft()))
        says(page, "Nicio coloană nu conține")
        wanted = {"Familia": "family_name", "Prenumele de acasă": "given_names"}
        wanted |= {"Adresa electronică": "email", "Unde activează": "organisation"}
        form = page.form(having="column-1")
        by_heading = {h: f"column-{n}" for n, h in enumerate(people.HEADINGS)}
        page = year.office.submit(form, {by_heading[h]: field for h, field in wanted.items()})
        says(page, "Coloanele sunt ținute minte", "Coloane lăsate deoparte: Nr., Observații")
        page = _said_to_be_two(year, page)
        page = year.office.submit(page.form(having="plan"), button="do")
    says(page, "24 de participanți au fost înscriși")
    assert "Grupa Sud" in row_of(page, "Plopeanu Ana")


def the_wrong_list_is_taken_back_and_the_right_one_comes_in(year: Year) -> None:
    office = year.office
    with year.counting("an import taken back", office):
        page = office.open(office.open(HOME).link(to="/imports"))
        page = office.open(next(h for _w, h in page.links() if "/imports/" in h))
        page = office.open(page.link(to="/undo"))
        says(page, "24")
        page = office.submit(page.form(having="reason"), {"reason": "grupele erau inversate"})
    says(office.open(HOME), "Încă niciun participant")
    page = _upload(year, people.workbook())  # the columns are remembered
    says(page, "Familia → Nume (ținut minte)")
    page = _said_to_be_two(year, page)
    page = office.submit(page.form(having="plan"), button="do")
    assert "Grupa Nord" in row_of(page, "Plopeanu Ana")
    assert figures(page)["participanți"] == "24"
    find_places(year)
    assert len(year.places) == 24


def a_later_list_changes_only_what_is_ticked(year: Year) -> None:
    page = _upload(year, people.workbook(people.with_a_new_phone()))
    says(page, "Nu este nimic de făcut", "0740 000 099")
    form = page.form(having="plan")
    (box,) = [n for n in form.names if n.startswith("update-")]
    page = year.office.submit(form, {box: "yes"}, button="show")
    page = year.office.submit(page.form(having="plan"), button="do")
    says(page, "1 persoană cunoscută a fost actualizată")
    says(year.place(people.DISPUTES), "0740 000 099")


def invitations_go_by_mail_and_letters_by_post(year: Year) -> None:
    year.calendar.set("2025-01-23 11:00")
    office = year.office
    with year.counting("invitations and letters for all", office):
        page = office.open(HOME)
        form = page.form(to="/letters", having="all")
        sheets = office.submit(form).response.content
        page = office.submit(page.form(to="/invitations", having="all"))
    assert sheets.startswith(b"%PDF")
    by_sign_in = registrar.letters(sheets)
    by_letter = [p for p in people.LIST if p.email in {"", people.OFFICE}]
    assert len(by_sign_in) == len(by_letter) == 3
    for one in by_letter:
        page = year.place(one.name)
        (code,) = [c for name, c in by_sign_in.items() if name in page.text]
        year.codes[one.name] = code
    year.site.work()
    invited = [m for m in year.mailbox.messages if str(m["To"]).endswith("@exemplu.example")]
    assert len(invited) == 21
    assert not year.site.mails_to(people.OFFICE)  # nobody opens another's letter


def whoever_does_not_come_is_reminded_once_a_day_and_not_after_coming(year: Year) -> None:
    year.calendar.set("2025-01-27 10:00")
    office = year.office
    page = office.open(office.open(HOME).link(to="/messages"))
    page = office.open(page.link(to="/reminders"))
    form = page.form(having="on_never_in")
    page = office.submit(
        form, {"on_never_in": "y", "on_end_open": "y", "days_end_open": "3"}, button="do"
    )
    early = people.LIST[5]
    enter_and_answer(year, early)
    year.calendar.set("2025-01-30 10:00")
    for _again in range(3):
        year.site.work()
        year.site.lms("reminders", "run")
    year.site.work()
    reminded = [m for m in year.site.mails_to("@exemplu.example") if "/reminders/stop/" in m]
    assert len(reminded) == 20  # once each, and not whoever came
    assert not any("/reminders/stop/" in m for m in year.site.mails_to(early.email))


def entry_answers_come_from_pages_and_from_paper(year: Year) -> None:
    year.calendar.set("2025-02-03 09:00")
    says(enter_and_answer(year, people.LIST[0]), "Testul inițial")
    office = year.office
    with year.counting("entry answers from paper, by list", office):
        page = office.open(office.open(HOME).link(to="/entry"))
        page = office.open(page.link(to="/entry/import"))
        model = office.open(page.link(to="model.xlsx")).response.content
        upload = {"file": ("intrare.xlsx", _filled_in(model, people.WITHOUT_EMAIL))}
        page = office.submit(page.form(having="file"), files=upload)
        page = office.submit(page.form(to="/keep"))
    says(page, "Răspunsurile unei persoane s-au păstrat")
    assert "dintr-o listă" in row_of(page, "Fânețeanu Neculai")
    assert figures(page)["au răspuns"] == "3"


def _filled_in(model: bytes, name: str) -> bytes:
    """Fill in one person's row of the list, as the signed form says."""
    table = read_table(model, "model.xlsx")
    asked = shipped(ESF_PLUS)
    given, _space, family = name.partition(" ")
    said = {q.label["ro"]: q.options[0].label["ro"] for q in asked.questions if q.options}
    said[asked.by_id["birth"].label["ro"]] = "1961-10-04"
    (row,) = [r.cells for r in table.rows if given in r.cells and family in r.cells]
    cells = [said.get(heading, cell) for heading, cell in zip(table.columns, row, strict=True)]
    return write_xlsx("Intrare", [Column(h, 20) for h in table.columns], [cells])

"""February to June: meetings and hours, learning, what goes wrong and is put right."""

from __future__ import annotations

from lms.safety.sheets import write_csv
from tests.journeys.year import course, people
from tests.journeys.year.people import NORTH, SOUTH
from tests.journeys.year.story import (
    HOME,
    PNG,
    Year,
    enter_and_answer,
    figures,
    find_places,
    learn,
    link_in,
    row_of,
    says,
    sit,
    ticked,
)

EVERYBODY = "Toată ediția"


def _set_meeting(year: Year, title: str, group: str, day: str) -> None:
    office = year.office
    page = office.open(office.open(HOME).link(to="/meetings"))
    page = office.open(page.link(to="/meetings/new"))
    form = page.form(having="starts")
    options = {
        o.text: o.get("value") for o in form.element.xpath(".//select[@id='group_id']/option")
    }
    page = office.submit(
        form,
        {
            "title": title,
            "group_id": options.get(group, "0"),
            "on": day,
            "starts": "10:00",
            "ends": "13:00",
            "place": "Căminul cultural, Poiana Exemplului",
            "trainers": "Petru Formator",
        },
    )
    year.meetings[title] = page.url
    says(page, title, "3 ore")


def three_meetings_are_set(year: Year) -> None:
    year.calendar.set("2025-02-03 12:00")
    with year.counting("a meeting set", year.office):
        _set_meeting(year, "Deschiderea", EVERYBODY, "2025-02-05")
    _set_meeting(year, "Atelierul Nord", NORTH, "2025-03-19")
    _set_meeting(year, "Atelierul Sud", SOUTH, "2025-03-20")


def the_opening_is_ticked_from_the_signed_sheet(year: Year) -> None:
    year.calendar.set("2025-02-05 13:30")
    office = year.office
    page = office.open(year.meetings["Deschiderea"])
    sheet = office.open(page.link(to="/sheet.pdf")).response.content
    assert sheet.startswith(b"%PDF")
    there = [p.name for p in people.LIST if p.name != people.NEVER_COMES]
    with year.counting("presence ticked from the signed sheet", office):
        page = office.open(year.meetings["Deschiderea"])
        form = page.form(to="/presence")
        page = office.submit(form, {"present": ticked(page, "present", there)})
        says(page, "consemnată prezența pentru 23 de persoane", "23 din 24")
    page = office.submit(page.form(to="/scans"), files={"scan": ("lista.png", PNG)})
    says(page, "lista.png")


def everybody_who_came_begins(year: Year) -> None:
    """Doors, entry, the initial test and the first module; two take the office's letters."""
    year.calendar.set("2025-02-06 18:00")
    for who in people.LIST:
        if who.name in {people.NEVER_COMES, people.LEAVES, people.IS_REPLACED}:
            continue
        if who.name not in {people.MARRIES, people.DISPUTES}:
            enter_and_answer(year, who)
        learn(year, who, until="Testul modulului 1")
    page = year.office.open(HOME)
    assert figures(page)["nu au intrat niciodată"] == "3"


def a_test_on_paper_counts(year: Year) -> None:
    year.calendar.set("2025-02-20 15:00")
    with year.counting("a test taken on paper", year.office):
        page = year.place(people.WITHOUT_EMAIL)
        (row,) = page.tree.xpath("//tr[contains(., 'Testul modulului 1')]")
        (paper,) = row.xpath(".//a[contains(., 'Dat pe hârtie')]/@href")
        page = year.office.open(paper)
        values = {
            "taken_on": "2025-02-19",
            "place": "Biblioteca din Poiana Exemplului",
            "earned": "3",
            "possible": "3",
            "reason": "fără internet în sat",
        }
        page = year.office.submit(
            page.form(having="taken_on"), values, files={"scan": ("lucrare.png", PNG)}
        )
    row_words = row_of(year.place(people.WITHOUT_EMAIL), "100 % pe hârtie")
    assert "Testul modulului 1" in row_words
    assert "100 % pe hârtie, 19.02.2025 promovat" in row_words
    page = year.person(people.WITHOUT_EMAIL).open("/learn")
    says(page, "1 din 2 module")


def one_withdraws_and_one_is_replaced(year: Year) -> None:
    year.calendar.set("2025-03-10 10:00")
    office = year.office
    with year.counting("a withdrawal", office):
        page = year.place(people.LEAVES)
        form = page.form(to="/withdraw")
        page = office.submit(form, {"on": "2025-03-07", "reason": "s-a mutat la Cluj"})
    says(page, "s-a retras", "din 7 martie 2025", "s-a mutat la Cluj")
    with year.counting("a replacement", office):
        page = office.open(year.place(people.IS_REPLACED).link(to="/replace"))
        new = people.NEWCOMER
        page = office.submit(
            page.form(having="reason"),
            {
                "family_name": new.family,
                "given_names": new.given,
                "email": new.email,
                "reason": "a schimbat locul de muncă",
            },
        )
    says(page, "Catrinel Zmeurescu", "Emil Spinișteanu")
    find_places(year)
    year.site.work()
    assert link_in(year.site.mails_to(new.email)[-1])
    page = office.open(HOME)
    says(page, "23")
    assert figures(page)["participanți"] == "23"  # the seat counts once, who left does not count


def the_newcomer_catches_up(year: Year) -> None:
    year.calendar.set("2025-03-12 20:00")
    enter_and_answer(year, people.NEWCOMER)
    learn(year, people.NEWCOMER, until="Testul modulului 1")
    office = year.office
    page = office.open(year.meetings["Deschiderea"])
    form = page.form(to="/presence")
    there = [value for name, value in form.fields if name == "present"]
    there += ticked(page, "present", [people.REPLACES])
    page = office.submit(form, {"present": there})
    says(page, "consemnată prezența pentru o persoană", "24 din 25")


def the_north_gives_the_code_from_the_wall(year: Year) -> None:
    year.calendar.set("2025-03-19 10:05")
    page = year.trainer.open(year.meetings["Atelierul Nord"])
    page = year.trainer.open(page.link(to="/code"))
    (code,) = page.tree.xpath("//*[@class='wall-code']")
    north = [p for p in people.AT_THE_END if p.group == NORTH]
    for who in north:
        visitor = year.person(who)
        page = visitor.open("/learn/meetings")
        page = visitor.submit(page.form(having="code"), {"code": code.text_content()})
        says(page, "prezent")
    page = year.trainer.open(year.meetings["Atelierul Nord"])
    says(page, f"{len(north)} din", "prin cod")


def the_souths_presence_is_imported(year: Year) -> None:
    year.calendar.set("2025-03-20 14:00")
    south = [p for p in people.AT_THE_END if p.group == SOUTH]
    data = write_csv(["Nume", "Prenume", "Prezent"], [[p.family, p.given, "da"] for p in south])
    page = year.trainer.open(year.meetings["Atelierul Sud"])
    page = year.trainer.open(page.link(to="/import"))
    page = year.trainer.submit(page.form(having="file"), files={"file": ("sud.csv", data)})
    page = year.trainer.submit(page.form(having="rows"))
    says(page, f"{len(south)} din {len(south) + 1}")  # who never came is expected still


def a_learner_disputes_a_question_and_is_given_her_due(year: Year) -> None:
    """There is no form for a dispute: it is said to the trainer, who mends and gives anew."""
    year.calendar.set("2025-04-02 19:00")
    who = next(p for p in people.LIST if p.name == people.DISPUTES)
    visitor = year.person(who)
    learn(year, who, until="Testul modulului 2")
    page = learn(year, who, until="Testul modulului 2")
    for _both in range(2):
        page = visitor.open(f"/courses/{course.SLUG}/quizzes/vecini-q2")
        page = sit(visitor, page)
        says(page, "66,67")
    page = visitor.open(f"/courses/{course.SLUG}/quizzes/vecini-q2")
    assert not page.has_form(to="/start")
    year.calendar.set("2025-04-03 09:00")
    trainer = year.trainer
    with year.counting("a wrong question: files brought in again, one more attempt given", trainer):
        page = trainer.open(trainer.open("/").link(to="/teaching"))
        page = trainer.open(page.link(to="/import", words="Fișierele"))
        archive = {"archive": ("curs.zip", course.archive(mended=True))}
        page = trainer.submit(page.form(having="archive"), files=archive)
        page = trainer.submit(page.form(having="version"))
        says(page, "Cursul a fost importat")
        page = trainer.open(year.places[people.DISPUTES])
        page = trainer.submit(
            page.form(to="/attempts"), {"reason": "întrebarea 1 avea cheia greșită"}
        )
    page = visitor.open(f"/courses/{course.SLUG}/quizzes/vecini-q2")
    says(sit(visitor, page), "100")


def whoever_forgets_the_last_test_is_reminded_until_it_is_done(year: Year) -> None:
    year.calendar.set("2025-05-05 18:00")
    who = next(p for p in people.LIST if p.name == people.FORGETS_THE_END)
    learn(year, who, until="Testul final")
    before = len(year.site.mails_to(who.email))
    year.calendar.set("2025-05-09 10:00")
    year.site.work()
    year.site.lms("reminders", "run")
    year.site.work()
    sent = year.site.mails_to(who.email)[before:]
    assert len(sent) == 1
    assert "/reminders/stop/" in sent[0]
    page = learn(year, who)
    says(page, "Ați încheiat cursul")
    for day in ("2025-05-12 10:00", "2025-05-16 10:00", "2025-05-23 10:00"):
        year.calendar.set(day)
        year.site.work()
    assert len(year.site.mails_to(who.email)) == before + 1


def the_first_wave_finishes(year: Year) -> None:
    year.calendar.set("2025-06-02 18:00")
    for who in people.AT_THE_END:
        if who.name != people.FORGETS_THE_END and who.name not in people.LATE:
            says(learn(year, who), "Ați încheiat cursul")


def the_second_wave_finishes(year: Year) -> None:
    year.calendar.set("2025-08-20 18:00")
    for who in people.AT_THE_END:
        if who.name in people.LATE:
            says(learn(year, who), "Ați încheiat cursul")

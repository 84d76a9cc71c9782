"""What the chapters share: the site, who is who, and the pages that one always goes by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import learner
from bench.learner import Code
from bench.visitor import Page
from lms.backup import lockbox
from tests.journeys.year import course, people
from tests.journeys.year.people import Listed
from tests.journeys.year.site import Calendar, Person, Site, machine
from tests.serving import Mailbox

EDITION, SERIES = "vecini-2025", "VECINI"
HOME = f"/editions/{EDITION}"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


@dataclass
class Year:
    """The story so far."""

    site: Site
    calendar: Calendar
    mailbox: Mailbox
    folder: Path
    move_to_another_machine: Callable[[], None] = lambda: None
    codes: dict[str, Code] = field(default_factory=dict)  # from printed letters, by name
    places: dict[str, str] = field(default_factory=dict)  # a participant's page, by name
    meetings: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    verify: dict[str, str] = field(default_factory=dict)  # the codes that are printed
    pdfs: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)  # files that somebody put away
    names: dict[str, str] = field(default_factory=dict)  # by which people sign in
    clicks: dict[str, int] = field(default_factory=dict)

    @classmethod
    def begun(
        cls,
        stack: ExitStack,
        folder: Path,
        calendar: Calendar,
        mailbox: Mailbox,
        smtp: str,
        database: Callable[[], str],
    ) -> Year:
        """Begin a year on an empty machine; what is kept elsewhere outlives each machine."""
        backups, days = folder / "alt-disc", folder / "registrele-zilelor"
        backups.mkdir()  # another disk
        key = lockbox.new_key()
        made: list[Site] = []

        def another() -> Site:
            site = machine(
                stack,
                folder / f"masina-{len(made) + 1}",
                *(database(), smtp, calendar, mailbox),
                backup_to=str(backups),
                backup_key=key,
                register_days=str(days),
            )
            made.append(site)
            return site

        year = cls(another(), calendar, mailbox, folder)

        def move() -> None:
            year.site = another()

        year.move_to_another_machine = move
        return year

    @property
    def office(self) -> Person:
        return self.site.person("Rodica Registru")

    @property
    def trainer(self) -> Person:
        return self.site.person("Petru Formator")

    def person(self, who: Listed | str) -> Person:
        return self.site.person(who if isinstance(who, str) else who.name)

    def place(self, name: str) -> Page:
        """Open a participant's page in the office."""
        return self.office.open(self.places[name])

    @contextmanager
    def counting(self, flow: str, who: Person) -> Iterator[None]:
        """Count what somebody opens and presses in a flow."""
        before = who.clicks
        yield
        self.clicks[flow] = who.clicks - before


def says(page: Page, *sentences: str) -> Page:
    """Check that a page says something; return it."""
    for sentence in sentences:
        assert sentence in page.text, f"{page.url} does not say “{sentence}”: {page.text[:3000]}"
    return page


def figures(page: Page) -> dict[str, str]:
    """Return the big figures of a page by their words."""
    return {
        " ".join(box.xpath("./dt")[0].text_content().split()): " ".join(
            box.xpath("./dd")[0].text_content().split()
        )
        for box in page.tree.xpath("//dl[contains(@class,'figures')]/div")
    }


def row_of(page: Page, words: str) -> str:
    """Return the words of the one table row that holds some words."""
    rows = [" ".join(r.text_content().split()) for r in page.tree.xpath("//tbody/tr")]
    (found,) = [r for r in rows if words in r]
    return found


def ids_by_name(page: Page, field_name: str) -> dict[str, str]:
    """Return the values of a list's tick boxes by the words beside them, whole rows."""
    found = {}
    for box in page.tree.xpath(f"//input[@type='checkbox'][@name='{field_name}']"):
        row = box.xpath("./ancestor::*[self::tr or self::li][1]")[0]
        found[" ".join(row.text_content().split())] = box.get("value")
    return found


def ticked(page: Page, field_name: str, names: list[str]) -> list[str]:
    """Return the values of the boxes beside some names."""
    known = ids_by_name(page, field_name)
    values = []
    for name in names:
        given, _space, family = name.partition(" ")
        (value,) = [v for words, v in known.items() if given in words and family in words]
        values.append(value)
    return values


def link_in(mail: str) -> str:
    """Return the one-use link in a mail."""
    found = re.search(r"https?://\S+/link/\S+", mail)
    assert found, mail
    return found.group()


def enter(year: Year, who: Listed) -> Page:
    """Come in by the link of the newest mail, or by the printed letter."""
    door = year.codes.get(who.name) or link_in(
        next(m for m in reversed(year.site.mails_to(who.email)) if "/link/" in m)
    )
    page = learner.enter(year.person(who), door)
    own = door.sign_in_name if isinstance(door, Code) else who.email
    year.person(who).has_entered(own)
    year.names[who.name] = own
    return page


def answer_entry(page: Page, visitor: Person) -> Page:
    """Answer the entry questions, page by page, as shortly as they allow."""
    while "/learn/entry/" in page.path and page.has_form(to=page.path):
        form = page.form(to=page.path)
        values: dict[str, str] = {}
        for name in form.names:
            if name.endswith("-day"):
                stem = name.removesuffix("-day")
                values |= {name: "14", f"{stem}-month": "5", f"{stem}-year": "1980"}
        for radio in form.element.xpath(".//input[@type='radio'][not(@value='')]"):
            values.setdefault(radio.get("name"), radio.get("value"))
        for select in form.element.xpath(".//select"):
            options = [o.get("value") for o in select.xpath(".//option") if o.get("value")]
            if not select.get("name").endswith("-band"):
                values[select.get("name")] = options[0]
        page = visitor.submit(form, values)
    return page


def enter_and_answer(year: Year, who: Listed) -> Page:
    """Come in, and answer what is asked before the first lesson, unless it came on paper."""
    page = enter(year, who)
    if who.name == people.WITHOUT_EMAIL:
        return page
    says(page, "Câteva întrebări despre dumneavoastră")
    return answer_entry(year.person(who).open(page.link(to="/learn/entry/")), year.person(who))


def sit(visitor: Person, page: Page, *, rightly: bool = True) -> Page:
    """Begin the test of a page, answer it and hand it in."""
    paper = visitor.submit(page.form(to="/start"))
    form = paper.form(to="/submit")
    return visitor.submit(form, course.answer(form, rightly=rightly))


def learn(year: Year, who: Listed, *, until: str = "") -> Page:
    """Go the way that the pages show, to its end or to where they lead to some words."""
    visitor = year.person(who)
    page = visitor.open("/learn")
    for _step in range(60):
        if page.path.startswith("/learn/entry/"):
            page = answer_entry(page, visitor)
        elif page.has_form(to="/read"):
            page = visitor.submit(page.form(to="/read"))
        elif page.has_form(to="/questionnaire"):
            page = learner.give_opinion(visitor, page)
        elif page.has_form(to="/start"):
            if until and until in page.text:
                return page
            sit(visitor, page)
            page = visitor.open("/learn")
        elif (step := next_step(page)) is None:
            if page.path == "/learn":
                return page
            page = visitor.open("/learn")
        elif until and until in step[0]:
            return page
        else:
            page = visitor.open(step[1])
    raise AssertionError(f"the way does not end: {page.url} {page.text[:500]}")


def next_step(page: Page) -> tuple[str, str] | None:
    """Return what the card „continue” says, and where it leads."""
    for card in page.tree.xpath("//section[contains(@class,'continue')]"):
        for link in card.xpath(".//a/@href"):
            if "/courses/" in link or "/learn/entry/" in link:
                return " ".join(card.text_content().split()), str(link)
    return None


def find_places(year: Year) -> None:
    """Note each participant's page, from the edition's table."""
    page = year.office.open(HOME)
    everybody = (*people.LIST, people.NEWCOMER)
    for words, address in page.links():
        for one in everybody:
            if words == one.listed and re.search(r"/participants/\d+$", address):
                year.places[one.name] = address

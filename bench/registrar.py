"""A registrar's way: programme, edition, list, invitations, letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bench.learner import Code, words_of_pdf
from bench.visitor import NotOffered, Page, Visitor

SERIES = "PROBA"
EDITION = "proba-2026"

_PROGRAMME = {
    "title": "Orașe mici, parteneriate mari (probă)",
    "short_name": "Proba",
    "funder": "Fundația Exemplu",
    "contract_number": "12/2026",
    "project_code": "EX-2026-012",
    "funding_statement": "Program de probă, cu finanțatori închipuiți.",
    "issuers": "Asociația Exemplu\nAsociația „Izvorul Viu”",
    "issuer_contact": "secretariat@example.org",
    "place": "Valea Plopilor",
    "signatory_1_name": "Ana Exemplu",
    "signatory_1_function": "reprezentant legal",
    "signatory_2_name": "Ion Exemplu",
    "signatory_2_function": "manager de proiect",
    "certificate_series": SERIES,
    "retain_until": "2036-12-31",
}


def set_up_programme(visitor: Visitor) -> Page:
    """Create the programme and its edition, declare it complete; return the edition's page."""
    page = visitor.open(visitor.url)
    page = visitor.open(page.link(to="/programmes/new"))
    page = visitor.submit(page.form(having="certificate_series"), _PROGRAMME)
    programme = page.url
    page = visitor.open(page.link(to="/editions/new"))
    form = page.form(having="course_id")
    course = form.element.xpath(
        ".//*[@name='course_id']//option/@value | .//input[@name='course_id']/@value"
    )
    today = date.today()
    page = visitor.submit(
        form,
        {
            "title": "Ediția de probă",
            "slug": EDITION,
            "course_id": [value for value in course if value][:1],
            "starts_on": today.isoformat(),
            "ends_on": (today + timedelta(days=90)).isoformat(),
            "target_number": "160",
            "hours_required": "0",
            "issuing": "automatic",
        },
    )
    page = visitor.open(programme)
    page = visitor.submit(page.form(to="/complete"))
    page = visitor.open(page.link(to="/editions"))
    return visitor.open(page.link(to=f"/editions/{EDITION}"))


def import_people(visitor: Visitor, edition: Page, name: str, workbook: bytes) -> Page:
    """Upload a list, say that nobody is „the same person”, enrol all; return the edition's page."""
    page = visitor.open(edition.link(to="/import", words="Importați"))
    page = visitor.submit(page.form(having="file"), files={"file": (name, workbook)})
    form = page.form(having="plan")
    asked = {n for n in form.names if n.startswith("answer-")}
    if asked:
        page = visitor.submit(form, dict.fromkeys(sorted(asked), "different"), button="show")
        form = page.form(having="plan")
    page = visitor.submit(form, button="do")
    assert page.path == edition.path, page.text[:500]
    return page


@dataclass(frozen=True)
class Opened:
    """What let people in: letters' codes by name, and how many were invited by mail."""

    codes: dict[str, Code]


_LETTER = re.compile(
    r"(?:Nume de intrare|Sign-in name)\s+(\S+).*?"
    r"(?:Cod de unică folosință|One-use code)\s{2,}(\S+)",
    re.DOTALL,
)


def open_doors(visitor: Visitor, edition: Page) -> dict[str, Code]:
    """Print letters for those without an address of their own, invite the others by mail.

    Returns the letters' codes by sign-in name.
    """
    form = edition.form(to="/letters", having="all")
    data = form.filled({})
    file = visitor.request("POST", form.action, data=data)
    codes = letters(file.content) if file.content.startswith(b"%PDF") else {}
    page = visitor.submit(edition.form(to="/invitations", having="all"))
    assert page.status == 200
    return codes


def letters(pdf: bytes) -> dict[str, Code]:
    """Read sign-in name and code from each sheet."""
    found = {}
    for sheet in words_of_pdf(pdf).split("\f"):
        if not sheet.strip():
            continue
        match = _LETTER.search(sheet)
        if match is None:
            raise NotOffered(f"a letter without name and code:\n{sheet}")
        found[match[1]] = Code(match[1], match[2])
    return found

"""Whom the story is about: an invented list of 24, with the oddities that lists have."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lms.people_names import fold
from lms.safety.sheets import Column, write_xlsx

OFFICE = "registratura@primaria-poiana.example"
HEADINGS = (
    *("Nr.", "Familia", "Prenumele de acasă", "Adresa electronică", "Telefon", "Unde activează"),
    *("Funcția", "Județul", "Grupa", "Observații"),
)
NORTH, SOUTH = "Grupa Nord", "Grupa Sud"
POIANA, IZVOR = "Primăria Comunei Poiana Exemplului", "Asociația Izvorul Viu"
SUNDIAL, LUNCA = "Asociația Ceasul Solar", "Primăria Orașului Lunca Inventată"

MARRIES = "Ana Plopeanu"
LEAVES = "Vlad Hornărescu"
IS_REPLACED, REPLACES = "Emil Spinișteanu", "Catrinel Zmeurescu"
NEVER_COMES = "Sorin Păstrăvaru"
WITHOUT_EMAIL = "Neculai Fânețeanu"
SHARES_OFFICE = ("Mărioara Cireșaru", "Ionuț Șipoteanu")
DISPUTES = "Ilinca Brumărescu"
FORGETS_THE_END = "Tudor Ghiocescu"
LATE = (
    *("Horia Lăstărescu", "Săftica Mușețelu", "Gruia Țintaru", "Raluca Vișinaru"),
    *("Matei Codrișor", "Anuța Dudescu", "Catrinel Zmeurescu"),
)


@dataclass(frozen=True)
class Listed:
    """A row of the list."""

    given: str
    family: str
    organisation: str
    group: str
    email: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def listed(self) -> str:
        return f"{self.family} {self.given}"


def _row(name: str, organisation: str, group: str, **more: str) -> Listed:
    given, _space, family = name.partition(" ")
    own = f"{fold(given)}.{fold(family)}@exemplu.example".replace(" ", "")
    return replace(Listed(given, family, organisation, group, own), **more)


LIST = (
    _row(MARRIES, IZVOR, NORTH),
    _row(LEAVES, IZVOR, NORTH),
    _row(SHARES_OFFICE[0], POIANA, NORTH, email=OFFICE),
    _row(SHARES_OFFICE[1], POIANA, NORTH, email=OFFICE),
    _row(WITHOUT_EMAIL, POIANA, NORTH, email="", phone="0740 000 017"),
    _row(DISPUTES, IZVOR, NORTH),
    _row("Șerban Ulmișteanu", SUNDIAL, NORTH),
    _row("Crăița Vântureanu", SUNDIAL, NORTH),
    _row("Horia Lăstărescu", SUNDIAL, NORTH),
    _row("Săftica Mușețelu", LUNCA, NORTH),
    _row("Dragoș Buciumaș", LUNCA, NORTH),
    _row("Ágnes Kővirág", IZVOR, NORTH),
    _row(IS_REPLACED, LUNCA, SOUTH),
    _row(NEVER_COMES, LUNCA, SOUTH),
    _row(FORGETS_THE_END, SUNDIAL, SOUTH),
    _row("Mălina Sânzienescu", SUNDIAL, SOUTH),
    _row("Răzvan Grâuleț", IZVOR, SOUTH),
    _row("Smărăndița Verzișoru", IZVOR, SOUTH),
    _row("Gruia Țintaru", LUNCA, SOUTH),
    _row("Raluca Vișinaru", LUNCA, SOUTH),
    _row("Matei Codrișor", POIANA, SOUTH),
    _row("Anuța Dudescu", POIANA, SOUTH),
    _row("Győző Nagyerdőpataki", SUNDIAL, SOUTH),
    _row("Domnița Măceșanu", SUNDIAL, SOUTH),
)
NEWCOMER = _row(REPLACES, LUNCA, SOUTH)
AT_THE_END = tuple(p for p in (*LIST, NEWCOMER) if p.name not in {LEAVES, IS_REPLACED, NEVER_COMES})


def workbook(people: tuple[Listed, ...] = LIST) -> bytes:
    """Write the list as the organisations' secretaries keep it."""
    rows = [
        (
            *(at, p.family, p.given, p.email, p.phone, p.organisation),
            *("consilier" if "Primăria" in p.organisation else "voluntar", "Iași", p.group),
            "vine cu trenul" if at == 3 else "",
        )
        for at, p in enumerate(people, 1)
    ]
    return write_xlsx("Lista", [Column(h, 20) for h in HEADINGS], rows)


def draft() -> tuple[Listed, ...]:
    """Return the list as it came first, with the two groups mixed up."""
    other = {NORTH: SOUTH, SOUTH: NORTH}
    return tuple(replace(p, group=other[p.group]) for p in LIST)


def with_a_new_phone() -> tuple[Listed, ...]:
    """Return the list as it came later: one new telephone number, nothing else."""
    return tuple(replace(p, phone="0740 000 099") if p.name == DISPUTES else p for p in LIST)

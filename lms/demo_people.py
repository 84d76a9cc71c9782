"""The invented participants of the demo edition: the same 160 people every time.

Nobody here exists. Addresses are in the domain kept for examples, telephone numbers and
registration codes in ranges that nobody is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from stdnum.ro.cui import calc_check_digit

from lms.counties import COUNTIES
from lms.participants.facts import AreaCode, KindCode
from lms.safety.file_names import ascii_letters
from lms.safety.sheets import Cell, Column, write_xlsx

PEOPLE = 160
GROUPS = tuple(f"Grupa {number}" for number in range(1, 9))
ROSTER_FILE_NAME = "participanti-demo.xlsx"

_NGO_NAMES = (
    *("Izvorul Viu", "Podul de Piatră", "Lumina din Vale", "Cercul Deschis", "Șapte Cărări"),
    *("Înainte Împreună", "Ulița Noastră", "Țara de Sus și de Jos", "Casa cu Ferestre"),
    *("Firul Albastru", "Grădina de la Marginea Orașului", "Pașii Mici", "Vorba Bună"),
    *("Zăpada de Altădată", "Mâini de Ajutor", "Hărnicuțele", "Fântâna cu Cumpănă"),
    *("Rândunica Întoarsă", "Bătrânii Satului", "Școala de sub Nuc", "Acoperișul Comun"),
    *("Trei Plopi", "Câmpul Înverzit", "Sfatul Vecinilor", "Tinerii din Deal", "Apa Limpede"),
    *("Meșteșug și Obicei", "Drumul Mare", "Echipa de Miercuri", "Őszi Kert – Grădina de Toamnă"),
)
_TOWNS = (
    *("Valea Plopilor", "Gura Izvorului", "Dealul Închipuit", "Ștefăneștii de Poveste"),
    *("Lunca Inventată", "Târgu Neaflat", "Pârâul Basmului", "Cetatea de Hârtie"),
    *("Șipotele Nescrise", "Țărmul Închipuirii", "Vadul Exemplului", "Piatra Nevăzută"),
)
_COMMUNES = (
    *("Poiana Exemplului", "Fântâna Neaflată", "Satu Nicăieri", "Măgura Poveștii"),
    *("Câmpeni de Basm", "Rădăcina Verde", "Văleni-Închipuiți", "Stâna din Nori"),
    *("Ulmii de Altădată", "Șesul Nescris", "Țintirimul Florilor", "Cireșarii de Sus"),
    *("Cireșarii de Jos", "Zăvoiul Tăcut", "Bârsana Nimănui", "Kővirág – Floarea de Piatră"),
)
_FAMILY_NAMES = (
    *("Plopeanu", "Izvoranu", "Șipoteanu", "Țurțureanu", "Ghiocescu", "Fânețeanu", "Cireșaru"),
    *("Mălinescu", "Zăvoianu", "Brândușescu", "Văleanu-Cerbu", "Pădurețu", "Îndrăgescu"),
    *("Ștejărel", "Poienaru-Vânt", "Ăbăluță", "Lăstărescu", "Kővirág", "Nucșoreanu", "Țintaru"),
    *("Rândunelu", "Bâtlănescu", "Codrișor", "Spinișteanu", "Hornărescu", "Szőlőskerti"),
    *("Cumpănașu", "Fântânescu", "Împărătescu", "Ulmișteanu", "Înserățescu-Zoritu", "Grâuleț"),
    *("Sânzienescu", "Mușețelu", "Toporașu", "Nagyerdőpataki", "Verzișoru", "Coșarbă-Ninsoare"),
    *("Țesălaru", "Dudescu-Umbră", "Vișinaru", "Licurișteanu", "Omătescu", "Scânteioru"),
    *("Buciumaș", "Brumărescu-Toamnă", "Șindrilaru", "Ierunceanu", "Câlțescu", "Őszirózsa"),
    *("Reînverzescu", "Țărânescu", "Vântureanu", "Jghebaru", "Lumânărelu", "Zmeurescu-Făt"),
    *("Păstrăvaru", "Nălbescu", "Răchitoiu-de-la-Marginea-Luncii", "Furcașu", "Ciuboțelu"),
    *("Măceșanu", "Străjeru-Piatră", "Ninsoreanu", "Hulubescu", "Patakvölgyi-Szép"),
)
_GIVEN_NAMES = (
    *("Ana", "Ștefan", "Ilinca", "Țuțu-Maria", "Călin", "Smărăndița", "Înger-Mihail", "Ágnes"),
    *("Răzvan", "Mălina", "Sânziana", "Octav", "Ioana-Brândușa", "Győző", "Tudor", "Lăcrămioara"),
    *("Matei", "Anișoara", "Ionuț", "Zsófia", "Horia", "Domnița", "Șerban", "Crăița"),
    *("Vlad-Ștefăniță", "Ruxandra", "Neculai", "Mărioara", "Dragoș", "Antoaneta-Despina-Eufrosina"),
    *("Sorin", "Pârvu", "Catrinel", "Örs", "Bogdan", "Anuța", "Luca", "Țăranca", "Emil"),
    *("Frusina", "Gruia", "Veronica", "Mircea", "Săftica", "Petru", "Ilona-Kinga", "Raluca"),
)
_NGO_FUNCTIONS = (
    *("reprezentant legal", "coordonator de proiecte", "responsabil financiar"),
    *("coordonator de voluntari", "asistent social", "responsabil comunicare", "voluntar"),
)
_AUTHORITY_FUNCTIONS = (
    *("secretar general", "consilier juridic", "inspector de specialitate", "asistent social"),
    *("consilier local", "referent registratură", "șef serviciu achiziții"),
)


@dataclass(frozen=True)
class DemoOrganisation:
    """An invented organisation; `office_email` is shared where several people use it."""

    name: str
    kind: KindCode
    cui: str
    county: str
    area: AreaCode
    office_email: str


@dataclass(frozen=True)
class DemoPerson:
    """An invented participant; `email` is empty for those who have none."""

    family_name: str
    given_names: str
    email: str
    phone: str
    organisation: DemoOrganisation
    function: str
    group: str


@cache
def demo_organisations() -> tuple[DemoOrganisation, ...]:
    """Return the invented organisations: associations and town halls in turn, in every county."""
    return tuple(_organisations())


def _organisations() -> Iterator[DemoOrganisation]:
    ngos = [f"Asociația „{name}” (exemplu)" for name in _NGO_NAMES]
    towns = [f"Primăria Orașului {name}" for name in _TOWNS]
    communes = [f"Primăria Comunei {name}" for name in _COMMUNES]
    others = ["Rețeaua Bibliotecilor Închipuite (exemplu)", "Ferma Socială „Trifoiul” (exemplu)"]
    names = [*_in_turn(ngos, [*towns, *communes]), *others]
    counties = tuple(COUNTIES)
    for number, name in enumerate(names):
        yield DemoOrganisation(
            name=name,
            kind=_kind(name, others),
            cui=_code(number),
            county=counties[number * 5 % len(counties)],
            area="rural" if name in communes or number % 6 == 0 else "urban",
            office_email=f"birou{number + 1}@example.org",
        )


def _in_turn(first: list[str], second: list[str]) -> Iterator[str]:
    for position in range(max(len(first), len(second))):
        yield from (names[position] for names in (first, second) if position < len(names))


def _kind(name: str, others: list[str]) -> KindCode:
    if name in others:
        return "other"
    return "ngo" if name.startswith("Asociația") else "public_authority"


def _code(number: int) -> str:
    """Make a registration code that passes the check, far above those that are given out."""
    body = f"99000{number:04}"
    return body + str(calc_check_digit(body))


@cache
def demo_people() -> tuple[DemoPerson, ...]:
    """Return the 160 invented participants, in the order of their list."""
    taken: set[str] = set()
    return tuple(_person(number, taken) for number in range(PEOPLE))


def _person(number: int, taken: set[str]) -> DemoPerson:
    family = _FAMILY_NAMES[number % len(_FAMILY_NAMES)]
    given = _GIVEN_NAMES[number * 5 % len(_GIVEN_NAMES)]
    organisations = demo_organisations()
    organisation = organisations[number % len(organisations)]
    is_ngo = organisation.kind != "public_authority"
    functions = _NGO_FUNCTIONS if is_ngo else _AUTHORITY_FUNCTIONS
    return DemoPerson(
        family_name=family,
        given_names=given,
        email=_email(number, family, given, organisation, taken),
        phone=f"0700 {number // 1000:03} {number % 1000:03}",
        organisation=organisation,
        function=functions[(number + number // len(organisations)) % len(functions)],
        group=GROUPS[number * len(GROUPS) // PEOPLE],
    )


def _email(
    number: int, family: str, given: str, organisation: DemoOrganisation, taken: set[str]
) -> str:
    if number % 11 == 5:
        return ""  # some have none, and get a printed letter
    if number % len(demo_organisations()) % 9 == 4:
        return organisation.office_email  # some share the office's
    first, last = given.partition("-")[0], family.partition("-")[0]
    stem = ascii_letters(f"{first}.{last}").lower()
    address = f"{stem}@example.org"
    if address in taken:
        address = f"{stem}{number + 1}@example.org"
    taken.add(address)
    return address


_COLUMNS = (
    *(Column("Nume", 24), Column("Prenume", 22), Column("E-mail", 36), Column("Telefon", 16)),
    *(Column("Organizație", 46), Column("Tip organizație", 20), Column("CUI", 14)),
    *(Column("Funcție", 28), Column("Județ", 18), Column("Grupă", 12), Column("Mediu", 10)),
)
_KIND_WORDS: dict[KindCode, str] = {
    "ngo": "ONG",
    "public_authority": "autoritate publică",
    "other": "alta",
}


@cache
def demo_roster_xlsx() -> bytes:
    """Return the participants' list as a registrar would get it: a workbook, Romanian headings."""
    return write_xlsx("Participanți", _COLUMNS, [_roster_row(p) for p in demo_people()])


def _roster_row(person: DemoPerson) -> list[Cell]:
    organisation = person.organisation
    return [
        *(person.family_name, person.given_names, person.email, person.phone),
        *(organisation.name, _KIND_WORDS[organisation.kind], organisation.cui, person.function),
        *(COUNTIES[organisation.county].name, person.group, organisation.area),
    ]

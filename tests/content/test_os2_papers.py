"""The working papers of OS2: each opens, has its parts, is written well and counts right."""

import io
import itertools
import re
from datetime import date
from decimal import Decimal
from functools import cache

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn

from lms.exchange import sources
from lms.exchange.course_files import read_course
from lms.papers.building import build
from lms.papers.paper import LEGAL_NOTE, Clause, Format, Paper
from tests.content.test_os2 import CONTENT
from tests.papers.spreadsheet import Spreadsheet

COURSE = read_course(sources.files_of_folder(CONTENT)).course
PAPERS = {paper.id: paper for paper in COURSE.papers}
DOCUMENTS = [p for p in PAPERS.values() if p.format is Format.DOCX]
WORKBOOKS = [p for p in PAPERS.values() if p.format is Format.XLSX]
MAY_BE_PRINTED = {"V", "S", "T", "M"}
FOREIGN = re.compile('[şţŞŢ"“‘’]')


@cache
def data(paper_id: str) -> bytes:
    return build(PAPERS[paper_id]).data


def opened(paper: Paper):
    return Document(io.BytesIO(data(paper.id)))


def texts_of(paper: Paper) -> list[str]:
    """Every text that a reader of the paper sees; formulas are none."""
    if paper.format is Format.DOCX:
        return [node.text or "" for node in opened(paper).element.iter(qn("w:t"))]
    book = openpyxl.load_workbook(io.BytesIO(data(paper.id)))
    cells = (c.value for page in book.worksheets for row in page.iter_rows() for c in row)
    return [value for value in cells if isinstance(value, str) and not value.startswith("=")]


def headed(document, title: str):
    """Return the table that has a column of this title."""
    return next(t for t in document.tables if title in {c.text for c in t.rows[0].cells})


def test_the_eight_papers_are_there():
    assert {paper.id: paper.format.value for paper in PAPERS.values()} == {
        "acord-de-parteneriat": "docx",
        "bugetul-comun": "xlsx",
        "harta-actorilor": "xlsx",
        "matricea-raci": "xlsx",
        "cadrul-logic": "xlsx",
        "grila-de-evaluare": "docx",
        "cerere-544": "docx",
        "fisa-propunerii": "docx",
    }


@pytest.mark.parametrize("paper", PAPERS.values(), ids=lambda p: p.id)
def test_a_paper_is_the_same_each_time(paper):
    assert build(paper).data == build(paper).data


@pytest.mark.parametrize("paper", PAPERS.values(), ids=lambda p: p.id)
def test_a_paper_is_written_as_romanian_is(paper):
    texts = [*texts_of(paper), paper.title["ro"], paper.summary["ro"]]
    assert len(texts) > 20
    assert [t for t in texts if FOREIGN.search(t)] == []
    assert [t for t in texts if "__" in t or "**" in t] == [], "a sign of the source is left"


@pytest.mark.parametrize("paper", PAPERS.values(), ids=lambda p: p.id)
def test_a_paper_rests_on_facts_that_may_be_printed(paper):
    codes = {fact.id: fact.confidence for fact in COURSE.facts}
    assert {codes[fact] for fact in paper.facts} <= MAY_BE_PRINTED
    names_a_law = any(
        re.search(r"\b(Legea|OUG|HG|Codul administrativ)\b", t) for t in texts_of(paper)
    )
    assert paper.is_legal or not names_a_law


@pytest.mark.parametrize("paper", PAPERS.values(), ids=lambda p: p.id)
def test_a_paper_claims_no_funding_and_bears_no_picture(paper):
    words = " ".join(texts_of(paper)).casefold()
    assert not re.search(r"fondul social european|uniunea europeană|poca|cofinanțat din", words)
    assert b"media/" not in data(paper.id)


@pytest.mark.parametrize("paper", [p for p in PAPERS.values() if p.is_legal], ids=lambda p: p.id)
def test_a_paper_that_touches_the_law_says_so_on_every_page(paper):
    if paper.format is Format.DOCX:
        assert LEGAL_NOTE in opened(paper).sections[0].footer.paragraphs[0].text
    else:
        book = openpyxl.load_workbook(io.BytesIO(data(paper.id)))
        seen = [page for page in book.worksheets if page.sheet_state == "visible"]
        assert {page.oddFooter.left.text for page in seen} == {LEGAL_NOTE}


# Documents ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", DOCUMENTS, ids=lambda p: p.id)
def test_a_document_can_be_read_aloud(paper):
    document = opened(paper)
    assert document.core_properties.language == "ro-RO"
    assert document.core_properties.title == paper.title["ro"]
    levels = [int(p.style.name[-1]) for p in document.paragraphs if p.style.name[:7] == "Heading"]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for table in document.tables:
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None
        has_heading = look.get(qn("w:firstRow")) == "1"
        marked = table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert has_heading is marked


@pytest.mark.parametrize("paper", DOCUMENTS, ids=lambda p: p.id)
def test_a_document_is_formatted_by_its_styles(paper):
    xml = opened(paper).element.xml
    for direct in ("<w:sz ", "<w:color ", "<w:b/>", "<w:i/>", "<w:jc ", "<w:ind "):
        assert direct not in xml


M3 = {
    "părțile": "Părțile și reprezentanții lor",
    "scopul": "Scopul",
    "durata": "Durata",
    "rolurile": "Rolurile",
    "contribuțiile": "Contribuțiile",
    "deciziile": "Cum se iau deciziile",
    "rezultatele": "Ale cui sunt rezultatele",
    "datele": "Datele personale",
    "comunicarea": "Comunicarea",
    "conflictele": "Când nu ne înțelegem",
    "modificarea": "Cum se modifică acordul",
    "ieșirea": "Cum se iese din acord",
}


def test_the_agreement_has_every_clause_and_says_how_to_write_it():
    clauses = [b for b in PAPERS["acord-de-parteneriat"].blocks if isinstance(b, Clause)]
    firm = [clause for clause in clauses if not clause.is_optional]
    assert [clause.title for clause in firm] == list(M3.values())
    assert all(clause.guidance and clause.points for clause in clauses)
    assert len(clauses) - len(firm) == 4


def test_the_agreement_numbers_its_clauses_itself_and_marks_the_optional_ones():
    paragraphs = opened(PAPERS["acord-de-parteneriat"]).paragraphs
    articles = [p for p in paragraphs if p.style.name == "Articol"]
    assert len(articles) == 16
    assert not any(re.match(r"(Art|\d)", p.text) for p in articles)
    assert [p.text.endswith("(clauză opțională)") for p in articles] == [False] * 12 + [True] * 4


def test_the_agreement_sends_to_the_council_as_practice_not_as_law():
    texts = " ".join(texts_of(PAPERS["acord-de-parteneriat"]))
    assert "În practică, participarea unei autorități locale" in texts
    assert "verificați în Codul administrativ" in texts


def test_the_grid_adds_up_and_the_declaration_comes_first():
    document = opened(PAPERS["grila-de-evaluare"])
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert [h[:2] for h in headings] == ["A.", "B.", "C.", "D."]
    grid = headed(document, "Maximum")
    *points, total = [int(row.cells[2].text) for row in grid.rows[1:]]
    assert sum(points) == total == 100


def test_the_steps_of_the_grid_reach_from_nothing_to_the_maximum():
    document = opened(PAPERS["grila-de-evaluare"])
    grid = headed(document, "Maximum")
    for row in grid.rows[1:-1]:
        ranges = [(int(a), int(b)) for a, b in re.findall(r"(\d+)–(\d+):", row.cells[1].text)]
        assert ranges[0][0] == 0
        assert ranges[-1][1] == int(row.cells[2].text)
        assert all(b[0] == a[1] + 1 for a, b in itertools.pairwise(ranges))


def test_the_request_states_the_terms_of_the_facts_sheet():
    document = opened(PAPERS["cerere-544"])
    calendar = headed(document, "Termenul")
    terms = {row.cells[0].text: row.cells[1].text for row in calendar.rows[2:]}
    assert terms == {
        "Refuz motivat": "5 zile",
        "Răspuns obișnuit": "10 zile",
        "Anunțul că este nevoie de mai mult timp": "în primele 10 zile",
        "Răspuns care cere mai mult timp": (
            "cel mult 30 de zile, dacă ați fost anunțat în primele 10"
        ),
        "Reclamație administrativă": "30 de zile de la luarea la cunoștință",
        "Răspunsul la reclamație": "15 zile",
        "Plângere în instanță": "30 de zile după expirarea termenului de la art. 7",
    }


def test_the_proposal_has_its_five_fields_in_order():
    document = opened(PAPERS["fisa-propunerii"])
    labels = [row.cells[0].paragraphs[0].text for t in document.tables for row in t.rows]
    assert [label for label in labels if label[0].isdigit()] == [
        "1. Articolul",
        "2. Problema",
        "3. Dovada",
        "4. Schimbarea propusă",
        "5. Efectul așteptat",
    ]


# Workbooks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", WORKBOOKS, ids=lambda p: p.id)
def test_an_empty_workbook_shows_no_error_and_nothing_to_mend(paper):
    book = Spreadsheet(data(paper.id))
    assert book.faults() == []
    for page in book.book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                assert not str(book.value(page.title, cell.coordinate)).startswith("De corectat")


@pytest.mark.parametrize("paper", WORKBOOKS, ids=lambda p: p.id)
def test_the_example_of_a_workbook_is_right(paper):
    book = Spreadsheet(data(paper.id))
    verdicts = [
        value
        for row in book.book["Exemplu"].iter_rows()
        for cell in row
        if str(value := book.value("Exemplu", cell.coordinate)).startswith(("Corect", "De corect"))
    ]
    assert set(verdicts) <= {"Corect"}


@pytest.mark.parametrize("paper", WORKBOOKS, ids=lambda p: p.id)
def test_a_workbook_prints_on_whole_pages_and_guards_its_formulas(paper):
    book = openpyxl.load_workbook(io.BytesIO(data(paper.id)))
    for page in (p for p in book.worksheets if p.sheet_state == "visible"):
        assert page.page_setup.paperSize == 9  # A4
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.print_title_rows
        assert page.freeze_panes
        assert page.protection.sheet
        assert page.protection.password is None
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    assert cell.protection.locked, f"{page.title}!{cell.coordinate}"


# Lines of the lesson's budget: quantity, price, then who pays what (columns I to N).
BUDGET = [
    ("Coordonator", "Oameni", "directă", 8, 4200, {"I": 33600}),
    ("Transport", "Deplasări și transport", "directă", 8, 1500, {"I": 12000}),
    ("Instruire", "Servicii", "directă", 2, 2200, {"K": 4400}),
    ("Materiale", "Materiale și consumabile", "directă", 8, 1000, {"I": 8000}),
    ("Reparații", "Echipamente și reparații", "directă", 60, 200, {"I": 8800, "K": 3200}),
    ("Sala", "Spații și utilități", "directă", 8, 600, {"J": 4800, "O": "grafic semnat"}),
    ("Voluntari", "Oameni", "directă", 960, 15, {"L": 14400, "O": "fișe de vizită"}),
    ("Contabilitate", "Administrare", "indirectă", 8, 600, {"K": 4800}),
    ("Comunicare", "Comunicare și evaluare", "directă", 1, 2000, {"K": 2000}),
]


@pytest.fixture
def budget():
    book = Spreadsheet(data("bugetul-comun"))
    for row, (line, category, kind, quantity, price, paid) in enumerate(BUDGET, 6):
        cells = {"A": line, "B": category, "C": kind, "D": "da", "F": quantity, "G": price, **paid}
        book.fill("Buget", **{f"{column}{row}": value for column, value in cells.items()})
    return book


def shown(book: Spreadsheet, sheet: str, label: str, column: str = "B"):
    """Return what stands beside a label."""
    for (cell,) in book.book[sheet].iter_rows(max_col=1):
        if cell.value == label:
            return book.value(sheet, f"{column}{cell.row}")
    raise AssertionError(f"{sheet} has no row „{label}”")


def test_the_lessons_budget_gives_the_lessons_figures(budget):
    assert shown(budget, "Buget", "Total", "H") == 96_000
    contributions = {
        who: [shown(budget, "Contribuții", who, c) for c in "BCD"]
        for who in ("Autoritatea", "Asociația", "Total")
    }
    assert contributions == {
        "Autoritatea": [62_400, 4_800, 67_200],
        "Asociația": [14_400, 14_400, 28_800],
        "Total": [76_800, 19_200, 96_000],
    }
    assert shown(budget, "Pe categorii", "Oameni") == 48_000


def test_the_same_association_has_three_percentages_each_with_its_base(budget):
    row = [shown(budget, "Contribuții", "Asociația", column) for column in "EFG"]
    assert row == [Decimal("0.3"), Decimal("0.15"), Decimal("0.1875")]


@pytest.mark.parametrize(
    ("base", "counted", "percent", "sentence"),
    [
        ("bugetul total", "în bani și în natură", "0.3", "cu 30 % din bugetul total."),
        ("bugetul total", "numai în bani", "0.15", "cu 15 % din bugetul total."),
        ("partea în bani", "numai în bani", "0.1875", "cu 18,75 % din partea în bani."),
        ("banii autorității", "numai în bani", None, "cu 23,08 % din banii autorității."),
        ("cheltuielile eligibile", "numai în bani", "0.15", "din cheltuielile eligibile."),
    ],
)
def test_the_percentage_follows_the_base_that_is_chosen(budget, base, counted, percent, sentence):
    budget.fill("Date", B13=base, B14=counted)
    assert shown(budget, "Date", "Baza procentului") == base
    found = shown(budget, "Cofinanțare", "Procentul la care se ajunge")
    assert percent is None or found == Decimal(percent)
    text = str(shown(budget, "Cofinanțare", "Propoziția pentru acord"))
    assert text.startswith(f"Asociația contribuie {counted} ")
    assert text.endswith(sentence)


def test_the_minimum_is_rounded_up_so_that_nobody_stays_below_it():
    book = Spreadsheet(data("bugetul-comun"))
    book.fill("Buget", A6="Lucrări", B6="Servicii", C6="directă", D6="da", F6=1, G6=127455.80)
    book.fill("Buget", K6=3823.67, I6=123632.13)
    book.fill("Date", B12=0.03)
    minimum = "Contribuția minimă, rotunjită în sus (lei)"
    assert shown(book, "Cofinanțare", minimum) == Decimal("3823.68")
    assert shown(book, "Cofinanțare", minimum, "C") == "De corectat: mai lipsesc 0,01 lei"
    book.fill("Buget", K6=3823.68, I6=123632.12)
    assert shown(book, "Cofinanțare", minimum, "C") == "Corect: minimul este atins"


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ({"I6": 33599.99}, "De corectat: lipsesc bani"),
        ({"I6": 33600.01}, "De corectat: sunt prea mulți bani"),
        ({"A6": None}, "De corectat: numiți linia"),
        ({"B6": None}, "De corectat: alegeți categoria"),
        ({"C6": None}, "De corectat: directă sau indirectă?"),
        ({"D6": None}, "De corectat: este eligibilă?"),
        ({"F6": None}, "De corectat: cantitate și preț"),
        ({"I6": 30000, "J6": 3600}, "De corectat: lipsește dovada"),
        ({"I6": 30000, "J6": 3600, "O6": "proces-verbal"}, "Corect"),
    ],
)
def test_a_line_that_does_not_add_up_is_told(budget, cells, verdict):
    budget.fill("Buget", **cells)
    assert budget.value("Buget", "P6") == verdict
    expected = "Corect" if verdict == "Corect" else "De corectat: vedeți foaia „Buget”"
    assert shown(budget, "Cofinanțare", "Liniile de îndreptat", "C") == expected


def test_ineligible_money_of_the_authority_is_told(budget):
    budget.fill("Buget", D7="nu")
    label = "Neeligibil, plătit din banii autorității (lei)"
    assert shown(budget, "Cofinanțare", label) == 12_000
    assert str(shown(budget, "Cofinanțare", label, "C")).startswith("De corectat")
    assert shown(budget, "Cofinanțare", "Cheltuielile eligibile (lei)") == 84_000


def test_a_map_puts_each_actor_into_its_quadrant():
    book = Spreadsheet(data("harta-actorilor"))
    marks = [("Primarul", 5, 4), ("Comisia", 5, 2), ("Vârstnicii", 2, 5), ("Farmacia", 2, 2)]
    marks += [("Asistenta", 4, 5), ("Medicul", 4, 3)]
    for row, (who, power, interest) in enumerate(marks, 7):
        book.fill("Actori", **{f"B{row}": who, f"D{row}": power, f"E{row}": interest})
    page = book.book["Harta"]
    quadrants = {}
    for row in page.iter_rows(min_row=6):
        power, number = row[0].value, row[1].value
        if number in (1, 2):
            quadrants[power, number] = [book.value("Harta", c.coordinate) for c in row[2:4]]
    assert quadrants == {
        ("mare", 1): ["Comisia", "Primarul"],
        ("mare", 2): ["Medicul", "Asistenta"],
        ("mică", 1): ["Farmacia", "Vârstnicii"],
        ("mică", 2): ["", ""],
    }
    assert book.value("Actori", "F8") == "mențineți mulțumit"
    assert book.value("Actori", "K7") == "De corectat: ce loc are în proiect?"


@pytest.mark.parametrize(
    ("marks", "filled", "verdict"),
    [
        ((4, 4), {}, "De corectat: lipsește măsura"),
        ((4, 4), {"F6": "O listă de rezervă"}, "De corectat: lipsește omul"),
        ((4, 4), {"F6": "O listă de rezervă", "G6": "Coordonatorul"}, "Corect"),
        ((3, 2), {}, "Corect: sub prag"),
        ((3, None), {}, "De corectat: scrieți riscul și notele"),
    ],
)
def test_a_risk_from_the_threshold_on_asks_for_a_measure_and_a_person(marks, filled, verdict):
    book = Spreadsheet(data("harta-actorilor"))
    book.fill("Riscuri", B6="Voluntarii renunță", C6=marks[0], D6=marks[1], **filled)
    assert book.value("Riscuri", "H6") == verdict


@pytest.mark.parametrize(
    ("letters", "verdict"),
    [
        (["A", "R"], "Corect"),
        (["A, R", "C", "I"], "Corect"),
        (["R", "C"], "De corectat: lipsește A"),
        (["A", "A, R"], "De corectat: sunt 2 litere A"),
        (["A", "A", "A"], "De corectat: sunt 3 litere A"),
        (["A", "C"], "De corectat: nimeni nu face (R)"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else value,
)
def test_a_row_of_the_matrix_has_exactly_one_a(letters, verdict):
    book = Spreadsheet(data("matricea-raci"))
    book.fill(
        "Matrice", B7="Raportul lunar", **dict(zip(["C7", "D7", "E7"], letters, strict=False))
    )
    assert book.value("Matrice", "K7") == verdict


def test_the_matrix_counts_what_each_function_carries_under_its_own_name():
    book = Spreadsheet(data("matricea-raci"))
    book.fill("Matrice", C6="Coordonator", B7="Raport", C7="A, R", B8="Vizite", C8="C", D8="A")
    found = [book.value("Încărcare", f"{column}5") for column in "ABCDEFG"]
    assert found == ["Coordonator", 1, 1, 1, 0, 2, 1]


def test_an_indicator_with_its_five_parts_is_right_and_shows_its_progress():
    book = Spreadsheet(data("cadrul-logic"))
    book.fill("Indicatori", B6="Bătrâni vizitați", C6="rezultat", D6=12, E6=54, I6=51)
    assert book.value("Indicatori", "K6") == "De corectat: până când?"
    book.fill("Indicatori", F6=date(2027, 12, 31), G6="fișele de vizită", H6="asistenta")
    assert book.value("Indicatori", "K6") == "Corect"
    assert round(book.value("Indicatori", "J6"), 4) == Decimal("0.9286")
    book.fill("Indicatori", E6=12)
    assert book.value("Indicatori", "J6") == ""
    assert book.value("Indicatori", "K6") == "De corectat: ținta este chiar pornirea"


def test_the_framework_has_the_four_columns_and_the_four_levels():
    page = openpyxl.load_workbook(io.BytesIO(data("cadrul-logic")))["Cadrul logic"]
    heading = next(row for row in page.iter_rows() if row[0].value == "Nivelul")
    assert [cell.value for cell in heading[1:]] == [
        "Logica intervenției",
        "Indicatori",
        "Surse de verificare",
        "Ipoteze",
    ]
    levels = [cell.value.split()[0] for (cell,) in page.iter_rows(min_row=6, max_col=1)]
    assert [name for name in ("Impact", "Rezultat", "Realizarea", "Activitatea") if name in levels]


def test_the_framework_is_read_from_the_bottom_up():
    book = Spreadsheet(data("cadrul-logic"))
    rows = {c.value: c.row for (c,) in book.book["Cadrul logic"].iter_rows(max_col=1)}
    book.fill("Cadrul logic", **{f"B{rows['Activitatea 1']}": "ținem patru întâlniri"})
    book.fill("Cadrul logic", **{f"B{rows['Realizarea 1']}": "avem 15 voluntari"})
    assert [book.value("Dacă – atunci", f"{c}5") for c in "BCD"] == [
        "ținem patru întâlniri",
        "",
        "avem 15 voluntari",
    ]
    assert book.value("Dacă – atunci", "E5") == "De corectat: scrieți ipoteza"

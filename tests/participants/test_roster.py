"""A list is read row by row, and compared with whom we know, without guessing about people."""

from collections.abc import Sequence

import pytest

from lms.participants.contacts import display_phone, normalise_email, normalise_phone
from lms.participants.roster import (
    DIFFERENT,
    Answer,
    Field,
    KnownPerson,
    Notice,
    Problem,
    RosterRow,
    Verdict,
    Why,
    apply_offers,
    map_columns,
    plan,
    read_roster,
    remap,
)
from lms.safety.sheets import read_table, write_csv, write_xlsx

HEADINGS = ("Nume", "Prenume", "E-mail", "Organizație", "Telefon")


def rows_of(*rows: Sequence[str], headings: Sequence[str] = HEADINGS) -> list[RosterRow]:
    table = read_table(write_csv(headings, rows), "lista.csv")
    return read_roster(table, map_columns(table.columns))


def one_row(headings: Sequence[str], cells: Sequence[str]) -> RosterRow:
    return rows_of(cells, headings=headings)[0]


# --- Headings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Prenume", Field.GIVEN_NAMES),
        ("PRENUMELE", Field.GIVEN_NAMES),
        ("Nume și prenume", Field.FULL_NAME),
        ("Nume şi prenume", Field.FULL_NAME),
        ("Numele si  prenumele participantului*", Field.FULL_NAME),
        ("Full name", Field.FULL_NAME_GIVEN_FIRST),
        ("E-mail", Field.EMAIL),
        ("Adresă de e-mail (instituțională)", Field.EMAIL),
        ("Nr. telefon", Field.PHONE),
        ("Organizație", Field.ORGANISATION),
        ("Organizaţia/instituţia", Field.ORGANISATION),
        ("Tip organizație", Field.KIND),
        ("C.U.I.", Field.CUI),
        ("CUI/CIF", Field.CUI),
        ("Funcția", Field.FUNCTION),
        ("Județ", Field.COUNTY),
        ("Grupă", Field.GROUP),
        ("Mediu (urban/rural)", Field.AREA),
        ("is_admin", None),
    ],
)
def test_headings_are_recognised(heading: str, field: Field | None) -> None:
    assert list(map_columns([heading]).positions) == ([field] if field else [])


def test_unknown_and_repeated_columns_are_named_and_not_read() -> None:
    mapping = map_columns(["Nume", "Prenume", "role", "is_admin", "", "Telefon", "Tel."])
    assert mapping.ignored == ("role", "is_admin", "E")
    assert mapping.repeated == ("Tel.",)
    assert mapping.positions[Field.PHONE] == 5


def test_a_name_column_without_given_names_holds_the_whole_name() -> None:
    assert map_columns(["Nume", "E-mail"]).positions.keys() == {Field.FULL_NAME, Field.EMAIL}
    assert map_columns(["Nume", "E-mail"]).has_names
    assert not map_columns(["Prenume", "E-mail"]).has_names
    assert not map_columns(["a", "b"]).has_names


def test_a_column_can_be_chosen_by_hand() -> None:
    mapping = remap(map_columns(["Nume", "Prenume", "Contact"]), {Field.EMAIL: 2})
    assert mapping.positions[Field.EMAIL] == 2


# --- Rows ------------------------------------------------------------------------------------


def test_a_full_row_is_read_into_typed_facts() -> None:
    cells = {
        "Nume": "Țăran",
        "Prenume": "Ană  Maria",
        "E-mail": "Ana@Example.ORG ",
        "Telefon": "0740 123 456",
        "Organizație": "Asociația X",
        "Tip": "ONG",
        "CUI": "RO 18547290",
        "Funcție": "Preşedinte",
        "Județ": "jud. Iaşi",
        "Grupă": "Grupa 1",
        "Mediu": "Rural",
    }
    row = one_row(list(cells), list(cells.values()))
    assert row.problems == ()
    assert row.warnings == ()
    assert (row.number, row.display_name) == (2, "Ană Maria Țăran")
    assert (row.email, row.phone) == ("Ana@example.org", "+40740123456")
    assert (row.kind, row.cui, row.county, row.area) == ("ngo", "18547290", "IS", "rural")
    assert row.function == "Președinte"


@pytest.mark.parametrize(
    ("heading", "value", "problem", "field"),
    [
        ("E-mail", "ana@", Problem.BAD_EMAIL, Field.EMAIL),
        ("E-mail", "a@x.ro, b@x.ro", Problem.BAD_EMAIL, Field.EMAIL),
        ("E-mail", "ană@example.org", Problem.BAD_EMAIL, Field.EMAIL),
        ("Telefon", "12", Problem.BAD_PHONE, Field.PHONE),
        ("Județ", "Atlantida", Problem.UNKNOWN_COUNTY, Field.COUNTY),
        ("CUI", "18547291", Problem.BAD_CUI, Field.CUI),
        ("CUI", "1630615123457", Problem.BAD_CUI, Field.CUI),
        ("Tip", "regat", Problem.UNKNOWN_KIND, Field.KIND),
        ("Mediu", "lunar", Problem.UNKNOWN_AREA, Field.AREA),
        ("Funcție", "x" * 300, Problem.TOO_LONG, Field.FUNCTION),
    ],
)
def test_a_wrong_value_is_named(heading: str, value: str, problem: Problem, field: Field) -> None:
    row = one_row(("Nume", "Prenume", heading), ("Pop", "Ana", value))
    assert [(found.what, found.field) for found in row.problems] == [(problem, field)]
    assert row.problems[0].value == value[:255]


def test_a_missing_name_is_a_problem() -> None:
    row = one_row(HEADINGS, ("Pop", "", "", "", ""))
    assert [(f.what, f.field) for f in row.problems] == [(Problem.MISSING_NAME, Field.GIVEN_NAMES)]


def test_empty_contacts_are_fine() -> None:
    assert one_row(HEADINGS, ("Pop", "Ana", "-", "", "")).problems == ()


def test_letters_are_offered_and_never_changed() -> None:
    row = one_row(HEADINGS, ("ŞERBAN", "Ioniţă", "", "Asociaţia Viu", ""))
    assert (row.family_name, row.given_names) == ("ŞERBAN", "Ioniţă")
    assert [(f.what, f.field, f.offered) for f in row.warnings] == [
        (Notice.CEDILLA, Field.FAMILY_NAME, "ȘERBAN"),
        (Notice.CAPITALS, Field.FAMILY_NAME, "Șerban"),
        (Notice.CEDILLA, Field.GIVEN_NAMES, "Ioniță"),
        (Notice.CEDILLA, Field.ORGANISATION, "Asociația Viu"),
        (Notice.KIND_GUESSED, Field.KIND, "ngo"),
    ]


def test_an_offer_is_taken_only_where_it_was_accepted() -> None:
    rows = rows_of(("ŞERBAN", "Ana", "", "", ""), ("Ţăran", "Ion", "", "", ""))
    first, second = apply_offers(rows, {2})
    assert (first.family_name, first.warnings) == ("Șerban", ())
    assert second.family_name == "Ţăran"


def test_a_name_with_strange_signs_is_pointed_out() -> None:
    row = one_row(HEADINGS, ("Bãlan", "Ion2", "", "", ""))
    assert [(f.what, f.field) for f in row.warnings] == [
        (Notice.ODD_NAME, Field.FAMILY_NAME),
        (Notice.ODD_NAME, Field.GIVEN_NAMES),
    ]


@pytest.mark.parametrize(
    ("heading", "whole", "family", "given"),
    [
        ("Nume și prenume", "Popescu Ana Maria", "Popescu", "Ana Maria"),
        ("Nume și prenume", "Ana Maria POPESCU", "POPESCU", "Ana Maria"),
        ("Full name", "Ana Maria Popescu", "Popescu", "Ana Maria"),
        ("Nume", "Pop-Ionescu Ana", "Pop-Ionescu", "Ana"),
    ],
)
def test_a_whole_name_is_parted_and_shown(
    heading: str, whole: str, family: str, given: str
) -> None:
    row = one_row((heading, "E-mail"), (whole, "a@example.org"))
    assert (row.family_name, row.given_names) == (family, given)
    assert row.warnings[0].what is Notice.NAME_SPLIT


def test_rows_that_resemble_earlier_ones_say_which() -> None:
    rows = rows_of(
        ("Pop", "Ana", "birou@example.org", "Primăria X", ""),
        ("Pop", "Ion", "BIROU@example.org", "Primăria X", ""),
        ("POP", "ANA", "", "primaria x", ""),
    )
    beside = [(f.what, f.other_row) for row in rows for f in row.warnings if f.other_row]
    assert beside == [
        (Notice.SAME_EMAIL, 2),
        (Notice.SAME_NAME_IN_ORGANISATION, 2),
    ]


def test_one_code_under_two_names_is_pointed_out() -> None:
    rows = rows_of(
        ("Pop", "Ana", "Asociația A", "18547290"),
        ("Pop", "Ion", "Asociația B", "RO18547290"),
        headings=("Nume", "Prenume", "Organizație", "CUI"),
    )
    assert (Notice.CUI_OF_ANOTHER_NAME, 2) in [(f.what, f.other_row) for f in rows[1].warnings]


def test_a_workbook_gives_the_same_rows_as_a_csv_file() -> None:
    rows = [["Țăran", "Ana", "a@example.org", "Asociația X", "+40740123456"]]
    table = read_table(write_xlsx("x", HEADINGS, rows), "x.xlsx")
    assert read_roster(table, map_columns(table.columns)) == rows_of(*rows)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0740 123 456", "+40740123456"),
        ("0740-123-456", "+40740123456"),
        ("740123456", "+40740123456"),
        ("40740123456", "+40740123456"),
        ("+40 (0)740.123.456", "+40740123456"),
        ("0040740123456", "+40740123456"),
        ("'+40740123456", "+40740123456"),
        ("021 311 1111", "+40213111111"),
        ("+373 22 123 456", "+37322123456"),
        ("0740123456/0741123456", None),
        ("074012345", None),
        ("0940123456", None),
        ("٠٧٤٠١٢٣٤٥٦", None),
        ("telefon", None),
        ("", None),
    ],
)
def test_phone_numbers_take_one_form(typed: str, number: str | None) -> None:
    assert normalise_phone(typed) == number


def test_phone_numbers_are_shown_as_people_write_them() -> None:
    assert display_phone("+40740123456") == "0740 123 456"
    assert display_phone("+40213111111") == "021 311 1111"
    assert display_phone("+37322123456") == "+37322123456"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Ana.Pop@Example.RO ", "Ana.Pop@example.ro"),
        ("mailto:a@example.org", "a@example.org"),
        ("<a@example.org>;", "a@example.org"),
        ("a@b", None),
        ("a b@example.org", None),
        ("a@example.org\r\nBcc: x@example.org", None),
        ("a..b@example.org", None),
        ("@example.org", None),
        ("x" * 65 + "@example.org", None),
        ("a@-example.org", None),
    ],
)
def test_addresses_take_one_form(typed: str, address: str | None) -> None:
    assert normalise_email(typed) == address


# --- The plan --------------------------------------------------------------------------------

ANA = KnownPerson(
    id=1,
    family_name="Pop",
    given_names="Ana",
    email="birou@example.org",
    phone="+40740123456",
    organisation="Primăria X",
    kind="public_authority",
)
ION = KnownPerson(
    id=2, family_name="Țăran", given_names="Ion", organisation="Asociația Y", kind="ngo"
)


def verdicts(
    rows: Sequence[RosterRow],
    known: Sequence[KnownPerson] = (ANA, ION),
    answers: dict[int, Answer] | None = None,
) -> list[tuple[Verdict, Why, int | None]]:
    return [(r.verdict, r.why, r.person_id) for r in plan(rows, known, answers).rows]


def test_a_person_with_the_same_name_and_address_is_known() -> None:
    rows = rows_of(("POP", "Ana", "Birou@example.org", "Primaria X", "0740123456"))
    [row] = plan(apply_offers(rows, {2}), [ANA, ION]).rows
    assert (row.verdict, row.why, row.person_id) == (
        Verdict.KNOWN,
        Why.SAME_NAME_AND_EMAIL,
        1,
    )


def test_names_with_the_halves_exchanged_are_one_name() -> None:
    assert verdicts(rows_of(("Ana", "Pop", "birou@example.org", "", "")))[0][0] is Verdict.CHANGED


def test_what_differs_is_listed_and_empty_cells_take_nothing_away() -> None:
    rows = rows_of(("Pop", "Ana", "ana@example.org", "", "0740123456"))
    [row] = plan(rows, [ANA]).rows
    assert (row.verdict, row.why) == (Verdict.CHANGED, Why.SAME_NAME_AND_PHONE)
    assert [(c.field, c.before, c.after) for c in row.changes] == [
        (Field.EMAIL, "birou@example.org", "ana@example.org")
    ]


def test_a_shared_address_is_a_question() -> None:
    rows = rows_of(("Ionescu", "Vlad", "birou@example.org", "Primăria X", ""))
    [row] = plan(rows, [ANA, ION]).rows
    assert (row.verdict, row.why) == (Verdict.QUESTION, Why.SHARED_EMAIL)
    assert [candidate.answer for candidate in row.candidates] == [Answer(person_id=1)]


def test_an_equal_name_in_one_organisation_is_a_question() -> None:
    rows = rows_of(("Pop", "Ana", "alta@example.org", "Primăria X", ""))
    assert verdicts(rows)[0][:2] == (Verdict.QUESTION, Why.SAME_NAME_IN_ORGANISATION)


def test_an_equal_name_elsewhere_is_a_new_person() -> None:
    rows = rows_of(("Pop", "Ana", "alta@example.org", "Primăria Z", ""))
    assert verdicts(rows)[0] == (Verdict.NEW, Why.SAME_NAME_ELSEWHERE, None)


def test_somebody_without_an_address_is_known_when_all_is_the_same() -> None:
    rows = rows_of(("Țăran", "Ion", "", "Asociația „Y”", ""))
    assert verdicts(rows)[0] == (Verdict.KNOWN, Why.SAME_IN_EVERYTHING, 2)


def test_an_answer_settles_the_question() -> None:
    rows = rows_of(("Ionescu", "Ana", "birou@example.org", "Primăria X", ""))
    assert verdicts(rows, answers={2: DIFFERENT}) == [(Verdict.NEW, Why.ANSWERED_DIFFERENT, None)]
    [row] = plan(rows, [ANA], {2: Answer(person_id=1)}).rows
    assert (row.verdict, row.person_id) == (Verdict.CHANGED, 1)
    assert [(c.field, c.after) for c in row.changes] == [(Field.FAMILY_NAME, "Ionescu")]


def test_an_answer_that_names_nobody_leaves_the_question_open() -> None:
    rows = rows_of(("Ionescu", "Ana", "birou@example.org", "", ""))
    for answer in (Answer(person_id=99), Answer(row=2), Answer(row=7)):
        assert verdicts(rows, answers={2: answer})[0][0] is Verdict.QUESTION


def test_two_rows_of_one_office_are_asked_about_and_may_both_be_taken() -> None:
    rows = rows_of(
        ("Rus", "Ana", "office@example.org", "Primăria Q", ""),
        ("Rus", "Ion", "office@example.org", "Primăria Q", ""),
    )
    assert [v[0] for v in verdicts(rows)] == [Verdict.NEW, Verdict.QUESTION]
    settled = plan(rows, [ANA], {3: DIFFERENT})
    assert settled.is_ready
    assert settled.counts[Verdict.NEW] == 2


def test_a_row_repeated_in_the_list_can_stand_for_the_first() -> None:
    rows = rows_of(
        ("Rus", "Ana", "a@example.org", "Primăria Q", ""),
        ("Rus", "Ana", "a@example.org", "Primăria Q", ""),
        ("Rus", "Ana", "a@example.org", "Primăria Q", ""),
    )
    assert [v[0] for v in verdicts(rows)] == [Verdict.NEW, Verdict.QUESTION, Verdict.QUESTION]
    settled = plan(rows, [], {3: Answer(row=2), 4: Answer(row=3)})
    assert [row.same_as_row for row in settled.rows] == [None, 2, 2]
    assert settled.is_ready


def test_a_known_person_is_found_once_in_a_list() -> None:
    rows = rows_of(
        ("Pop", "Ana", "birou@example.org", "", ""), ("Pop", "Ana", "birou@example.org", "", "")
    )
    assert [v[0] for v in verdicts(rows)] == [Verdict.KNOWN, Verdict.QUESTION]
    settled = plan(rows, [ANA], {3: Answer(person_id=1)})
    assert [(r.verdict, r.same_as_row) for r in settled.rows] == [
        (Verdict.KNOWN, None),
        (Verdict.KNOWN, 2),
    ]


def test_importing_the_same_list_again_changes_and_asks_nothing() -> None:
    rows = rows_of(
        ("Rus", "Ana", "office@example.org", "Primăria Q", "0740123456"),
        ("Rus", "Ion", "office@example.org", "Primăria Q", ""),
        ("Șerban", "Ilie", "", "Asociația W", ""),
    )
    known = [
        KnownPerson(
            id=row.number,
            family_name=row.family_name,
            given_names=row.given_names,
            email=row.email,
            phone=row.phone,
            organisation=row.organisation,
            kind=row.kind,
        )
        for row in rows
    ]
    assert [(v[0], v[2]) for v in verdicts(rows, known)] == [
        (Verdict.KNOWN, 2),
        (Verdict.KNOWN, 3),
        (Verdict.KNOWN, 4),
    ]


def test_a_list_never_changes_staff() -> None:
    admin = KnownPerson(
        id=9, family_name="Pop", given_names="Ana", email="a@example.org", is_staff=True
    )
    rows = rows_of(("Pop", "Ana", "a@example.org", "Primăria Q", "0740123456"))
    [row] = plan(rows, [admin]).rows
    assert (row.verdict, row.why, row.changes) == (Verdict.KNOWN, Why.STAFF_UNTOUCHED, ())


def test_a_wrong_row_keeps_the_plan_from_being_carried_out() -> None:
    rows = rows_of(("Rus", "Ana", "x@", "", ""), ("Rus", "Ion", "", "", ""))
    result = plan(rows, [])
    assert [row.verdict for row in result.rows] == [Verdict.WRONG, Verdict.NEW]
    assert not result.is_ready
    assert not plan([], []).is_ready

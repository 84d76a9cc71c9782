"""Names are checked, ordered and found by Romanian rules, and never changed."""

import itertools

import pytest

from lms.people_names import (
    NameProblem,
    display_name,
    fold,
    full_name_problems,
    make_one_use_code,
    make_sign_in_name,
    name_problems,
    normalise_one_use_code,
    normalise_sign_in_name,
    offer_capitals,
    offer_comma_letters,
    person_sort_key,
    sort_key_ro,
)


def test_comma_letters_are_offered_for_cedilla() -> None:
    assert offer_comma_letters("Şerban Ţiriac-Moş") == "Șerban Țiriac-Moș"


def test_a_cedilla_apart_from_its_letter_is_seen_too() -> None:
    assert offer_comma_letters("S\u0327erban") == "Șerban"


def test_nothing_is_offered_where_the_letters_are_right() -> None:
    assert offer_comma_letters("Șerban Țiriac") is None


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("Ștefănescu", ()),
        ("Pop-Ionescu", ()),
        ("O’Neill", ()),
        ("Kovács Szőke", ()),
        ("A.I.", ()),
        ("Ionescu III", ()),
        ("S\u0326tefan", ()),
        ("", (NameProblem.MISSING,)),
        ("  ", (NameProblem.MISSING,)),
        ("—", (NameProblem.MISSING, NameProblem.STRANGE_SIGN)),
        ("Şerban", (NameProblem.CEDILLA,)),
        ("POPESCU", (NameProblem.ALL_CAPITALS,)),
        ("POPESCU Ion", (NameProblem.ALL_CAPITALS,)),
        ("popescu", (NameProblem.NO_CAPITAL,)),
        ("Ana  Maria", (NameProblem.STRAY_SPACE,)),
        (" Ana", (NameProblem.STRAY_SPACE,)),
        ("Ion2", (NameProblem.DIGIT,)),
        ("Iaºi", (NameProblem.MISREAD_LETTER,)),
        ("Bãlan", (NameProblem.MISREAD_LETTER,)),
        ("Аna", (NameProblem.NOT_LATIN,)),
        ("Ion@x", (NameProblem.STRANGE_SIGN,)),
        ("=1+1", (NameProblem.MISSING, NameProblem.DIGIT, NameProblem.STRANGE_SIGN)),
    ],
)
def test_odd_names_are_pointed_out(name: str, problems: tuple[NameProblem, ...]) -> None:
    assert name_problems(name) == problems


def test_a_missing_half_of_a_name_is_pointed_out() -> None:
    assert full_name_problems("Popescu", "") == (NameProblem.MISSING,)
    assert full_name_problems("Popescu", "Ion") == ()


def test_capitals_are_offered_as_names_are_written() -> None:
    assert offer_capitals("POPESCU-ȘERBAN ion") == "Popescu-Șerban Ion"
    assert offer_capitals("Ionescu III") is None
    assert offer_capitals("McDonald") is None


def test_given_names_come_first_in_print() -> None:
    assert display_name(" Popescu ", "Ana  Maria") == "Ana Maria Popescu"


@pytest.mark.parametrize(
    "ordered",
    [
        ["Arad", "Azuga", "Ăuș", "Ânova", "Brad", "Brașov", "Brăila"],
        ["Ianca", "Izvor", "Însurăței", "Jibou"],
        ["Satu", "Suceava", "Szeged", "Șag", "Tulcea", "Turda", "Țara", "Urziceni"],
        ["2 Mai", "Abrud"],
        ["Pop Zoe", "Popa Ana"],
        ["Pop", "Popa", "Pop-A"],
        ["ana", "Ana", "Anton"],
        ["Kovacs", "Kovács", "Kovrig"],
        ["Zalău", "Ждан"],
    ],
)
def test_texts_stand_in_romanian_order(ordered: list[str]) -> None:
    for before, after in itertools.pairwise(ordered):
        assert sort_key_ro(before) < sort_key_ro(after), (before, after)


def test_cedilla_sorts_as_comma_and_punctuation_as_nothing() -> None:
    assert sort_key_ro("Şerban") == sort_key_ro("Șerban")
    assert sort_key_ro("„Izvorul Viu”") == sort_key_ro("Izvorul Viu")


def test_people_are_ordered_by_family_then_given_name() -> None:
    people = [
        ("Pop", "Zoe"),
        ("Pop Ana", "Ana"),
        ("Popa", "Ana"),
        ("Popa", "Ăna"),
        ("Șerban", "Ion"),
    ]
    keys = [person_sort_key(*names) for names in people]
    assert keys == sorted(keys)


def test_keys_sort_the_same_in_every_collation() -> None:
    key = person_sort_key("Pop-Șerban d’Ávila", "Ждан")
    assert key.isascii()
    assert key.isalnum()
    assert key == key.lower()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ștefan  Țăran-Înger", "stefan taran inger"),
        ("ŞERBAN Ţ", "serban t"),
        ("Asociația „Izvorul Viu”", "asociatia izvorul viu"),
        ("Szőke Łukasz Straße", "szoke lukasz strasse"),
    ],
)
def test_people_are_found_without_diacritics(text: str, folded: str) -> None:
    assert fold(text) == folded


def many_seeds(count: int) -> list[bytes]:
    return [number.to_bytes(16, "big") for number in range(count)]


def test_sign_in_names_are_short_plain_and_nearly_never_equal() -> None:
    names = [make_sign_in_name(seed) for seed in many_seeds(3000)]
    assert len(set(names)) >= 2999
    for name in names:
        assert len(name) == 11
        assert set(name) <= set("bcdfghkmnprstzaeiu-")
        assert normalise_sign_in_name(name) == name


def test_no_sign_in_name_makes_anyone_blush() -> None:
    joined = [make_sign_in_name(seed).replace("-", "") for seed in many_seeds(3000)]
    for rude in ("fut", "cur", "caca", "puta", "nazi", "tit", "cum", "pis"):
        assert [name for name in joined if rude in name] == []


def test_the_same_random_bytes_make_the_same_name_and_few_bytes_are_refused() -> None:
    assert make_sign_in_name(b"a" * 16) == make_sign_in_name(b"a" * 16)
    with pytest.raises(ValueError, match="16"):
        make_sign_in_name(b"short")


@pytest.mark.parametrize("typed", [" DACUTA mire ", "dacuta–mire", "dacutamire", "dacvta_m1re"])
def test_a_sign_in_name_is_understood_however_it_is_typed(typed: str) -> None:
    assert normalise_sign_in_name(typed) == "dacuta-mire"


def test_anything_else_typed_stays_something_else() -> None:
    assert normalise_sign_in_name("dacuta-mir") == "dacutamir"
    assert normalise_sign_in_name("") == ""


def test_one_use_codes_hold_forty_bits_of_unconfusable_signs() -> None:
    codes = [make_one_use_code(seed) for seed in many_seeds(3000)]
    assert len(set(codes)) == 3000
    assert len({sign for code in codes for sign in code if sign != "-"}) ** 9 > 2**40
    for code in codes:
        assert [len(group) for group in code.split("-")] == [3, 3, 3]
        assert not set(code) & set("O0I1LS5Z2B8U6Q")
        assert normalise_one_use_code(code.lower().replace("-", " ")) == code

"""Rules on new passwords."""

import pytest

from lms.accounts.passwords import PasswordProblem, password_problems, prepare

NAMES = ("Popescu", "Ana-Maria", "dacuta-mire", "ana.popescu@primaria.example")


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        pytest.param("scurtuță9", PasswordProblem.TOO_SHORT, id="nine signs are too few"),
        pytest.param("ă" * 201, PasswordProblem.TOO_LONG, id="two hundred and one are too many"),
        pytest.param("anamaria1990", PasswordProblem.LIKE_NAME, id="own name and a year"),
        pytest.param("PopescuAna-Maria", PasswordProblem.LIKE_NAME, id="both names, any case"),
        pytest.param("dacuta-mire!", PasswordProblem.LIKE_NAME, id="the sign-in name"),
        pytest.param("popescu primaria", PasswordProblem.LIKE_NAME, id="pieces of the address"),
        pytest.param("parola12345", PasswordProblem.TOO_COMMON, id="a common word and digits"),
        pytest.param("P@r0la2026!", PasswordProblem.TOO_COMMON, id="a common word in disguise"),
        pytest.param("qwertyuiop", PasswordProblem.TOO_COMMON, id="a row of keys"),
        pytest.param("0987654321", PasswordProblem.TOO_COMMON, id="digits in order"),
        pytest.param("parolaparola", PasswordProblem.TOO_COMMON, id="a common word twice"),
        pytest.param("aaaaaaaaaaaa", PasswordProblem.TOO_COMMON, id="one sign many times"),
        pytest.param("Bucureşti2026", PasswordProblem.TOO_COMMON, id="a town with a cedilla"),
    ],
)
def test_a_weak_password_is_refused(password: str, problem: PasswordProblem) -> None:
    assert tuple(password_problems(password, NAMES)) == (problem,)


@pytest.mark.parametrize(
    "password",
    ["patru corbi pe gard", "zăpadă-ceașcă-tren", "Xk7#qpLw2v", "popescu vinde castraveți"],
)
def test_a_good_password_needs_no_mixture_of_signs(password: str) -> None:
    assert not password_problems(password, NAMES)


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    assert prepare("şoareci şi ţestoase") == prepare("șoareci și țestoase")
    assert prepare("s\u0326apte") == prepare("șapte")

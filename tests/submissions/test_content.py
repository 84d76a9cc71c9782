"""What people type, in one form."""

import pytest

from lms.courses.exercises import Exercise
from lms.submissions.content import TooLongText, empty_fields, is_blank, read_content, tidy
from tests.submissions.works import exercise

TEXT = Exercise.from_json(exercise("text"))
FORM = Exercise.from_json(exercise("form"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("  a \r\n b\t\r\n", "a\n b", id="line ends and spaces behind them"),
        pytest.param("s\u0326i", "și", id="letters are composed"),
        pytest.param("a\u202eb\u200b\x07c", "ab\u200bc", id="signs that turn or ring are dropped"),
        pytest.param("a\n\n\nb", "a\n\n\nb", id="empty lines between stay"),
        pytest.param(" \n\t ", "", id="nothing but spaces is nothing"),
    ],
)
def test_a_text_has_one_form(typed, kept):
    assert tidy(typed) == kept


def test_only_what_the_exercise_asks_for_is_read():
    given = {"articol": "Art. 13", "problema": "", "altceva": "x"}
    content = read_content(FORM, given)
    assert content == {"articol": "Art. 13", "problema": ""}
    assert empty_fields(FORM, content) == ("problema",)
    assert not is_blank(content)


def test_a_text_has_a_length():
    assert read_content(TEXT, {"text": "a" * 20_000})
    with pytest.raises(TooLongText):
        read_content(TEXT, {"text": "a" * 20_001})
    with pytest.raises(TooLongText, match="problema"):
        read_content(FORM, {"problema": "a" * 5_001})

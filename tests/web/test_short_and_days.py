"""Text cut for a table, and periods: as a careful person writes them."""

from __future__ import annotations

from datetime import date

import pytest

from lms.web.i18n import speech
from lms.web.templating import environment


@pytest.mark.parametrize(
    ("text", "most", "said"),
    [
        ("Scurt.", 10, "Scurt."),
        ("exact zece", 10, "exact zece"),
        ("Cui se predă, și când anume?", 16, "Cui se predă…"),
        ("Gata. Urmează altceva", 10, "Gata…"),
        ("Așa – nu altfel de acum", 8, "Așa…"),
        ("neîntreruptneîntrerupt", 8, "neîntre…"),
        ("", 5, ""),
    ],
)
def test_a_text_is_cut_after_a_whole_word_and_nothing_stands_before_the_dots(
    text: str, most: int, said: str
) -> None:
    shown = environment("ro").from_string("{{ text|short(most) }}").render(text=text, most=most)
    assert shown == said
    assert len(shown) <= most


@pytest.mark.parametrize(
    ("first", "last", "romanian", "english"),
    [
        (
            date(2026, 9, 7),
            date(2026, 12, 20),
            "7 septembrie – 20 decembrie 2026",
            "7 September – 20 December 2026",
        ),
        (date(2026, 11, 3), date(2026, 11, 28), "3–28 noiembrie 2026", "3–28 November 2026"),
        (
            date(2026, 12, 1),
            date(2027, 1, 31),
            "1 decembrie 2026 – 31 ianuarie 2027",
            "1 December 2026 – 31 January 2027",
        ),
        (date(2026, 5, 4), date(2026, 5, 4), "4 mai 2026", "4 May 2026"),
    ],
)
def test_a_period_says_once_what_both_ends_share(
    first: date, last: date, romanian: str, english: str
) -> None:
    assert speech("ro").days(first, last) == romanian
    assert speech("en").days(first, last) == english

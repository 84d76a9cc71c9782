"""Rendered text as the words of a mail."""

from __future__ import annotations

import pytest

from lms.talk.mail_words import words_for_mail
from lms.talk.services.announcements import html_of


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Etajul **2**, *azi*.", "Etajul 2, azi."),
        ("[sala](https://exemplu.example/a)", "sala (https://exemplu.example/a)"),
        ("<https://exemplu.example/a>", "https://exemplu.example/a"),
        ("Aduceți:\n\n- buletin\n- pix\n\nMulțumim.", "Aduceți:\n\n– buletin\n– pix\n\nMulțumim."),
        ("1. unu\n2. doi\n   - a\n   - b", "1. unu\n2. doi\n– a\n– b"),
        ("# Titlu\n\ntext\nmai departe", "Titlu\n\ntext mai departe"),
        ("a < b & c <script>x</script>", "a < b & c <script>x</script>"),
        ("", ""),
    ],
)
def test_markup_is_gone_and_what_it_said_stays(source: str, words: str) -> None:
    assert words_for_mail(str(html_of(source))) == words

"""What a Word document of questions itself says, in each language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What the document itself says, in one language."""

    about: str
    name: str
    organisation: str
    day: str
    number: str
    right: str
    points: str
    why: str
    key: str
    sheet: str
    answer: str
    one: str
    several: str
    true: str
    false: str
    pairs: str
    number_hint: str
    left: str
    letter: str
    order: str


WORDS = {
    "ro": Words(
        about="Despre dumneavoastră",
        name="Nume și prenume",
        organisation="Organizația",
        day="Data",
        number="Nr.",
        right="Răspuns corect",
        points="Puncte",
        why="Explicație",
        key="Răspunsuri corecte",
        sheet="Foaie de răspuns",
        answer="Răspuns",
        one="Alegeți o variantă.",
        several="Alegeți toate variantele corecte.",
        true="Adevărat",
        false="Fals",
        pairs="Scrieți lângă fiecare rând litera potrivită.",
        number_hint="Scrieți un număr.",
        left="De potrivit",
        letter="Litera",
        order="Ordinea corectă",
    ),
    "en": Words(
        about="About you",
        name="First and last name",
        organisation="Organisation",
        day="Date",
        number="No.",
        right="Right answer",
        points="Points",
        why="Explanation",
        key="Right answers",
        sheet="Answer sheet",
        answer="Answer",
        one="Choose one option.",
        several="Choose all right options.",
        true="True",
        false="False",
        pairs="Write the fitting letter beside each line.",
        number_hint="Write a number.",
        left="To match",
        letter="Letter",
        order="The right order",
    ),
}

"""A short course as its author writes it: two modules, a test at each end, one wrong key."""

from __future__ import annotations

from typing import Any

from lms.safety.archive import write_archive

SLUG = "vecini-buni"
WRONG_KEY = ("~în șapte zile", "=în treizeci de zile")
RIGHT_KEY = ("=în șapte zile", "~în treizeci de zile")
DISPUTED = "modules/2-drumul/quiz.gift"
RIGHT = frozenset(
    {
        *("cu o întrebare", "cu toți cei de față", "pe hârtie", "vecinii", "în șapte zile"),
        *("o copie", "în fiecare lună", "ce s-a schimbat", "primăria și asociația"),
        "din ce s-a convenit",
    }
)


def _quiz(name: str, title: str, head: str, *questions: tuple[str, str, str, str]) -> str:
    lines = [f"---\nid: {name}\ntitle: {{ro: {title}, en: {title}}}\n{head}\n---\n"]
    for at, (stem, right, wrong, other) in enumerate(questions, 1):
        lines.append(
            f"// [id:{name}-{at}]\n::{name} {at}::{stem} {{\n={right}\n~{wrong}\n~{other}\n}}\n"
        )
    return "\n".join(lines)


def _module(number: int, slug: str, title: str) -> dict[str, str]:
    files = {
        f"modules/{slug}/module.yaml": f"""id: vecini-m{number}
number: {number}
title: {{ro: {title}, en: {title}}}
hours: "3"
outcomes:
  - {{ro: Faceți pasul., en: Take the step.}}
lessons: [{number}-1-intai.md, {number}-2-apoi.md]
quiz: quiz.gift
"""
    }
    for at, word in ((1, "intai"), (2, "apoi")):
        files[f"modules/{slug}/lessons/{number}-{at}-{word}.md"] = f"""---
id: vecini-{number}-{at}
number: "{number}.{at}"
title: {{ro: "{title}, partea {at}", en: "{title}, part {at}"}}
minutes: {{reading: 1, exercise: 0}}
---

Vecinii stau la masă și scriu ce au convenit.
"""
    return files


def files(*, mended: bool = False) -> dict[str, bytes]:
    """Return the course's files: with the key that a learner disputes, or with it mended."""
    texts = {
        "course.yaml": f"""id: {SLUG}
title: {{ro: Vecini buni, en: Good neighbours}}
summary: {{ro: Curs de probă., en: Sample course.}}
modules_in_order: true
modules: [1-masa, 2-drumul]
tests: {{start: tests/initial.gift, end: tests/final.gift}}
questionnaire: questionnaire.yaml
conditions:
  lessons_read: all
  quizzes_passed: all
  tests_taken: all
  form_submitted: vecini-parere
  hours_attended: edition
""",
        "questionnaire.yaml": """id: vecini-parere
title: {ro: Părerea dumneavoastră, en: Your opinion}
questions:
  - id: util
    kind: scale
    label: {ro: Cât de util a fost?, en: How useful was it?}
    low: {ro: deloc, en: not at all}
    high: {ro: foarte, en: very}
""",
        "tests/initial.gift": _quiz(
            "vecini-t1",
            "Testul inițial",
            "pass_mark: none\nattempts: 1\nfeedback: after_final",
            ("Cum începe o discuție bună?", "cu o întrebare", "cu o ceartă", "cu un vot"),
            ("Cine semnează acordul?", "primăria și asociația", "nimeni", "un trecător"),
        ),
        "tests/final.gift": _quiz(
            "vecini-t2",
            "Testul final",
            "pass_mark: none\nattempts: 1",
            ("Cu cine se stabilește ordinea de zi?", "cu toți cei de față", "cu unul", "nu se"),
            ("Din ce se măsoară reușita?", "din ce s-a convenit", "din zvonuri", "din noroc"),
        ),
        "modules/1-masa/quiz.gift": _quiz(
            "vecini-q1",
            "Testul modulului 1",
            "pass_mark: 70\nattempts: 3",
            ("Unde se scrie ce s-a convenit?", "pe hârtie", "pe apă", "nicăieri"),
            ("Cine stă la masă?", "vecinii", "doar primarul", "doar presa"),
            ("Ce rămâne la fiecare?", "o copie", "o amintire", "o factură"),
        ),
        DISPUTED: _quiz(
            "vecini-q2",
            "Testul modulului 2",
            "pass_mark: 70\nattempts: 2",
            ("Când se trimite răspunsul?", "în treizeci de zile", "în șapte zile", "niciodată"),
            ("Cât de des se face o întâlnire?", "în fiecare lună", "o dată", "la zece ani"),
            ("Ce scrie la sfârșit în raport?", "ce s-a schimbat", "nimic", "ce s-a mâncat"),
        ),
        **_module(1, "1-masa", "Masa"),
        **_module(2, "2-drumul", "Drumul"),
    }
    if mended:
        for old, new in zip(WRONG_KEY, RIGHT_KEY, strict=True):
            texts[DISPUTED] = texts[DISPUTED].replace(old, new)
    return {path: text.encode() for path, text in texts.items()}


def archive(*, mended: bool = False) -> bytes:
    """Return the course as the ZIP that the pages take."""
    return write_archive(files(mended=mended))


def answer(paper: Any, *, rightly: bool = True) -> dict[str, list[str]]:
    """Fill in a test as somebody who knows what is right, or nothing of it."""
    values: dict[str, list[str]] = {}
    for fieldset in paper.element.xpath(".//fieldset[@data-item]"):
        for label in fieldset.xpath(".//label[contains(@class,'option')]"):
            box = label.xpath(".//input")[0]
            words = label.xpath(".//*[contains(@class,'option-text')]")[0].text_content().strip()
            if (words in RIGHT) is rightly:
                values[box.get("name")] = [box.get("value")]
    return values

"""The sample course with a glossary."""

from __future__ import annotations

from tests.exchange.sample import LESSON, files

GLOSSARY = "glossary.yaml"
_LISTED = b"summary: {ro: Pe scurt., en: In short.}\n"
TEXT = """- id: drum
  term: {ro: drum, en: way}
  forms: [drumul, drumului]
  definition: {ro: Calea pe care mergeți., en: Where you walk.}
  fact: A1
- id: cofinantare
  term: {ro: cofinanțare, en: co-financing}
  forms: [cofinanțarea]
  definition: {ro: Partea pusă de beneficiar., en: What the beneficiary adds.}
"""
WORDS = "Mergeți **înainte** pe drumul bun, cu cofinanțare. Drumul e lung."


def with_glossary(text: str = TEXT) -> dict[str, bytes]:
    """Return the sample course with a glossary, and a lesson that uses its words."""
    course = files()
    course["course.yaml"] = course["course.yaml"].replace(
        _LISTED, _LISTED + b"glossary: glossary.yaml\n"
    )
    course[LESSON] = course[LESSON].replace("Mergeți **înainte**.".encode(), WORDS.encode())
    return course | {GLOSSARY: text.encode()}


def changed(old: str, new: str) -> dict[str, bytes]:
    """Return it with one piece of the glossary put otherwise."""
    assert old in TEXT, old
    return with_glossary(TEXT.replace(old, new, 1))

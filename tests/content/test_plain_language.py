"""Every lesson is plain, honest about its minutes and whole: measured, not believed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, Tag

from lms.safety.html import plain_text, render_markdown
from tests.content.test_os2 import CONTENT, FACTS, LESSONS, front, name

WORDS = range(600, 1201)
WORDS_A_MINUTE = 150
LONGEST_SENTENCE, LONGEST_PARAGRAPH, MEAN_SENTENCE = 28, 80, 15
# A sentence ends at a stop, but not after what Romanian shortens.
SHORTENED = r"(?<!\bart\.)(?<!\balin\.)(?<!\blit\.)(?<!\bnr\.)(?<!\bpct\.)(?<!\bOf\.)"
SENTENCE_ENDS = re.compile(rf"(?<=[.!?…]){SHORTENED}[”)]?\s+(?=[„(]?[A-ZĂÂÎȘȚ0-9])")
NUMBERS = {front(path)[0]["number"] for path in LESSONS}


def page(path) -> BeautifulSoup:
    """Return a lesson's page; blocks of quotation are left out: they may quote a law."""
    html = render_markdown(front(path)[1], resolve_image=lambda found: f"/{found}")
    soup = BeautifulSoup(str(html), "html.parser")
    for quotation in soup.find_all("blockquote"):
        quotation.decompose()
    return soup


def words(text: str) -> list[str]:
    """Return what is read as words: signs of arithmetic and dashes are not."""
    return [word for word in text.split() if re.search(r"\w", word)]


def sentences(text: str) -> list[str]:
    return [s for s in SENTENCE_ENDS.split(" ".join(text.split())) if words(s)]


def blocks(soup: BeautifulSoup, *tags: str) -> Iterator[str]:
    """Yield the text of each paragraph, item or cell by itself."""
    for tag in soup.find_all(tags):
        if tag.name == "li" and tag.find("p"):
            continue
        inner = "".join(
            child.get_text() if isinstance(child, Tag) else str(child)
            for child in tag.children
            if getattr(child, "name", None) not in ("ul", "ol")
        )
        if inner.strip():
            yield inner


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_no_sentence_is_long_and_the_mean_is_short(lesson):
    soup = page(lesson)
    long = [
        sentence
        for block in blocks(soup, "p", "li", "td", "th")
        for sentence in sentences(block)
        if len(words(sentence)) > LONGEST_SENTENCE
    ]
    assert long == []
    lengths = [len(words(s)) for block in blocks(soup, "p") for s in sentences(block)]
    assert sum(lengths) / len(lengths) <= MEAN_SENTENCE


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_no_paragraph_item_or_cell_is_a_wall_of_words(lesson):
    walls = [b for b in blocks(page(lesson), "p", "li", "td") if len(words(b)) > LONGEST_PARAGRAPH]
    assert walls == []


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_a_lesson_has_600_to_1200_words_and_its_reading_minutes_are_theirs(lesson):
    head, body = front(lesson)
    html = str(render_markdown(body, resolve_image=lambda _name: None))
    count = len(words(plain_text(html)))
    assert count in WORDS
    assert abs(head["minutes"]["reading"] - math.ceil(count / WORDS_A_MINUTE)) <= 1


def texts(value: object, key: str = "") -> Iterator[tuple[str, bool]]:
    """Yield every text of a parsed file, however deep, and whether it is English."""
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            yield from texts(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, key)
    elif isinstance(value, str):
        yield value, key == "en"


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_quotes_are_romanian_and_commas_stand_below(lesson):
    head, body = front(lesson)
    for text, is_english in (*texts(head), (body, False)):
        found = re.search('["şţŞŢ]' if is_english else "[\"'“‘şţŞŢ]", text)
        assert found is None, text[max(0, found.start() - 40) : found.end() + 40]
    for line in body.splitlines():
        assert line.count("„") == line.count("”"), line[:80]


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_no_link_inside_the_course_is_dead(lesson):
    soup = page(lesson)
    anchors = {tag["id"] for tag in soup.select("[id]")}
    for link in soup.select("a[href]"):
        target = link["href"]
        assert re.match(r"https?://|mailto:", target) or target.lstrip("#") in anchors, target
    told = plain_text(str(soup))
    for number in re.findall(r"\blecți\w+ (\d\.\d)\b", told):
        assert number in NUMBERS, number
    for number in re.findall(r"\bmodul\w* (\d+)\b", told):
        assert 1 <= int(number) <= 8, number


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_every_picture_is_told_in_a_sentence(lesson):
    soup = page(lesson)
    for picture in soup.select("img"):
        assert len(words(picture["alt"])) >= 8, picture["src"]
        svg = (CONTENT / picture["src"].lstrip("/")).read_text(encoding="utf-8")
        assert re.search(r"<title\b[^>]*>[^<]{5,}", svg)
        assert re.search(r"<desc\b[^>]*>[^<]{20,}", svg)


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_a_lesson_rests_on_facts_that_may_be_told(lesson):
    head, _body = front(lesson)
    assert head["facts"]
    assert {FACTS[str(fact)]["confidence"] for fact in head["facts"]} <= set("VSTM")


STEP_MINUTES = re.compile(r"\((\d+) (?:de )?minute\)\.?$|\((un) minut\)\.?$")


def steps(lesson) -> list[str]:
    """Return the numbered steps under „De încercat”."""
    heading = page(lesson).find("h2", string="De încercat")
    assert heading is not None
    found = []
    for sibling in heading.find_next_siblings():
        if sibling.name == "h2":
            break
        if sibling.name == "ol":
            found += [" ".join(item.get_text().split()) for item in sibling.find_all("li")]
    return found


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_the_steps_of_the_exercise_add_up_to_its_minutes(lesson):
    head, _body = front(lesson)
    minutes = []
    for step in steps(lesson):
        told = STEP_MINUTES.search(step)
        assert told, step
        minutes.append(1 if told[2] else int(told[1]))
    assert len(minutes) >= 2
    assert sum(minutes) == head["minutes"]["exercise"], minutes

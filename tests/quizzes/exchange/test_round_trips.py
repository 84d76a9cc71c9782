"""What a format can express comes back from it unchanged, whatever the question says."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.quizzes.exchange.aiken import read_aiken, write_aiken
from lms.quizzes.exchange.formats import Format, read_questions, recognise, write_questions
from lms.quizzes.exchange.gift_file import read_gift_questions, write_gift_questions
from lms.quizzes.exchange.html_text import read_html
from lms.quizzes.exchange.moodle_writer import write_moodle_xml
from lms.quizzes.exchange.moodle_xml import read_moodle_xml
from lms.quizzes.exchange.quiz_file import Problem
from lms.quizzes.exchange.read_question import ReadQuestion
from lms.quizzes.exchange.table_file import read_questions_table
from lms.quizzes.exchange.table_writer import write_questions_csv, write_questions_xlsx
from lms.quizzes.exchange.text_formats import (
    markdown_to_html,
    markdown_to_plain,
    plain_to_markdown,
)
from lms.quizzes.question_types.registry import parse_question
from tests.quizzes import strategies
from tests.quizzes.exchange.kinds import assert_same, one_line, reads, shown

SOME = settings(max_examples=60, deadline=None)


@SOME
@given(reads(strategies.questions))
def test_gift_gives_back_every_question(before):
    written = write_gift_questions([before])
    assert list(read_gift_questions(written.data, problems := [])) == [before]
    assert problems == []


@SOME
@given(reads(strategies.questions), st.sampled_from(["ro", "en"]))
def test_a_table_gives_back_every_question_in_both_languages(before, language):
    for write, name in ((write_questions_csv, "a.csv"), (write_questions_xlsx, "a.xlsx")):
        written = write([before], language=language)
        assert written.problems == ()
        problems: list[Problem] = []
        assert list(read_questions_table(written.data, name, problems)) == [before], written.data
        assert problems == []


@SOME
@given(reads())
def test_moodle_xml_gives_back_every_question_as_it_is_shown(before):
    written = write_moodle_xml([before])
    problems: list[Problem] = []
    [read] = read_moodle_xml(io.BytesIO(written.data), problems)
    assert problems == []
    if any(problem.field == "markup" for problem in written.problems):
        return  # Moodle keeps the answers of a matching question without any formatting
    assert_same(read, before, written)


further = st.one_of(
    strategies.kprims(),
    strategies.descriptions(),
    strategies.orderings(),
    strategies.gaps("gap_select"),
    strategies.gaps("drag_words"),
    strategies.numericals(),
)


@SOME
@given(reads(further))
def test_moodle_xml_knows_the_further_types_too(before):
    written = write_moodle_xml([before])
    [read] = read_moodle_xml(io.BytesIO(written.data), [])
    assert_same(read, before, written)


@st.composite
def plain_choices(draw):
    words = st.text("abcăâîșțABC 019.,;()\\~=#{}:*_%/|-><$„”–&", min_size=1, max_size=30)
    texts = draw(
        st.lists(words.map(one_line).filter(bool), min_size=3, max_size=7, unique_by=str.casefold)
    )
    right = draw(st.integers(1, len(texts) - 1))
    return ReadQuestion(
        id="q",
        question=parse_question(
            {
                "type": "single_choice",
                "stem": plain_to_markdown(texts[0]),
                "options": [
                    {"text": plain_to_markdown(text), "fraction": int(at == right)}
                    for at, text in enumerate(texts[1:], 1)
                ],
            }
        ),
    )


@SOME
@given(st.lists(plain_choices(), min_size=1, max_size=3))
def test_aiken_gives_back_every_single_choice_of_plain_words(before):
    written = write_aiken(before)
    problems: list[Problem] = []
    read = list(read_aiken(written.data, problems))
    kept_out = [problem for problem in written.problems if problem.kind == "bad_answers"]
    assert problems == []
    assert len(read) + len(kept_out) == len(before)
    if not kept_out:
        assert [shown(r.question) for r in read] == [shown(b.question) for b in before]


def _blocks() -> st.SearchStrategy[str]:
    words = st.text("abc ășț.,:;!?()[]*_`~#<>&|\\-+=1", min_size=1, max_size=20)
    plain = words.map(one_line).filter(bool).map(plain_to_markdown)
    run = st.one_of(
        plain,
        st.tuples(plain, st.sampled_from(["abc", "x y"]), plain).map(
            lambda t: f"{t[0]} **{t[1]}** {t[2]}"
        ),
        plain.map(lambda t: f"a\\\n{t}"),
        st.just("un *cuvânt*, `cod | x` și [o adresă](https://ex.ro/a?b=1&c=2)"),
    )
    word = st.sampled_from(["unu", "doi *trei*", "patru \\| cinci"])
    block = st.one_of(
        run,
        st.lists(word, min_size=1, max_size=3).map(lambda w: "\n".join(f"- {x}" for x in w)),
        st.lists(word, min_size=1, max_size=3).map(lambda w: "\n".join(f"3. {x}" for x in w)),
        st.just("- a\n  1. b\n  2. c\n- d"),
        st.just("- a\n\n  b\n\n- c"),
        st.just("> un citat\n> lung\n>\n> - cu listă"),
        st.just("```\nx = [1]  \n\n  `y`\n```"),
        st.just("| a | b |\n| :--- | ---: |\n| 1 \\| 2 | *x* |"),
        st.just("## Un titlu"),
        st.just("***"),
    )
    return st.lists(block, min_size=2, max_size=4).map("\n\n".join)


@settings(max_examples=200, deadline=None)
@given(_blocks())
def test_rendered_markdown_comes_back_as_markdown_that_renders_the_same(text):
    html = markdown_to_html(text)
    read = read_html(html)
    assert markdown_to_html(read.markdown) == html
    assert read.lost == ()


@SOME
@given(strategies.texts.map(one_line))
def test_plain_words_survive_being_made_markdown(text):
    assert markdown_to_plain(plain_to_markdown(text)) == text


@settings(max_examples=20, deadline=None)
@given(reads(), st.sampled_from([Format.GIFT, Format.MOODLE_XML, Format.XLSX, Format.CSV]))
def test_a_written_file_shows_its_format(before, name):
    written = write_questions([before], name)
    assert recognise(io.BytesIO(written.data), f"x.{'csv' if name == 'csv' else 'bin'}") is name
    assert [read.id for read in read_questions(written.data, "", name).questions] == [before.id]

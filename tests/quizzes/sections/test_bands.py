"""What is said of a result by grade bands: checked for gaps, shown as the matrix says."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
import yaml
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from lms import db
from lms.demo.answers import right_answer, wrong_answer
from lms.quizzes.exchange.gift import read_gift, write_gift
from lms.quizzes.rules.bands import (
    Band,
    BandFault,
    BandsRefused,
    band_at,
    dump_bands,
    read_bands,
    read_lines,
    sound,
    write_lines,
)
from lms.quizzes.words.problem_words import problem_sentence
from tests.factories import make_quiz
from tests.quizzes.test_taking import QUIZ, fields, paper, post, start

THREE = "0–69: Mai citiți.\n70–89: Bine.\n90–100: Foarte bine."


def fault(written: str, english: str = "") -> tuple[BandFault, str]:
    with pytest.raises(BandsRefused) as refused:
        read_lines(written, english)
    return refused.value.fault, refused.value.detail


FAULTS = {
    "a gap between two": ("0-50: a\n70-100: b", BandFault.GAP, "50–70"),
    "nothing at the bottom": ("50-100: a", BandFault.GAP, "0–50"),
    "nothing at the top": ("0-90: a", BandFault.GAP, "90–100"),
    "two that overlap": ("0-70: a\n60-100: b", BandFault.OVERLAP, "0–70, 60–100"),
    "the same twice": ("0-100: a\n0-100: b", BandFault.OVERLAP, "0–100"),
    "one inside another": ("0-100: a\n50-60: b", BandFault.OVERLAP, "0–100, 50–60"),
    "from high to low": ("70-0: a", BandFault.BACKWARDS, "70–0"),
    "more than all": ("0-101: a", BandFault.BACKWARDS, "101"),
    "words": ("bine: a", BandFault.NOT_BANDS, "bine: a"),
    "no text": ("0-100:", BandFault.NO_TEXT, "0–100"),
    "a text without end": ("0-100: " + "a" * 501, BandFault.TOO_LONG, "0–100"),
}


@pytest.mark.parametrize(("written", "reason", "detail"), FAULTS.values(), ids=FAULTS.keys())
def test_bands_that_do_not_fit_together_are_refused_with_their_place(written, reason, detail):
    assert fault(written) == (reason, detail)


def test_english_bands_must_be_the_same():
    assert fault(THREE, "0–69: Read on.\n70–100: Good.")[0] is BandFault.OTHER_BANDS


WAYS = {
    "as people count": THREE,
    "from the best down": "\n".join(reversed(THREE.split("\n"))),
    "touching": "0-70: Mai citiți.\n70-90: Bine.\n90-100: Foarte bine.",
    "with per cents": "0 % – 69,99 %: Mai citiți.\n70%-89%: Bine.\n90..100: Foarte bine.",
}


@pytest.mark.parametrize("written", WAYS.values(), ids=WAYS.keys())
def test_each_result_falls_into_one_band_and_is_never_rounded_up(written):
    bands = read_lines(written)
    expected = {
        "0": "Mai citiți.",
        "69.99": "Mai citiți.",
        "69.999999": "Mai citiți.",
        "70": "Bine.",
        "89.5": "Bine.",
        "89.9999": "Bine.",
        "90": "Foarte bine.",
        "100": "Foarte bine.",
    }
    for percent, said in expected.items():
        found = band_at(bands, Decimal(percent))
        assert found is not None
        assert found.text("ro") == said


@st.composite
def bands(draw: st.DrawFn) -> tuple[Band, ...]:
    cuts = sorted(draw(st.sets(st.integers(1, 9999), max_size=8)))
    edges = [Decimal(0), *(Decimal(cut) / 100 for cut in cuts), Decimal(100)]
    words = st.text("aț .:–%0", min_size=1, max_size=12).map(lambda t: " ".join(t.split()))
    words = words.filter(bool)
    return tuple(Band(low, high, draw(words), draw(words)) for low, high in pairwise(edges))


@given(bands(), st.decimals(0, 100, places=5))
def test_bands_survive_a_form_a_file_and_the_store_and_cover_everything(made, percent):
    assert read_bands(dump_bands(made)) == made
    assert read_bands(yaml.safe_load(yaml.safe_dump(dump_bands(made)))) == made
    assert read_lines(write_lines(made, "ro"), write_lines(made, "en")) == made
    found = band_at(made, percent)
    assert found is not None
    assert found.low <= percent
    assert sound(reversed(made)) == made


FILE = """\
---
id: q
bands:
- {from: 0, to: 69, text: {ro: Mai citiți., en: Read on.}}
- {from: 70, to: 100, text: Bine.}
---

// [id:q-1]
Unu. {TRUE}
"""


def test_a_file_says_them_and_a_gap_is_named_at_its_line():
    quiz = read_gift(FILE)
    assert not quiz.problems
    assert [band.text("en") for band in quiz.settings.bands] == ["Read on.", "Bine."]
    assert read_gift(write_gift(quiz)) == quiz
    [problem] = read_gift(FILE.replace("to: 69", "to: 60")).problems
    assert (problem.line, problem.field, problem.reason) == (3, "bands", "band_gap")
    assert "60–70" in problem_sentence(problem)


@pytest.mark.parametrize("odd", ["x", [1], [{}], [{"from": 0}], [{"from": "a", "to": 1}], {"a": 1}])
def test_odd_values_are_refused_and_never_raise_anything_else(odd):
    with pytest.raises(BandsRefused):
        read_bands(odd)


# Pages ---------------------------------------------------------------------------------------

STORED = dump_bands(read_lines(THREE, "0–69: Read on.\n70–89: Good.\n90–100: Very good."))


@pytest.fixture
def make(app, cast):
    def made(**settings) -> int:
        with app.app_context(), db.writing():
            return make_quiz(cast.module_ids[0], bands=STORED, **settings)

    return made


def said(page) -> str:
    found = BeautifulSoup(page.data, "html.parser").select_one(".result-said")
    return found.text if found is not None else ""


def take(app, client, answer) -> int:
    attempt_id = start(client)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id), answer))
    return attempt_id


def test_a_result_is_told_what_its_band_says_in_the_readers_language(app, cast, make):
    make()
    client = cast.client("learner")
    low, high = take(app, client, wrong_answer), take(app, client, right_answer)
    assert said(client.get(f"/attempts/{low}/result")) == "Mai citiți."
    assert said(client.get(f"/attempts/{high}/result")) == "Foarte bine."
    post(client, "/language", {"locale": "en"})
    assert said(client.get(f"/attempts/{high}/result")) == "Very good."


def test_nothing_is_said_where_the_matrix_hides_the_verdict(app, cast, make):
    make(review={"right_after": ["attempt", "marks"], "later": []})
    client = cast.client("learner")
    attempt_id = take(app, client, right_answer)
    assert said(client.get(f"/attempts/{attempt_id}/result")) == ""


def test_the_form_shows_them_keeps_them_and_refuses_a_gap(app, cast, make):
    make()
    client = cast.client("owner")
    page = BeautifulSoup(client.get(f"{QUIZ}/settings").data, "html.parser")
    assert page.select_one("#bands").text.strip().split("\n")[0] == "90–100: Foarte bine."
    form = {"preset": "after_submission", "pass_mark": "70", "attempts": "3", "method": "best"}
    form |= {"behaviour": "deferred", "layout": "all", "navigation": "free", "overdue": "submit"}
    refused = post(client, f"{QUIZ}/settings", {**form, "bands": "0-50: a\n70-100: b"})
    assert refused.status_code == 422
    assert "50–70" in refused.text
    saved = post(client, f"{QUIZ}/settings", {**form, "bands": "0-50: a\n50-100: b"})
    assert saved.status_code == 303
    page = BeautifulSoup(client.get(f"{QUIZ}/settings").data, "html.parser")
    assert page.select_one("#bands").text.strip() == "50–100: b\n0–50: a"

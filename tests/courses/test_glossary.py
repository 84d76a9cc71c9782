"""The words of a course: on their page in Romanian order, and under each lesson that uses them."""

import pytest
from bs4 import BeautifulSoup

from lms import db
from lms.courses.glossary import Term, by_letter
from lms.courses.models import Course, GlossaryTerm, Lesson

FIRST = "/courses/curs/1-modul/1-1-lectie"
PAGE = "/courses/curs/glossary"
WORDS = [
    ("sat", "village"),
    ("șef", "head"),
    ("acord", "agreement"),
    ("ăla", "that one"),
    ("âncă", "yet"),
    ("țară", "country"),
    ("Tabel", "table"),
]


@pytest.fixture
def glossary(app, cast):
    """Give the cast's course a few terms, of which the first lesson uses two."""
    with app.app_context(), db.writing() as session:
        for number, (ro, en) in enumerate(WORDS):
            session.add(
                GlossaryTerm(
                    course_id=cast.course_id,
                    term_id=f"t{number}",
                    term_ro=ro,
                    term_en=en,
                    definition_ro=f"Definiția cuvântului {ro}.",
                    definition_en=f"What {en} means.",
                    forms=[f"{ro}-formă"],
                )
            )
        lesson = session.get(Lesson, cast.lesson_ids[0])
        lesson.terms = ["t2", "t5", "gone"]
        lesson.html = '<p>Un <a href="#termen-t2" class="term" id="t-t2">acord</a>.</p>'
        session.get(Course, cast.course_id).version += 1
    return cast


def read(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def listed(page):
    return [dt.text for dt in page.select(".glossary dt")]


def test_terms_stand_in_romanian_order_under_their_letters(glossary):
    page = read(glossary.client("learner"), PAGE)
    assert listed(page) == ["acord", "ăla", "âncă", "sat", "șef", "Tabel", "țară"]
    letters = [h.text for h in page.select(".glossary h2")]
    assert letters == ["A", "Ă", "Â", "S", "Ș", "T", "Ț"]
    jumps = [a.text for a in page.select(".letters a")]
    assert jumps == letters
    ids = {tag["id"] for tag in page.select("[id]")}
    from urllib.parse import unquote

    assert {unquote(a["href"]).lstrip("#") for a in page.select(".letters a")} <= ids


def test_the_page_speaks_its_language_with_the_other_beside_it(glossary):
    client = glossary.client("learner")
    (first, *_) = read(client, PAGE).select(".glossary dl > div")
    assert first.dt.text == "acord"
    other = first.select_one("[lang=en]")
    assert "agreement" in other.text
    assert "What agreement means." in other.text
    client.set_cookie("lang", "en")
    english = read(client, PAGE)
    assert listed(english)[:2] == ["agreement", "country"]
    assert "acord" in english.select_one(".glossary dl > div [lang=ro]").text


def test_a_term_leads_to_the_lesson_that_uses_it_first(glossary):
    links = [a["href"] for a in read(glossary.client("learner"), PAGE).select(".glossary dd a")]
    assert links == [f"{FIRST}#t-t2", f"{FIRST}#t-t5"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("sef", ["șef"]),
        ("ȘEF", ["șef"]),
        ("head", ["șef"]),
        ("village means", ["sat"]),
        ("acord-formă", ["acord"]),
        ("  ", ["acord", "ăla", "âncă", "sat", "șef", "Tabel", "țară"]),
        ("nimic de felul acesta", []),
        ("<script>", []),
        ("x" * 5000, []),
    ],
)
def test_the_filter_works_without_a_script_and_minds_no_diacritics(glossary, asked, expected):
    client = glossary.client("learner")
    answer = client.get(PAGE, query_string={"q": asked})
    page = BeautifulSoup(answer.text, "html.parser")
    assert listed(page) == expected
    assert page.select_one("input[name=q]")["value"] == asked[:100].strip()
    assert "<script>" not in answer.text.replace('<script type="module"', "")
    if not expected:
        assert "Niciun termen nu se potrivește" in page.text


def test_who_has_no_place_on_the_course_sees_no_glossary(glossary):
    assert glossary.client("learner_of_other").get(PAGE).status_code == 404
    assert glossary.client("trainer").get(PAGE).status_code == 200
    assert glossary.client("learner").get("/courses/nimic/glossary").status_code == 404


def test_a_course_without_a_glossary_says_so_and_leads_nowhere(cast):
    client = cast.client("learner")
    assert "Cursul nu are încă un glosar" in read(client, PAGE).text
    assert PAGE not in client.get("/courses/curs").text
    assert "terms.js" not in client.get(FIRST).text


def test_the_course_leads_to_its_glossary(glossary):
    assert f'href="{PAGE}"' in glossary.client("learner").get("/courses/curs").text


def test_a_lesson_ends_with_its_terms_and_the_way_back(glossary):
    page = read(glossary.client("learner"), FIRST)
    link = page.select_one("article a.term")
    title = page.find(id=link["href"].lstrip("#"))
    assert title.name == "dt"
    assert title.dfn.text == "acord"
    definition = title.find_next_sibling("dd")
    assert definition.span.text == "Definiția cuvântului acord."
    assert page.find(id=definition.a["href"].lstrip("#")) == link
    assert [dt.dfn.text for dt in page.select(".terms dt")] == ["acord", "țară"]
    assert any("terms.js" in script["src"] for script in page.select("script[src]"))


def test_in_english_the_definitions_are_english_and_the_words_stay(glossary):
    client = glossary.client("learner")
    client.set_cookie("lang", "en")
    page = read(client, FIRST)
    assert page.select_one(".terms dt").text == "acord · agreement"
    assert page.select_one(".terms dd span").text == "What agreement means."


def test_a_lesson_without_terms_has_no_list(glossary):
    page = read(glossary.client("learner"), "/courses/curs/1-modul/1-2-lectie")
    assert page.select(".terms") == []


def test_two_terms_with_the_same_word_keep_an_order():
    terms = [Term(i, "acord", "x", "", "") for i in ("b", "a")]
    assert [t.id for t in by_letter(terms, "ro")[0][1]] == ["a", "b"]

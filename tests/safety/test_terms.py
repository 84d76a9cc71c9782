"""Terms are found by whole words in any of their forms, and marked once, where they stand first."""

import pytest
from bs4 import BeautifulSoup

from lms.safety.html import render_markdown, sanitise
from lms.safety.terms import Marker, TermFinder

FORMS = {
    "cofinantare": ["cofinanțare", "cofinanțarea", "cofinanțării"],
    "finantare": ["finanțare", "finanțare nerambursabilă"],
    "hotarare": ["hotărâre"],
    "hcl": ["hotărâre a consiliului local", "HCL"],
    "ong": ["ONG", "ONG-uri", "ONG-ul"],
}


def found(text: str) -> list[tuple[str, str]]:
    return [(f.term, text[f.start : f.end]) for f in TermFinder(FORMS).find(text)]


def marked(source: str) -> BeautifulSoup:
    html = render_markdown(source, resolve_image=lambda _n: None, terms=Marker(TermFinder(FORMS)))
    return BeautifulSoup(str(html), "html.parser")


def links(source: str) -> list[str]:
    return [" ".join(link.text.split()) for link in marked(source).select("a.term")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("o finanțare.", ["finantare"], id="a whole word"),
        pytest.param("refinanțare", [], id="not inside another word"),
        pytest.param("finanțăre", [], id="ă is another letter than a"),
        pytest.param("co-finanțare", [], id="not after a hyphen"),
        pytest.param("ONG-uri", ["ong"], id="a form with a hyphen"),
        pytest.param("ONG-urile", [], id="only the forms that are listed"),
        pytest.param("primărie–ONG", ["ong"], id="a dash parts words"),
        pytest.param("un ong oarecare", [], id="an abbreviation in small letters is another word"),
        pytest.param("Cofinanțarea", ["cofinantare"], id="a capital at the beginning"),
        pytest.param("COFINANȚARE", ["cofinantare"], id="all in capitals"),
        pytest.param("cofinanţare", ["cofinantare"], id="a cedilla is read as a comma"),
        pytest.param("finanțare\nnerambursabilă", ["finantare"], id="over the end of a line"),
        pytest.param("hotărâre a\u00a0consiliului local", ["hcl"], id="over a hard space"),
        pytest.param("hotărâre, a consiliului local", ["hotarare"], id="a comma parts words"),
        pytest.param("hotărâre a consiliului", ["hotarare"], id="the longest that is whole"),
        pytest.param("(cofinanțării)", ["cofinantare"], id="in brackets"),
        pytest.param("_cofinanțării_", ["cofinantare"], id="between underscores"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_forms_are_found_by_whole_words(text, expected):
    assert [term for term, _words in found(text)] == expected


def test_the_longest_form_wins_and_nothing_is_found_inside_it():
    text = "hotărâre a consiliului local, apoi o finanțare nerambursabilă"
    assert found(text) == [
        ("hcl", "hotărâre a consiliului local"),
        ("finantare", "finanțare nerambursabilă"),
    ]


def test_a_term_is_marked_once_where_it_stands_first():
    page = marked("Întâi cofinanțarea, apoi cofinanțare.\n\nȘi cofinanțării.")
    (link,) = page.select("a")
    assert link.text == "cofinanțarea"
    assert link["href"] == "#termen-cofinantare"
    assert link["id"] == "t-cofinantare"


def test_a_longer_term_met_again_hides_the_shorter_one_inside_it():
    source = "O hotărâre a consiliului local. Altă hotărâre a consiliului local. O hotărâre."
    page = marked(source)
    assert [link["href"] for link in page.select("a")] == ["#termen-hcl", "#termen-hotarare"]
    assert page.text.strip().endswith("O hotărâre.")
    assert page.select("a")[1].next_sibling == "."


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("## O finanțare", id="a heading"),
        pytest.param("[O finanțare](https://exemplu.example)", id="a link"),
        pytest.param("`finanțare`", id="code"),
        pytest.param("```\nfinanțare\n```", id="a block of code"),
        pytest.param("> „O finanțare”", id="a quotation"),
        pytest.param("> - o **finanțare**", id="a list in a quotation"),
        pytest.param("| finanțare |\n|---|\n| altceva |", id="a table's head"),
    ],
)
def test_some_places_are_left_alone_and_the_next_one_is_marked(source):
    assert links(source) == []
    assert links(f"{source}\n\nO finanțare.") == ["finanțare"]


@pytest.mark.parametrize(
    "source", ["- o finanțare", "| a |\n|---|\n| finanțare |", "*O* **finanțare**", "1. finanțare"]
)
def test_lists_cells_and_stressed_words_are_marked(source):
    assert links(source) == ["finanțare"]


def test_a_term_over_two_lines_keeps_its_line_end():
    assert marked("o finanțare\nnerambursabilă").select_one("a").text == "finanțare\nnerambursabilă"


def test_the_marker_remembers_the_order():
    marker = Marker(TermFinder(FORMS))
    render_markdown("ONG, HCL, apoi ONG", resolve_image=lambda _n: None, terms=marker)
    assert marker.marked == ["ong", "hcl"]


def test_marking_changes_no_word():
    source = "Un ONG cere\nfinanțare nerambursabilă; „cofinanțarea” & HCL.\n\n- hotărâre"
    plain = render_markdown(source, resolve_image=lambda _n: None)
    assert marked(source).text == BeautifulSoup(str(plain), "html.parser").text


def test_foreign_html_can_not_pass_for_a_term():
    html = sanitise('<a href="#termen-x" class="term" id="t-x">x</a>')
    assert "class" not in html
    assert "id=" not in html


def test_without_a_glossary_nothing_is_marked():
    finder = TermFinder({"gol": ["", "…"]})
    assert list(finder.find("orice … text")) == []

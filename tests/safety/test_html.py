"""Markdown and foreign HTML come out harmless and well made."""

import time

import pytest
from bs4 import BeautifulSoup

from lms.safety.html import (
    MarkupTooLarge,
    plain_text,
    render_inline,
    render_markdown,
    sanitise,
)


def image_of_lesson(name: str) -> str | None:
    return f"/files/{name}" if name.startswith("figures/") else None


def rendered(source: str) -> str:
    return str(render_markdown(source, resolve_image=image_of_lesson))


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=evil.swf></object><embed src=evil>",
    "<form action=//evil.example><input name=p><button formaction=javascript:alert(1)>x</form>",
    "<style>*{background:url(//evil.example)}</style>",
    "<base href=//evil.example><meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=' &#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href=//evil.example>x</a>",
    "<a href='/\\evil.example'>x</a>",
    "<a href='vbscript:x' onclick=alert(1) style='position:fixed' target=_blank>x</a>",
    "<p onmouseover=alert(1) style='x:expression(alert(1))'>x</p>",
    "<img src=//evil.example/pixel.gif>",
    "<img src=https://evil.example/pixel.gif srcset='https://evil.example/2x 2x'>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<h2 id=main class='site-header'>x</h2>",
    "<div class='overlay' id=login>x</div>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<b><p><a href=javascript&colon;alert(1)>x",
    '"><img src=x onerror=alert(1)>',
    "{{ config }} {% import os %}",
    "[x](javascript:alert(1)) ![x](javascript:alert(1)) [y]: javascript:alert(1)",
    '<javascript:alert(1)> <https://evil.example/"onclick=alert(1)>',
    "![x](https://evil.example/a.png) ![x](//evil.example/a.png)",
]
FORBIDDEN_TAGS = {
    *("script", "style", "iframe", "object", "embed", "form", "input", "button"),
    *("base", "meta", "link", "svg", "math", "video", "audio", "template", "details"),
}


def assert_harmless(html: str) -> None:
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(True):
        assert tag.name not in FORBIDDEN_TAGS, html
        for name, value in tag.attrs.items():
            assert not name.startswith("on"), html
            assert name not in {"style", "srcset", "target", "formaction"}, html
            if name == "href":
                assert value.startswith(("http://", "https://", "mailto:", "tel:", "#", "/", "x"))
                assert not value.startswith(("//", "/\\")), html
            if name == "src":
                assert value.startswith("/"), html
                assert not value.startswith("//"), html
            if name == "id":
                assert value.startswith("s-"), html


@pytest.mark.parametrize("payload", HOSTILE)
def test_nothing_hostile_survives_any_of_the_three_ways(payload: str) -> None:
    assert_harmless(str(sanitise(payload)))
    assert_harmless(rendered(payload))
    assert_harmless(str(render_inline(payload)))


@pytest.mark.parametrize("payload", HOSTILE)
def test_cleaning_twice_changes_nothing_more(payload: str) -> None:
    once = sanitise(payload)
    assert sanitise(once) == once


def test_html_written_in_markdown_is_shown_as_typed() -> None:
    assert rendered("a <b>x</b>") == "<p>a &lt;b&gt;x&lt;/b&gt;</p>\n"


def test_template_braces_stay_text() -> None:
    assert rendered("{{ 7*7 }}") == "<p>{{ 7*7 }}</p>\n"


def test_headings_get_ids_of_their_own_without_diacritics() -> None:
    html = rendered("## Ce învățăm? Șapte țeluri\n\n## De reținut\n\n## De reținut\n\n## …")
    soup = BeautifulSoup(html, "html.parser")
    assert [h["id"] for h in soup.find_all("h2")] == [
        "s-ce-invatam-sapte-teluri",
        "s-de-retinut",
        "s-de-retinut-2",
        "s-sectiune",
    ]


def test_a_title_in_the_text_leaves_the_pages_h1_alone() -> None:
    assert rendered("# Titlu") == '<h2 id="s-titlu">Titlu</h2>\n'


def test_an_image_gets_its_address_its_text_and_its_class() -> None:
    html = rendered('![Schema *rolurilor*](figures/roluri%201.svg "Roluri")')
    image = BeautifulSoup(html, "html.parser").find("img")
    assert image is not None
    assert image["src"] == "/files/figures/roluri 1.svg"
    assert image["alt"] == "Schema rolurilor"
    assert image["class"] == ["lesson-image"]
    assert image["title"] == "Roluri"


def test_an_unknown_image_leaves_its_text() -> None:
    assert rendered("![O schemă](altundeva.png)") == "<p>O schemă</p>\n"


def test_a_table_scrolls_in_its_own_box_and_aligns_by_class() -> None:
    html = rendered("| a | b |\n|---|--:|\n| 1 | 2 |\n")
    soup = BeautifulSoup(html, "html.parser")
    box = soup.find("div", class_="table-scroll")
    assert box is not None
    assert box["tabindex"] == "0"
    assert [cell.get("class") for cell in box.find_all("td")] == [None, ["align-right"]]


def test_links_out_carry_noopener() -> None:
    assert 'rel="noopener"' in rendered("[lege](https://legislatie.example/)")


def test_relative_links_are_resolved_or_become_text() -> None:
    html = render_markdown(
        "[doi](1-2-doi.md) [trei](lipsa.md) [sus](#s-x) [afară](https://x.example)",
        resolve_image=image_of_lesson,
        resolve_link=lambda name: "/lessons/doi" if name == "1-2-doi.md" else None,
    )
    soup = BeautifulSoup(html, "html.parser")
    assert [a["href"] for a in soup.find_all("a")] == ["/lessons/doi", "#s-x", "https://x.example"]
    assert "trei" in soup.text


def test_inline_text_has_no_blocks() -> None:
    assert render_inline("## Cât face **2 + 2**?") == "## Cât face <strong>2 + 2</strong>?"


def test_inline_text_may_hold_pictures_of_this_site() -> None:
    html = render_inline("![plan](figures/p.svg)", resolve_image=image_of_lesson)
    assert '<img src="/files/figures/p.svg"' in html


def test_harmless_markup_of_an_imported_question_survives() -> None:
    html = (
        "<p>a <b>b</b> <sub>2</sub></p>"
        '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>'
        '<img src="/files/7" alt="p">'
    )
    assert sanitise(html) == html


def test_romanian_letters_and_quotes_pass_unchanged() -> None:
    assert rendered("„Șapte ținte” ăâî") == "<p>„Șapte ținte” ăâî</p>\n"


def test_words_are_taken_out_of_html() -> None:
    html = rendered("## Unu & doi\n\n- trei\n- patru\n\ncinci  \nșase")
    assert plain_text(html) == "Unu & doi trei patru cinci șase"


@pytest.mark.parametrize(
    "source",
    [
        "[" * 20_000,
        "*a " * 20_000,
        "> " * 5_000 + "x",
        "`" * 20_000 + "a",
        "![" * 10_000,
        "|a" * 20_000,
    ],
    ids=["brackets", "stars", "quotes", "ticks", "images", "cells"],
)
def test_odd_sources_don_t_take_long(source: str) -> None:
    began = time.process_time()
    rendered(source)
    assert time.process_time() - began < 5


def test_more_than_anybody_writes_is_refused_at_once() -> None:
    began = time.process_time()
    for html in ("<div>" * 100_000, "x" * 600_000, "<ul><li>" * 50_000):
        with pytest.raises(MarkupTooLarge):
            sanitise(html)
    for render in (rendered, render_inline):
        with pytest.raises(MarkupTooLarge):
            render("a" * 100_001)
    sanitise("<div>" * 5_000)
    assert time.process_time() - began < 3

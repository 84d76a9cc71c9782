"""The page for whoever is not signed in: whom to turn to, as far as the settings say."""

from __future__ import annotations

import re

import pytest

CALL, WRITE = "sunați echipa programului", "scrieți echipei programului"


@pytest.mark.parametrize(
    ("phone", "email", "said", "href"),
    [
        ("0700 000 000", "ajutor@exemplu.example", CALL, "tel:0700000000"),
        ("", "ajutor@exemplu.example", WRITE, "mailto:ajutor@exemplu.example"),
        ("", "", "întrebați pe cine v-a invitat", ""),
    ],
)
def test_nobody_is_told_to_call_where_there_is_no_number(
    app, monkeypatch, phone, email, said, href
):
    site = app.extensions["lms_site"]
    monkeypatch.setattr(site, "contact_phone", phone)
    monkeypatch.setattr(site, "contact_email", email)
    text = app.test_client().get("/").text
    part = text.partition("Nu puteți intra?")[2].partition("</section>")[0]
    assert said in part
    assert re.findall(r'href="([^"]+)"', part) == ([href] if href else [])


def test_the_few_entries_of_a_learner_stand_whole_in_the_bar(cast):
    page = cast.client("learner").get("/learn").text
    assert re.search(r'<nav class="site-nav"[^>]*>\s*<ul class="few">', page)
    staff = cast.client("registrar").get("/editions").text
    assert '<ul class="few">' not in staff

"""Bars drawn on the server: named, described, to scale, and never markup of somebody's making."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from lms.web.charts import Bars, draw_bars


def drawn(bars, **more):
    plot = Bars("p", "Titlu", "Descriere", bars, **more)
    return BeautifulSoup(draw_bars(plot), "html.parser").svg


def widths(svg):
    return [float(box["width"]) for box in svg.find_all("rect")]


def test_a_plot_has_a_title_and_a_description_that_it_is_labelled_by():
    svg = drawn([("M1", (3,))])
    assert svg["role"] == "img"
    assert [svg.find(id=name).text for name in svg["aria-labelledby"].split()] == [
        "Titlu",
        "Descriere",
    ]


def test_bars_are_to_scale_and_nothing_is_drawn_for_nothing():
    svg = drawn([("a", (10,)), ("b", (5,)), ("c", (0,))])
    whole, half = widths(svg)
    assert whole == pytest.approx(2 * half, abs=0.2)
    assert [t.text for t in svg.find_all("text")] == ["a", "10", "b", "5", "c", "0"]


def test_parts_of_one_bar_follow_each_other_and_say_their_sum_or_the_first_of_all():
    svg = drawn([("M1", (2, 1, 1))], is_stacked=True)
    boxes = svg.find_all("rect")
    for left, right in pairwise(boxes):
        assert float(left["x"]) + float(left["width"]) == pytest.approx(float(right["x"]), abs=0.2)
    assert len({tuple(box["class"]) for box in boxes}) == 3, "told apart by shade"
    assert svg.find_all("text")[-1].text == "4"
    svg = drawn([("M1", (2, 1, 1))], is_stacked=True, says_first=True)
    assert svg.find_all("text")[-1].text == "2 / 4"


def test_everything_lies_within_the_picture():
    names = ["M", "MMMMMMMM", "Întâlniri, bifate pe listă", "x" * 80]
    for name in names:
        svg = drawn([(name, (Decimal("131.5"), 160))], say=lambda value: f"{value} de ore")
        wide = float(svg["viewbox"].split()[2])
        for box in svg.find_all("rect"):
            assert 0 <= float(box["x"]) <= float(box["x"]) + float(box["width"]) <= wide


def test_less_than_nothing_and_nothing_at_all_are_drawn_without_fault():
    assert widths(drawn([("corectat", (Decimal(-3),)), ("dat", (Decimal(2),))])) != []
    assert widths(drawn([("a", (0,))])) == []
    assert widths(drawn([])) == []


def test_names_are_never_markup():
    svg = drawn([("<script>alert(1)</script>", (1,))])
    assert svg.find("script") is None
    assert "<script>" in svg.find("text").text

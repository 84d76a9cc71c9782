"""Plots: sound SVG with a title and a description, and nothing that the page's policy forbids."""

import lxml.etree
import pytest

from lms.web.charts import Line, Plot, draw

PLOT = Plot(
    id="p",
    title="Încheiat <și> de așteptat",
    description='97 din "160"',
    lines=[Line("a", [(0, 0), (10, 97)]), Line("b", [(10, 97), (20, 149)], "dashed")],
    marks=[(0, "2 mar."), (20, "30 iun.")],
    most=160,
)


def test_a_plot_says_what_it_shows() -> None:
    tree = lxml.etree.fromstring(str(draw(PLOT)))
    assert tree.get("role") == "img"
    assert tree.get("aria-labelledby") == "p-title p-desc"
    assert tree.findtext("title") == "Încheiat <și> de așteptat"
    assert tree.findtext("desc") == '97 din "160"'
    assert [line.get("class") for line in tree.findall("polyline")] == [
        "plot-line plot-solid",
        "plot-line plot-dashed",
    ]


def test_a_plot_brings_no_style_and_no_script() -> None:
    drawn = str(draw(PLOT))
    assert "style" not in drawn
    assert "<script" not in drawn


@pytest.mark.parametrize(
    ("most", "top"), [(0, 4), (4, 4), (5, 8), (97, 200), (160, 200), (5000, 8000)]
)
def test_the_axis_ends_in_a_round_number(most: int, top: int) -> None:
    tree = lxml.etree.fromstring(str(draw(Plot("p", "t", "d", [], most=most))))
    assert [text.text for text in tree.findall("text")][-1] == str(top)


def test_points_stay_within_the_picture() -> None:
    tree = lxml.etree.fromstring(str(draw(PLOT)))
    _x, _y, wide, high = map(float, tree.get("viewBox").split())
    for line in tree.findall("polyline"):
        for point in line.get("points").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= wide
            assert 0 <= y <= high

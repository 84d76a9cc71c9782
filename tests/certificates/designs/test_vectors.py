"""Logos drawn in SVG: kept as outlines alone, drawn exactly, and refused where they can't be."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certificates.checks import check
from lms.certificates.designs.pictures import placed, size_of
from lms.certificates.designs.uploads import PictureRefused, as_picture
from lms.certificates.designs.vectors import NotDrawable, is_vector, read_drawing
from lms.certificates.document import Logo
from lms.certificates.drawing.items import Shape, box_of
from lms.certificates.render import render
from tests.certificates.conftest import make

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">'
UNSIZED = '<svg xmlns="http://www.w3.org/2000/svg">'


def svg(body: str, head: str = HEAD) -> bytes:
    return f"{head}{body}</svg>".encode()


SIGN = svg(
    '<title>Semn</title><g fill="#225588" transform="translate(10 5)">'
    '<path d="M0 0h40v40H0z"/><circle cx="80" cy="40" r="20"/>'
    '<path d="M10 60q10 -20 20 0t20 0z" style="fill:rgb(10,20,30);stroke:black;stroke-width:2"/>'
    '<polygon points="100,0 120,0 110,20"/><rect x="130" y="10" width="20" height="10" rx="3"/></g>'
)


def test_a_drawing_is_kept_as_outlines_alone() -> None:
    clean = read_drawing(SIGN).to_svg()
    assert is_vector(clean)
    assert b"title" not in clean
    assert b"transform" not in clean
    assert read_drawing(clean).to_svg() == clean
    assert {outline.fill for outline in read_drawing(SIGN).outlines} == {"#225588", "#0a141e"}


def test_it_keeps_its_proportions_and_stands_the_right_way_up() -> None:
    data = read_drawing(svg('<rect width="20" height="10" fill="red"/>')).to_svg()
    across, high = size_of(data, across=40, high=40)
    assert (across, high) == (40, 20)
    (shape,) = placed(data, 100, 50, across, high)
    assert isinstance(shape, Shape)
    left, bottom, right, top = box_of((shape,))
    assert (left, right) == pytest.approx((100, 104))
    assert (bottom, top) == pytest.approx((68, 70))  # at the upper left, as it was drawn


@pytest.mark.parametrize(
    ("transform", "box"),
    [
        ("translate(10,20)", (10, 20, 20, 30)),
        ("translate(10)", (10, 0, 20, 10)),
        ("scale(2)", (0, 0, 20, 20)),
        ("rotate(90 5 5)", (0, 0, 10, 10)),
        ("matrix(1 0 0 1 3 4)", (3, 4, 13, 14)),
        ("translate(10 0) scale(2 1)", (10, 0, 30, 10)),
        ("skewX(45)", (0, 0, 20, 10)),
    ],
)
def test_turns_and_moves_are_followed(transform: str, box: tuple[float, ...]) -> None:
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000">'
    drawing = read_drawing(svg(f'<path transform="{transform}" d="M0 0h10v10h-10z"/>', head))
    figures = [float(f) for step in drawing.outlines[0].steps for f in step[1:]]
    found = (min(figures[::2]), min(figures[1::2]), max(figures[::2]), max(figures[1::2]))
    assert found == pytest.approx(box, abs=0.01)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "not_svg", id="nothing"),
        pytest.param(b"<svg", "not_svg", id="torn"),
        pytest.param(b"<html/>", "not_svg", id="another document"),
        pytest.param(svg(""), "nothing_drawn", id="empty"),
        pytest.param(svg("<script>alert(1)</script>"), "not_allowed", id="script"),
        pytest.param(svg('<path d="M0 0h9" onclick="x()"/>'), "not_plain", id="handler"),
        pytest.param(svg('<image href="http://x/y.png"/>'), "not_allowed", id="picture"),
        pytest.param(svg("<text>Primăria</text>"), "not_allowed", id="text"),
        pytest.param(svg('<use href="#a"/>'), "not_allowed", id="use"),
        pytest.param(svg("<style>path{fill:red}</style>"), "not_allowed", id="style sheet"),
        pytest.param(svg("<foreignObject/>"), "not_allowed", id="foreign object"),
        pytest.param(svg('<path fill="url(#g)" d="M0 0h9v9z"/>'), "not_allowed", id="gradient"),
        pytest.param(svg('<path opacity=".5" d="M0 0h9v9z"/>'), "not_allowed", id="see-through"),
        pytest.param(
            svg('<path fill-rule="evenodd" d="M0 0h9v9zM2 2h3v3z"/>'), "not_allowed", id="even-odd"
        ),
        pytest.param(svg('<path d="M0 0 L 1e999 3"/>'), "not_svg", id="endless"),
        pytest.param(svg('<path d="M0 0 L"/>'), "not_svg", id="half a line"),
        pytest.param(svg('<path transform="fly(3)" d="M0 0h9v9z"/>'), "not_svg", id="odd turn"),
        pytest.param(
            svg('<path d="M0 0h9"/>', '<svg xmlns="http://www.w3.org/2000/svg">'),
            "no_size",
            id="no size",
        ),
        pytest.param(
            b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + svg("<title>&b;</title>"),
            "not_plain",
            id="entities",
        ),
        pytest.param(
            svg('<path d="M0 0' + "h1" * 30_000 + '"/>'), "too_large", id="too many steps"
        ),
        pytest.param(svg(" " * 600_000), "too_large", id="too many bytes"),
    ],
)
def test_what_cant_be_drawn_exactly_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(NotDrawable) as refused:
        read_drawing(data)
    assert refused.value.reason == reason


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="MLHVCSQTAZmlhvcsqtaz0123456789.-+eE ,", max_size=60),
    st.sampled_from(["", "scale(0)", "rotate(7)", "matrix(1 2 3 4 5 6)"]),
)
def test_any_path_is_drawn_or_refused_and_never_a_crash(path: str, transform: str) -> None:
    data = svg(f'<path transform="{transform}" d="{path}"/>')
    try:
        drawing = read_drawing(data)
    except NotDrawable:
        return
    assert read_drawing(drawing.to_svg()).across == drawing.across


def test_a_certificate_shows_it_as_outlines() -> None:
    document = make(logos=(Logo("Semn", read_drawing(SIGN).to_svg(), 1),))
    assert check(document) == []
    pdf = render(document)
    assert b"/Subtype /Image" not in pdf
    assert b"/Subtype/Image" not in pdf


def test_an_upload_becomes_a_plain_drawing_or_is_refused() -> None:
    picture, media_type = as_picture(b"\xef\xbb\xbf" + SIGN)
    assert media_type == "image/svg+xml"
    assert picture == read_drawing(SIGN).to_svg()
    with pytest.raises(PictureRefused) as refused:
        as_picture(svg("<text>x</text>"))
    assert (refused.value.reason, refused.value.detail) == ("not_drawable", "text")


WRAPPED = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
RECT = '<rect width="9" height="9"/>'
HIDDEN = '<!DOCTYPE svg [<!ENTITY a "M0 0L9 9">]><!--\u733c\u6776-->' + WRAPPED.format(
    '<path stroke="black" d="&a;"/>'
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(HIDDEN.encode("utf-16"), id="entities in letters of two bytes"),
        pytest.param(
            WRAPPED.format("<g>" * 3000 + RECT + "</g>" * 3000).encode(), id="groups in groups"
        ),
    ],
)
def test_a_drawing_made_to_do_harm_is_refused(data: bytes) -> None:
    with pytest.raises(PictureRefused):
        as_picture(data)


@pytest.mark.parametrize("turned", ["scale(" * 50_000, "a" * 200_000, "a " * 100_000])
def test_turns_that_never_end_take_no_time(turned: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(NotDrawable):
        read_drawing(WRAPPED.format(f'<g transform="{turned}">{RECT}</g>').encode())
    assert time.process_time() - begun < 5  # it took minutes

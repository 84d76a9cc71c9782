"""An owner gives the site a name, a colour and logos; what people could not read is refused."""

from __future__ import annotations

import io
import shutil
import struct
import zlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from PIL import Image

from lms import db
from lms.audit.models import AuditEntry
from lms.look.models import Barrier
from lms.web.windows import Window, who_asks
from tests.cast import Cast, csrf

PAGE = "/site/appearance"


@pytest.fixture
def owner(cast: Cast) -> Iterator:
    yield cast.client("owner")
    shutil.rmtree(cast.app.extensions["lms_site"].folder, ignore_errors=True)


def save(client, **values: str):
    filled = {"name": "Atestat", "csrf_token": csrf(client)} | values
    return client.post(PAGE, data=filled, follow_redirects=True)


def logo(size: tuple[int, int] = (800, 200)) -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", size, "#225588").save(stream, "PNG")
    stream.seek(0)
    return stream


def set_logo(client, slot: str, file: io.BytesIO, alt: str = "Asociația Exemplu"):
    data = {"csrf_token": csrf(client), "alt": alt, "picture": (file, "sigla.png")}
    return client.post(f"{PAGE}/logos/{slot}", data=data, follow_redirects=True)


def test_the_name_stands_on_every_page_and_the_change_is_recorded(cast: Cast, owner) -> None:
    answer = save(owner, name="Cursuri Exemplu", footer_ro="O notă.", footer_en="A note.")
    assert "Înfățișarea a fost salvată" in answer.text
    page = cast.client("learner").get("/verify").text
    assert "– Cursuri Exemplu</title>" in page
    assert "O notă." in page
    assert "A note." not in page
    with cast.app.app_context():
        assert "site.look_changed" in db.session().scalars(sa.select(AuditEntry.action)).all()


def test_a_colour_that_can_t_be_read_is_refused_in_words_with_the_nearest(owner) -> None:
    answer = save(owner, brand="#ffcc00")
    assert answer.status_code == 422
    assert "#ffcc00" in answer.text
    assert "trebuie să aibă cel puțin 4,5" in answer.text
    assert "Cea mai apropiată culoare care se poate citi este #" in answer.text
    assert "/look/" not in owner.get("/verify").text


@pytest.mark.parametrize(
    "odd", ["green", "#12", "#0b5c5", "rgb(0,0,0)", "#0b5c55;}body{}", "#ăăăăăă"]
)
def test_what_is_no_colour_is_refused(owner, odd: str) -> None:
    answer = save(owner, brand=odd)
    assert answer.status_code == 422
    assert "șase semne" in answer.text or "caractere" in answer.text


def test_the_colour_comes_in_a_sheet_of_its_own_after_the_site_s(cast: Cast, owner) -> None:
    save(owner, brand="#8A1538")
    page = owner.get("/verify").text
    assert page.index("app.css") < page.index("/look/8a1538.css")
    answer = cast.app.test_client().get("/look/8a1538.css")
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "--brand:#8a1538" in answer.text
    assert 'data-theme="dark"' in answer.text
    for odd in ("zzzzzz", "8A1538", "../../"):
        assert cast.app.test_client().get(f"/look/{odd}.css").status_code == 404
    assert "/look/" not in save(owner, brand="").text


def test_logos_stand_in_head_and_strip_and_go_again(cast: Cast, owner) -> None:
    set_logo(owner, "head", logo())
    assert (
        "Sigla este la locul ei"
        in set_logo(owner, "funder-2", logo((90, 90)), "Fondul Exemplu").text
    )
    save(owner, funding_ro="Proiect MODEL.")
    page = cast.app.test_client().get("/verify").text
    assert 'alt="Asociația Exemplu"' in page
    assert 'width="224" height="56"' in page  # drawn anew, twice as sharp as it stands
    assert 'alt="Fondul Exemplu"' in page
    assert "Proiect MODEL." in page
    address = page.split('class="wordmark-logo" src="')[1].split('"')[0]
    shown = cast.app.test_client().get(address)
    assert Image.open(io.BytesIO(shown.data)).size == (448, 112)
    owner.post(f"{PAGE}/logos/head/remove", data={"csrf_token": csrf(owner)})
    assert "wordmark-logo" not in cast.app.test_client().get("/verify").text
    assert cast.app.test_client().get(address).status_code == 404


def test_what_is_no_picture_is_refused_and_nothing_stays(owner) -> None:
    for bad in (b"<svg onload=alert(1)>", b"", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n junk"):
        page = set_logo(owner, "head", io.BytesIO(bad)).text
        assert "Nimic nu a fost păstrat" in page or "Alegeți o imagine" in page
    assert "Alegeți o imagine" in set_logo(owner, "head", logo(), alt=" ").text
    assert "wordmark-logo" not in owner.get("/verify").text


def png(side: int, *more: tuple[bytes, bytes]) -> bytes:
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", head), *more)
    ]
    return b"".join([b"\x89PNG\r\n\x1a\n", *parts])


def test_a_picture_that_claims_to_be_huge_or_is_broken_inside_is_refused(owner) -> None:
    huge = png(30_000, (b"IDAT", zlib.compress(b"x")))
    part = zlib.compress(bytes(901 * 300))[:100]
    broken = png(300, (b"IDAT", part), (b"\xff\xfe\xfd\xfc", b"abcde"))
    for bad in (huge, broken):
        answer = set_logo(owner, "head", io.BytesIO(bad))
        assert answer.status_code == 200
        assert "Nimic nu a fost păstrat" in answer.text


def test_somebody_who_was_stopped_is_heard(cast: Cast) -> None:
    stranger, office = cast.app.test_client(), cast.client("registrar")
    sent = {
        "page": "Lecția 1.1",
        "what": "Figura <b>nu</b> se aude.",
        "contact": "ana@exemplu.example",
    }
    stranger.get("/accessibility")
    answer = stranger.post(
        "/accessibility", data=sent | {"csrf_token": csrf(stranger)}, follow_redirects=True
    )
    assert "Sesizarea a ajuns la noi" in answer.text
    page = office.get("/accessibility/reports").text
    assert "Figura &lt;b&gt;nu&lt;/b&gt; se aude." in page
    assert "ana@exemplu.example" in page
    with cast.app.app_context():
        found = db.session().scalars(sa.select(Barrier)).one().id
    address = f"/accessibility/reports/{found}/answered"
    for _twice in range(2):
        office.post(address, data={"csrf_token": csrf(office)})
    assert "Marcați că s-a răspuns" not in office.get("/accessibility/reports").text


def test_many_reports_from_one_home_are_no_reports(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr("lms.look.views._REPORTS", Window(2, seconds=3600.0))
    client = cast.app.test_client()
    client.get("/accessibility")
    sent = {"page": "1.1", "what": "Nu se aude.", "csrf_token": csrf(client)}
    answers = [
        client.post("/accessibility", data=sent, environ_base={"REMOTE_ADDR": f"2001:db8::{n}"})
        for n in (1, 2, 3)
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    other = client.post("/accessibility", data=sent, environ_base={"REMOTE_ADDR": "192.0.2.77"})
    assert other.status_code == 302


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "unix", False),
        (None, "", True),
    ],
)
def test_one_home_asks_as_one(one: str, other: str, *, is_same: bool) -> None:
    assert (who_asks(one) == who_asks(other)) is is_same


def test_an_empty_report_says_what_is_needed(cast: Cast) -> None:
    stranger = cast.app.test_client()
    stranger.get("/accessibility")
    answer = stranger.post("/accessibility", data={"csrf_token": csrf(stranger), "page": " "})
    assert answer.status_code == 422
    assert answer.text.count('class="error"') == 2
    assert "Sesizarea nu a fost trimisă încă" in answer.text
    assert answer.text.count(": completați.</a>") == 2  # the summary names each field


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_light_or_dark_is_kept_and_can_be_left_to_the_device(cast: Cast, chosen: str) -> None:
    client = cast.app.test_client()
    client.get("/verify")
    token = {"csrf_token": csrf(client), "next": "/verify"}
    answer = client.post("/theme", data=token | {"theme": chosen})
    assert answer.headers["Location"] == "/verify"
    assert f'data-theme="{chosen}"' in client.get("/verify").text
    client.post("/theme", data=token | {"theme": "purple"})
    assert "data-theme=" not in client.get("/verify").text

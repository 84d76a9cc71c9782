"""A stranger checks a certificate in one act: a code, the camera, a dropped file, a picture."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from lms.certificates.numbering import display_code
from tests.browser.conftest import DESK, PATIENCE, PHONE, SIZES, WAYS
from tests.cast import Cast
from tests.certificates.certify import file_of, issued, stored

pytestmark = pytest.mark.one_database


@dataclass(frozen=True)
class Shown:
    """A site with one certificate, and what a stranger may hold of it."""

    url: str
    code: str
    address: str  # in the QR code
    pdf: bytes

    @property
    def picture(self) -> bytes:
        """The certificate as a photograph of its page."""
        with pypdfium2.PdfDocument(self.pdf) as document:
            page = document[0].render(scale=2.0).to_pil()
        out = io.BytesIO()
        page.convert("RGB").save(out, "JPEG", quality=70)
        return out.getvalue()


@pytest.fixture
def shown(cast: Cast) -> Iterator[Shown]:
    cast.app.extensions.pop("lms_verify_windows", None)
    certificate_id = issued(cast)
    with stored(cast, certificate_id) as row:
        code, address = row.code, row.verify_url
    server = make_server("127.0.0.1", 0, cast.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    yield Shown(url, code, address, file_of(cast, certificate_id))
    server.shutdown()
    thread.join()
    server.server_close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, shown: Shown) -> Iterator[OpenPage]:
    made = []

    def make(size: dict[str, int] = DESK, **more: object) -> Page:
        context = browser.new_context(
            viewport=size, locale="ro-RO", base_url=shown.url, bypass_csp=False, **more
        )
        context.set_default_timeout(PATIENCE)
        made.append(context)
        return context.new_page()

    yield make
    for context in made:
        context.close()


DROP = """([data, name, type]) => {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], name, { type }));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const more = { bubbles: true, cancelable: true, dataTransfer: held };
    document.querySelector("h1").dispatchEvent(new DragEvent(kind, more));
  }
}"""


def drop(page: Page, data: bytes, name: str = "certificat.pdf", kind: str = "application/pdf"):
    """Drop a file somewhere on the page: one act, and no click."""
    page.evaluate(DROP, [base64.b64encode(data).decode(), name, kind])


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


@pytest.mark.parametrize("size", SIZES)
def test_a_code_is_answered_after_one_click_and_no_page_has_a_fault(shown, open_page, size):
    page = open_page(size)
    page.goto("/verify")
    found = faults(page)
    page.locator("#code").fill(display_code(shown.code).lower())
    page.locator("form[method=get] button[type=submit]").click()
    expect(page.locator(".verdict-ok h1")).to_have_text("Certificat valabil")
    expect(page.locator(".verdict-name")).to_have_text("Maria Învățăcel")
    assert found + faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_dropped_file_is_answered_without_a_click(shown, open_page):
    page = open_page()
    page.goto("/verify")
    drop(page, shown.pdf)
    expect(page.locator(".verdict-ok h1")).to_have_text("Certificat valabil")
    drop(page, shown.pdf[:-300] + b"x" + shown.pdf[-299:])  # the answer takes the next one
    expect(page.locator(".verdict-bad h1")).to_have_text("Fișierul a fost modificat după emitere")
    assert faults(page) == []


def test_a_chosen_file_is_sent_at_once_and_without_scripts_by_its_button(
    shown, open_page, tmp_path
):
    path = tmp_path / "certificat.pdf"
    path.write_bytes(shown.pdf)
    page = open_page(PHONE)
    page.goto("/verify")
    page.locator("input[name=file]").set_input_files(path)
    expect(page.locator(".verdict-ok")).to_be_visible()
    plain = open_page(PHONE, java_script_enabled=False)
    plain.goto("/verify")
    assert not plain.locator("[data-opens-camera]").is_visible()
    plain.locator("input[name=file]").set_input_files(path)
    plain.locator("form[enctype] button").click()
    expect(plain.locator(".verdict-ok")).to_be_visible()


@pytest.mark.parametrize(("size", "scripted"), WAYS)
def test_a_stranger_comes_from_the_first_page_to_the_answer(shown, open_page, size, scripted):
    page = open_page(size, java_script_enabled=scripted)
    page.goto("/")
    page.locator("a[href$='/verify']").first.click()
    page.locator("#code").fill(display_code(shown.code))
    page.locator("form[method=get] button[type=submit]").click()
    expect(page.locator(".verdict-ok h1")).to_have_text("Certificat valabil")
    expect(page.locator(".verdict-name")).to_have_text("Maria Învățăcel")


@pytest.mark.parametrize("size", SIZES)
def test_a_photograph_is_compared_with_the_register(shown, open_page, size):
    page = open_page(size)
    page.goto("/verify")
    drop(page, shown.picture, "poza.jpg", "image/jpeg")
    expect(page.locator("h1")).to_have_text("Aceasta este o imagine; comparați cu registrul")
    expect(page.locator(".standing")).to_contain_text("Certificat valabil")
    expect(page.locator("dl.facts").first).to_contain_text("Maria Învățăcel")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def film(text: str, path: Path) -> Path:
    """Make what a camera sees that is held before a QR code: a still, as a film of one picture."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="png", scale=6, border=4)
    sheet = Image.new("L", (640, 480), 235)
    code = Image.open(out).convert("L")
    sheet.paste(code, ((640 - code.width) // 2, (480 - code.height) // 2))
    grey = bytes([128]) * (640 * 480 // 2)
    frame = b"FRAME\n" + sheet.tobytes() + grey
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n" + frame * 10)
    return path


@pytest.fixture
def watching(browser: Browser, chromium: str, tmp_path: Path, shown: Shown) -> Iterator[Browser]:
    """A browser whose camera sees the certificate's code."""
    seen = film(shown.address, tmp_path / "seen.y4m")
    other = browser.browser_type.launch(
        executable_path=chromium,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={seen}",
        ],
    )
    yield other
    other.close()


def test_the_camera_reads_the_code_after_one_click(shown, watching):
    page = watching.new_page(viewport=PHONE, base_url=shown.url, locale="ro-RO")
    page.goto("/verify")
    page.locator("[data-opens-camera]").click()
    expect(page.locator(".verdict-name")).to_have_text("Maria Învățăcel", timeout=PATIENCE)


def test_without_a_camera_the_sentence_stands_and_no_empty_picture(shown, open_page):
    page = open_page(PHONE)
    page.goto("/verify")
    opener = page.locator("[data-opens-camera]")
    opener.click()
    expect(page.locator("[data-camera-says]")).to_contain_text("Camera nu poate fi folosită")
    expect(page.locator("#camera video")).to_be_hidden()
    expect(page.locator("[data-closes-camera]")).to_be_hidden()
    expect(opener).to_have_attribute("aria-expanded", "false")

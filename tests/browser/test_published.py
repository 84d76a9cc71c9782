"""What is published for the time after the site, in a real browser: it asks no other host."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect

from bench.tamper import choices
from bench.tampering import plain, within  # noqa: F401 -- they enter their ways
from bench.tampering.ways import Sample
from lms import clock, db
from lms.certificates import checkpoints, register, seals
from lms.certificates.checkpoint_file import is_signed, read_checkpoints
from lms.certificates.models import Certificate, CertificateFile
from lms.certificates.numbering import code_from_bytes, display_code
from lms.certificates.render import render, sealed
from lms.certificates.signing.file_key import create_seal
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.verifying import publishing
from lms.certificates.verifying.offline_cli import offline
from tests.browser.conftest import DESK, PATIENCE, SIZES
from tests.cast import Cast
from tests.certificates.certify import file_of, issued, stored
from tests.certificates.conftest import SEALED_AT, make

pytestmark = pytest.mark.one_database


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


class Published:
    """A folder that was published, served; and the files of those it speaks of."""

    def __init__(self, cast: Cast, folder: Path, url: str) -> None:
        self.cast, self.folder, self.url = cast, folder, url
        self.valid, self.revoked = issued(cast, "learner"), issued(cast, "classmate")
        self.pdf, self.revoked_pdf = file_of(cast, self.valid), file_of(cast, self.revoked)
        with cast.app.app_context(), db.writing() as session:
            row = session.get_one(Certificate, self.revoked)
            register.revoke(row, by=None, reason="Motiv ascuns", now=clock.now())
        with stored(cast, self.valid) as row:
            self.code = row.code
        self.write()

    def write(self) -> None:
        with self.cast.app.app_context():
            publishing.publish(self.folder)
            db.end_reading()


@pytest.fixture
def published(cast: Cast, tmp_path: Path) -> Iterator[Published]:
    folder = tmp_path / "publicat"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Published(cast, folder, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def lookalike(tmp_path_factory: pytest.TempPathFactory) -> PadesSeal:
    """A seal that a forger made."""
    folder = tmp_path_factory.mktemp("forger") / "seal"
    return create_seal(folder, organisation="Asociația Exemplu", is_model=False, now=SEALED_AT)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, published: Published) -> Iterator[OpenPage]:
    made = []

    def make(size: dict[str, int] = DESK) -> Page:
        context = browser.new_context(viewport=size, locale="ro-RO", base_url=published.url)
        context.set_default_timeout(PATIENCE)
        made.append(context)
        page = context.new_page()
        page.goto("/index.html")
        return page

    yield make
    for context in made:
        context.close()


def answer(page: Page, data: bytes, path: Path) -> str:
    """Give a file and return what came of it: one act, and no click."""
    page.evaluate("document.getElementById('answer').dataset.outcome = ''")
    path.write_bytes(data)
    page.locator("#file").set_input_files(path)
    page.locator("#answer[data-outcome]:not([data-outcome=''])").wait_for()
    return str(page.locator("#answer").get_attribute("data-outcome"))


def test_files_are_told_apart_in_the_browser(
    published: Published, open_page: OpenPage, lookalike: PadesSeal, tmp_path: Path
) -> None:
    page, path = open_page(), tmp_path / "c.pdf"
    assert answer(page, published.pdf, path) == "valid"
    expect(page.locator("#answer h2")).to_have_text("Certificat valabil")
    expect(page.locator("#answer dl")).to_contain_text("Maria Învățăcel")
    flipped = bytearray(published.pdf)
    flipped[len(flipped) // 2] ^= 1
    assert answer(page, bytes(flipped), path) == "changed"
    assert answer(page, published.pdf + b"\n%", path) == "changed"
    assert answer(page, b"\n" + published.pdf, path) == "changed"
    assert answer(page, published.revoked_pdf, path) == "revoked"
    assert answer(page, render(make()), path) == "no_seal"
    assert answer(page, sealed(make(), lookalike, at=SEALED_AT), path) == "not_ours"
    assert answer(page, b"hello", path) == "not_pdf"
    with published.cast.app.app_context():
        stranger = sealed(make(), seals.signer(), at=clock.now())  # type: ignore[arg-type]
    assert answer(page, stranger, path) == "not_listed"


def beside_the_browser(made: Callable[..., bytes | None], *given: object) -> bytes | None:
    """Make a file in another thread: signing runs a loop of events, and so does the browser."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(made, *given).result()


def test_no_changed_file_is_called_valid(
    published: Published, open_page: OpenPage, lookalike: PadesSeal, tmp_path: Path
) -> None:
    page, path = open_page(), tmp_path / "c.pdf"
    unsigned = render(make())
    sample = Sample(
        "issued", published.pdf, published.revoked_pdf, unsigned, (lookalike,), SEALED_AT
    )
    genuine = {published.pdf, published.revoked_pdf}
    chance, tried = Random(7), 0
    for _, made, given in choices(chance, (sample,)):
        changed = beside_the_browser(made, chance, given)
        if changed is None or changed in genuine:
            continue
        assert answer(page, changed, path) not in ("valid", "not_published"), made.__name__
        tried += 1
        if tried == 60:
            return


def test_a_file_with_timestamps_is_known_by_its_fingerprint_alone(
    published: Published, open_page: OpenPage, tmp_path: Path
) -> None:
    later, path = published.pdf + b"% as if a timestamp stood here\n", tmp_path / "c.pdf"
    assert answer(open_page(), later, path) == "changed"
    with published.cast.app.app_context(), db.writing() as session:
        first = session.get_one(Certificate, published.valid).files[0]
        session.add(
            CertificateFile(
                certificate_id=published.valid,
                level="B-T",
                sha256=hashlib.sha256(later).hexdigest(),
                size=len(later),
                engine="test",
                seal_fingerprint=first.seal_fingerprint,
                created_at=clock.now(),
            )
        )
    published.write()
    assert answer(open_page(), later, path) == "valid"
    assert answer(open_page(), later + b"%", path) == "changed"


def test_a_code_is_found_by_whoever_has_it_and_no_name_is_shown(
    published: Published, open_page: OpenPage
) -> None:
    page = open_page()
    page.locator("#code").fill(f" {display_code(published.code).lower().replace('0', 'o')} ")
    page.locator("form button").click()
    expect(page.locator("#answer[data-outcome=valid_code]")).to_be_visible()
    assert "Maria" not in page.locator("body").inner_text()
    page.locator("#code").fill(code_from_bytes(b"nobody has this code at all"))
    page.locator("form button").click()
    expect(page.locator("#answer[data-outcome=unknown]")).to_be_visible()


def test_what_is_published_holds_no_code_no_name_and_no_reason(published: Published) -> None:
    for path in published.folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes()
            for hidden in (published.code, "Învățăcel", "Coleg", "Motiv ascuns"):
                assert hidden.encode() not in text, path


def test_opened_from_a_disk_the_page_says_what_it_needs(
    published: Published, browser: Browser, tmp_path: Path
) -> None:
    """A browser lets no page read the files beside it on a disk: nothing is called valid there."""
    context = browser.new_context(viewport=DESK, locale="ro-RO")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto((published.folder / "index.html").as_uri())
    expect(page.locator("#answer[data-outcome=from_disk]")).to_be_visible()
    assert "server web" in page.locator("#answer").inner_text()
    assert answer(page, published.pdf, tmp_path / "c.pdf") == "from_disk"
    context.close()


def test_the_registers_checkpoints_are_published_too_and_hold_the_chains(
    published: Published,
) -> None:
    run = published.cast.app.test_cli_runner().invoke
    with published.cast.app.app_context():
        assert checkpoints.keep() is not None
    published.write()
    path = published.folder / "checkpoints.json"
    with published.cast.app.app_context():
        (kept,) = read_checkpoints(path.read_bytes())
        assert is_signed(kept, seals.trusted())
    listed = json.loads((published.folder / "status.json").read_bytes())["files"]
    assert listed["checkpoints.json"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {"seals.pem", "keys.json", "jwks.json", "status/all.json"} <= set(listed)
    done = run(args=["audit", "verify", "--checkpoints", str(path)])
    assert done.exit_code == 0, done.output


def test_a_list_that_was_altered_is_not_believed(
    published: Published, open_page: OpenPage, tmp_path: Path
) -> None:
    entries = published.folder / "status" / "all.json"
    whole = entries.read_bytes()
    entries.write_bytes(whole.replace(b'"revoked"', b'"valid"'))
    assert answer(open_page(), published.revoked_pdf, tmp_path / "c.pdf") == "not_published"
    entries.write_bytes(whole)
    listed = published.folder / "status.json"
    listed.write_bytes(listed.read_bytes().replace(b'"format": 1', b'"format": 2'))
    assert answer(open_page(), published.pdf, tmp_path / "c.pdf") == "not_published"


@pytest.mark.parametrize("size", SIZES)
def test_the_page_asks_no_other_host_and_has_no_fault(
    published: Published, open_page: OpenPage, tmp_path: Path, size: dict[str, int]
) -> None:
    page = open_page(size)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in ("/en.html", "/index.html"):
        page.goto(address)
        answer(page, published.pdf, tmp_path / "c.pdf")
        found = Axe().run(page).response["violations"]
        assert [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert asked
    assert all(url.startswith(published.url) for url in asked)


def test_the_command_takes_what_was_published_for_the_registers_word(
    published: Published, tmp_path: Path
) -> None:
    """The same folder, read without a browser and without the site."""
    runner = CliRunner()

    def verify(data: bytes) -> tuple[int, str]:
        path = tmp_path / "c.pdf"
        path.write_bytes(data)
        roots = ["--root", str(published.folder / "seals.pem")]
        done = runner.invoke(offline, [str(path), *roots, "--status", str(published.folder)])
        return done.exit_code, done.output

    code, said = verify(published.pdf)
    assert (code, ": VALID." in said) == (0, True), said
    code, said = verify(published.revoked_pdf)
    assert (code, ": REVOKED." in said) == (1, True)
    entries = published.folder / "status" / "all.json"
    entries.write_bytes(entries.read_bytes().replace(b'"revoked"', b'"valid"'))
    code, said = verify(published.revoked_pdf)
    assert (code, "was changed" in said) == (1, True)
    (published.folder / "status.sig").write_bytes(bytes(384))
    code, said = verify(published.pdf)
    assert (code, "isn't signed by a seal" in said) == (1, True)


def test_a_folder_of_somebody_else_is_left_alone_and_an_old_one_is_written_anew(
    published: Published, tmp_path: Path
) -> None:
    before = (published.folder / "status.json").read_bytes()
    (published.folder / "status" / "aa.json").write_bytes(b"{}")
    (published.folder / "CNAME").write_bytes(b"certificate.example.org")
    published.write()
    assert (published.folder / "status.json").read_bytes() != before
    assert not (published.folder / "status" / "aa.json").exists()
    assert (published.folder / "CNAME").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_bytes(b"mine")
    done = published.cast.app.test_cli_runner().invoke(args=["certificate", "publish", str(other)])
    assert done.exit_code != 0
    assert [path.name for path in other.iterdir()] == ["notes.txt"]

"""The whole job, once through: a registrar, some learners, a stranger, over HTTP.

    python -m bench.journey --learners 160 --at-once 8
    python -m bench.journey --learners 160 --postgresql

Everybody uses only what the pages offer. The server is a fresh one of our own, in production mode;
its constant page is measured in the same run, by the same client, beside the learners.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from bench import learner, registrar
from bench.learner import Code, Held, words_of_pdf
from bench.timing import Timings
from bench.visitor import Page, Visitor
from lms.certificates.numbering import CertificateNumber, normalise_code, parse_number
from lms.demo_people import ROSTER_FILE_NAME, demo_roster_xlsx
from tests import postgres
from tests.serving import (
    Installation,
    Mailbox,
    Serving,
    mail_server,
    new_database,
    set_up,
    wait_until,
)

MOST = 160


@dataclass
class Journey:
    """What came of it."""

    timings: Timings = field(default_factory=Timings)
    certificates: list[Certified] = field(default_factory=list)
    refused_bytes: int = 0

    @property
    def numbers(self) -> list[CertificateNumber]:
        return sorted(c.number for c in self.certificates)


@dataclass(frozen=True)
class Certified:
    """A certificate, and what the public page said of it."""

    number: CertificateNumber
    code: str
    pdf: bytes
    verdict: str  # ok, or what the page's mark says instead
    words: str

    @property
    def is_valid(self) -> bool:
        return self.verdict == "ok" and str(self.number) in self.words


def run(
    installation: Installation,
    mailbox: Mailbox,
    *,
    learners: int = MOST,
    at_once: int = 8,
    saves_each: bool = True,
    uploads: int = 6,
) -> Journey:
    """Take so many learners through; the installation is set up and served meanwhile."""
    set_up(installation)
    link = installation.lms_json(
        "user", "create", "--given", "Rodica", "--family", "Registru", "--role", "registrar"
    )["link"]
    journey = Journey()
    with installation.serving() as serving:
        doors = open_doors(serving, mailbox, link, journey.timings)
        chosen = doors[:learners]
        with (
            measuring_constant(serving, journey.timings),
            journey.timings.running(),
            ThreadPoolExecutor(at_once) as pool,
        ):
            held = list(pool.map(lambda d: walk(serving, d, journey, saves_each), chosen))
        journey.certificates = verify_all(serving, held, journey.timings)
        journey.refused_bytes = verify_files(
            serving, journey.certificates[:uploads], journey.timings
        )
    return journey


Door = str | Code


def open_doors(serving: Serving, mailbox: Mailbox, link: str, timings: Timings) -> Sequence[Door]:
    """Let a registrar set everything up and open the doors: mails' links, letters' codes."""
    with Visitor(serving.url, timings) as office:
        learner.enter(office, link)
        edition = registrar.set_up_programme(office)
        edition = registrar.import_people(office, edition, ROSTER_FILE_NAME, demo_roster_xlsx())
        codes = registrar.open_doors(office, edition)
    wanted = MOST - len(codes)
    wait_until(lambda: len(mailbox.links()) >= wanted, 120, f"the arrival of {wanted} mails")
    by_mail = [address for _to, address in mailbox.links()]
    return _in_turn([*codes.values()], by_mail)


def _in_turn(some: Sequence[Door], others: Sequence[Door]) -> list[Door]:
    """Mix two lists, so that a shortened run has both kinds."""
    mixed: list[Door] = []
    for at in range(max(len(some), len(others))):
        mixed += [*some[at : at + 1], *others[at : at + 1]]
    return mixed


def walk(serving: Serving, door: Door, journey: Journey, saves_each: bool) -> Held:
    """Go one learner's whole way."""
    with Visitor(serving.url, journey.timings) as visitor:
        home = learner.enter(visitor, door)
        home = learner.learn(visitor, home, saves_each=saves_each)
        return learner.fetch_certificate(visitor, home)


@contextmanager
def measuring_constant(serving: Serving, timings: Timings, every: float = 0.05) -> Iterator[None]:
    """Ask for the constant page again and again beside the block."""
    ended = threading.Event()

    def ask() -> None:
        with Visitor(serving.url, timings) as visitor:
            while not ended.wait(every):
                visitor.request("GET", "/health")

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def verify_all(serving: Serving, held: Sequence[Held], timings: Timings) -> list[Certified]:
    """Verify every certificate by what is printed on it, each by a stranger of another address."""
    return [_verify(serving, n, h, timings) for n, h in enumerate(held)]


def stranger(serving: Serving, number: int, timings: Timings) -> Visitor:
    """Return a visitor whose address nobody else has."""
    return Visitor(serving.url, timings, address=f"10.{number // 250}.{number % 250}.7")


def _verify(serving: Serving, at: int, held: Held, timings: Timings) -> Certified:
    words = words_of_pdf(held.pdf)
    tokens = words.split()
    numbers = {n for t in tokens if (n := parse_number(t)) is not None}
    codes = {c for t in tokens if (c := normalise_code(t)) is not None}
    assert (len(numbers), len(codes)) == (1, 1), words
    number, code = numbers.pop(), codes.pop()
    with stranger(serving, at, timings) as visitor:
        page = visitor.open(visitor.open(visitor.url).link(to="/verify"))
        page = visitor.submit(page.form(having="code"), {"code": code})
    assert page.status == 200, f"{number}: {page.status} {page.text[:300]}"
    return Certified(number, code, held.pdf, _verdict(page), page.text)


def _verdict(page: Page) -> str:
    (mark,) = page.tree.xpath("//*[contains(concat(' ', @class, ' '), ' verdict ')]/@class")
    return str(mark).rpartition("verdict-")[2]


def verify_files(serving: Serving, certified: Sequence[Certified], timings: Timings) -> int:
    """Upload originals, which must be good, and the same with one byte changed, which must not be.

    Returns how many changed files were refused.
    """
    refused = 0
    for at, one in enumerate(certified):
        good = _upload(serving, 1000 + at, one.pdf, timings)
        assert str(one.number) in good.text, good.text[:400]
        assert _verdict(good) == "ok", good.text[:400]
        changed = bytearray(one.pdf)
        changed[len(changed) * (at + 1) // (len(certified) + 1)] ^= 0x01
        bad = _upload(serving, 2000 + at, bytes(changed), timings)
        refused += _verdict(bad) != "ok"
    return refused


def _upload(serving: Serving, at: int, pdf: bytes, timings: Timings) -> Page:
    with stranger(serving, at, timings) as visitor:
        page = visitor.open("/verify")
        return visitor.submit(
            page.form(having="file"), files={"file": ("certificat.pdf", pdf, "application/pdf")}
        )


def main() -> int:
    """Run a journey on a fresh database and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m bench.journey", description=__doc__)
    parser.add_argument("--learners", type=int, default=MOST)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--postgresql", action="store_true", help="on a durable server of our own")
    parser.add_argument("--saves-with-submit", action="store_true", help="as without JavaScript")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="journey-") as folder,
        mail_server() as (mailbox, smtp),
        postgres.server(durable=True) if asked.postgresql else nullcontext() as server,
    ):
        installation = Installation(Path(folder) / "instance", new_database(server), smtp)
        begun = time.monotonic()
        journey = run(
            installation,
            mailbox,
            learners=asked.learners,
            at_once=asked.at_once,
            saves_each=not asked.saves_with_submit,
        )
        took = time.monotonic() - begun
    print(journey.timings.table())
    serials = [n.serial for n in journey.numbers]
    whole = serials == list(range(1, asked.learners + 1))
    valid = sum(c.is_valid for c in journey.certificates)
    print(
        f"{asked.learners} learners in {took:.1f} s with set-up: {valid} valid certificates, "
        f"numbers {'without gap or double' if whole else 'NOT WHOLE'}, "
        f"{journey.refused_bytes} changed files refused"
    )
    return 0 if whole and valid == asked.learners and not journey.timings.failures else 1


if __name__ == "__main__":
    sys.exit(main())

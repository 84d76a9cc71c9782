"""The real server, as a process of its own: started, killed, started again, looked into.

What is served is what an organisation would run (`lms serve` in production mode), on this machine
alone, with a folder and a database of its own and a mail server that keeps what it is sent.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

ROOT = Path(__file__).parents[1]
CONTENT = ROOT / "content" / "os2"
START_SECONDS = 120.0  # of a loaded machine; the figure of merit is measured elsewhere
_LINK = re.compile(r"https?://\S+/link/\S+")


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], Any], seconds: float = START_SECONDS, what: str = "it") -> None:
    """Wait until something holds; fail where it doesn't in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.05)


class Mailbox:
    """A mail server that delivers nothing and keeps everything."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self._lock:
            self._kept.append(message)
        return "250 kept"

    @property
    def messages(self) -> list[EmailMessage]:
        with self._lock:
            return list(self._kept)

    def links(self) -> list[tuple[str, str]]:
        """Return (address, newest link) of every mail that holds a one-use link."""
        found = []
        for message in self.messages:
            body = message.get_body(("plain",))
            if body is not None and (match := _LINK.search(body.get_content())):
                found.append((str(message["To"]), match.group()))
        return found


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, str]]:
    """Run a mail server for the block; give its mailbox and its address as a setting."""
    mailbox, port = Mailbox(), free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@dataclass
class Serving:
    """A server that runs."""

    process: psutil.Process
    url: str

    def family(self) -> list[psutil.Process]:
        """Supervisor, web server, its workers, and the background worker."""
        try:
            return [self.process, *self.process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def web_workers(self) -> list[psutil.Process]:
        """The processes that answer requests: the only grandchildren there are."""
        try:
            return [w for child in self.process.children() for w in child.children()]
        except psutil.NoSuchProcess:
            return []

    def kill_web_workers(self) -> int:
        """kill -9 every process that answers requests; return how many there were."""
        return _kill(self.web_workers())

    def kill_all(self) -> int:
        """kill -9 the whole tree, nobody being left to drain or to start anything again."""
        killed = _kill(self.family())
        self.process.wait(20)
        return killed

    def is_healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=20).text == "ok\n"
        except httpx.HTTPError:
            return False


def _kill(processes: list[psutil.Process]) -> int:
    killed = 0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
            killed += 1
    return killed


@dataclass
class Installation:
    """A folder, a database, a port, and the settings that belong to them."""

    instance: Path
    database_url: str = ""
    smtp_url: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        """Return the settings, and nothing of those that surround us."""
        bare = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
        bare.pop("PYTHONDONTWRITEBYTECODE", None)
        own = {
            "LMS_MODE": "production",
            "LMS_INSTANCE": str(self.instance),
            "LMS_DATABASE_URL": self.database_url,
            "LMS_BASE_URL": self.url,
            "LMS_PORT": str(self.port),
            "LMS_SMTP_URL": self.smtp_url,
            "LMS_MAIL_FROM": "Cursuri <cursuri@example.org>",
            "LMS_MAIL_PER_HOUR": "100000",
            "LMS_CONTACT_EMAIL": "secretariat@example.org",
            "LMS_CONTACT_PHONE": "0700 000 000",
            "LMS_BEHIND_PROXY": "1",  # so that strangers may come from different addresses
        }
        return bare | own | self.settings | more

    def lms(self, *arguments: str, **more: str) -> str:
        """Run one command to its end and return what it said; fail where it refused."""
        done = subprocess.run(
            [sys.executable, "-m", "lms", *arguments],
            env=self.environment(**more),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, f"lms {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def lms_json(self, *arguments: str, **more: str) -> Any:
        return json.loads(self.lms(*arguments, "--json", **more))

    @contextmanager
    def serving(self, *arguments: str, **more: str) -> Iterator[Serving]:
        """Run `lms serve` for the block; nothing of it is left after."""
        with (self.instance.parent / f"{self.instance.name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "lms", "serve", *arguments],
                env=self.environment(**more),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        running = Serving(psutil.Process(process.pid), self.url)
        family: list[psutil.Process] = []
        try:
            wait_until(
                lambda: process.poll() is not None or running.is_healthy(), what="the first answer"
            )
            assert process.poll() is None, f"the server ended at once: {self.log()[-2000:]}"
            family = running.family()
            yield running
        except BaseException:
            print(self.log()[-6000:], file=sys.stderr)  # noqa: T201 -- the one trace of a fault
            raise
        finally:
            family += running.family()
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(45)
            finally:
                _kill([left for left in family if left.is_running()])

    def log(self) -> str:
        """Return what the server has said so far."""
        path = self.instance.parent / f"{self.instance.name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def new_database(server: str | None) -> str:
    """Return the address of an empty database: on a PostgreSQL server, or SQLite's empty one."""
    if server is None:
        return ""
    name = f"served_{secrets.token_hex(6)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


def set_up(installation: Installation) -> None:
    """Do what an organisation does once, from the shell: tables, keys, the course."""
    installation.lms("init", "--organisation", "Asociația Exemplu")
    installation.lms("course", "import", str(CONTENT), "--publish")

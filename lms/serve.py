"""One command that serves: the web server and the worker as children of a small supervisor.

The supervisor holds the listening socket, so that nobody is turned away while a child starts again.
It has loaded the code but holds no connection; each child makes an application of its own.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication

from lms import create_app, db
from lms.config import Settings
from lms.jobs import queue
from lms.jobs.worker import run_worker

log = structlog.get_logger()

DRAIN_SECONDS = 30.0  # from the signal to the end of the last child
GRACE_SECONDS = 25  # what a request or a task under way gets of it
SILENT_SECONDS = 60  # a web process that answers nothing for so long is replaced
STEADY_SECONDS = 60.0  # a child that lived so long is forgiven its earlier ends
LONGEST_WAIT = 30.0
BACKLOG = 1024
_PR_SET_PDEATHSIG = 1


class PortTakenError(Exception):
    """The address is in use, or isn't ours to bind."""


def backoff(ends: int) -> float:
    """Seconds to wait before a child is started again after so many ends in a row."""
    return min(LONGEST_WAIT, 0.25 * 2.0 ** min(ends, 10))


@dataclass
class Child:
    """A process that is kept running."""

    name: str
    run: Callable[[], int]
    pid: int | None = None
    ends: int = 0
    started: float = 0.0
    start_at: float = field(default=0.0)


class Supervisor:
    """Starts the children, starts a dead one again, ends them all on SIGTERM or SIGINT."""

    def __init__(self, children: list[Child]) -> None:
        self._children = children
        self._ended = False

    def run(self) -> None:
        """Supervise until told to end; return once every child has ended."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        while not self._ended:
            for child in self._children:
                self._tend(child)
            time.sleep(0.1)
        self._drain()

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ended = True

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.pid is None:
            if now >= child.start_at:
                child.pid, child.started = _fork(child), now
            return
        status = _ended_with(child.pid)
        if status is None:
            return
        child.ends = 1 if now - child.started > STEADY_SECONDS else child.ends + 1
        child.pid, child.start_at = None, now + backoff(child.ends)
        log.error("child ended, starting it again", child=child.name, status=status)

    def _drain(self) -> None:
        deadline = time.monotonic() + DRAIN_SECONDS
        living = [child for child in self._children if child.pid is not None]
        for child in living:
            _send(child, signal.SIGTERM)
        while living and time.monotonic() < deadline:
            time.sleep(0.05)
            living = [c for c in living if c.pid is not None and _ended_with(c.pid) is None]
        for child in living:
            log.error("child would not end in time", child=child.name)
            _send(child, signal.SIGKILL)


def _send(child: Child, number: signal.Signals) -> None:
    if child.pid is not None:
        os.kill(child.pid, number)  # not reaped yet, so the id is still this child's


def _ended_with(pid: int) -> int | None:
    """Exit status of a child that has ended; None while it runs."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _fork(child: Child) -> int:
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if not pid:
        _become(child, parent)
    return pid


def _become(child: Child, parent: int) -> NoReturn:
    """Run as the child; nothing of the supervisor's own clean-up may run here."""
    code = 1
    try:
        os.setpgid(0, 0)  # Ctrl-C reaches the supervisor alone, which drains
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        _die_with(parent)
        code = child.run()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        log.exception("child broke", child=child.name)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _die_with(parent: int) -> None:
    """Ask the kernel for SIGTERM when the supervisor dies, even by SIGKILL."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


class WebServer(BaseApplication):  # type: ignore[misc]
    """Gunicorn on a socket that is open already; each process makes its own application."""

    def __init__(self, settings: Settings, listener: int) -> None:
        self._settings = settings
        self._listener = listener
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn our settings; it reads neither file nor command line."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def _options(self) -> dict[str, Any]:
        memory = Path("/dev/shm")  # noqa: S108 -- only the workers' heartbeat, never data
        return {
            "bind": f"fd://{self._listener}",
            "worker_class": "gthread",
            "workers": self._settings.workers,
            "threads": self._settings.threads,
            "preload_app": False,
            "timeout": SILENT_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 5,
            "worker_tmp_dir": str(memory) if os.access(memory, os.W_OK) else None,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # which proxies are trusted is LMS_BEHIND_PROXY's business
            "loglevel": "warning",
            "proc_name": "atestat",
        }

    def load(self) -> Flask:
        """Make the application, in the process that serves it."""
        return create_app(self._settings)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Hold the listening socket; raise PortTakenError where the address can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise PortTakenError(f"{host}:{port} can't be served: {error.strerror}.") from error
        listener.listen(BACKLOG)
        yield listener


def _run_web(settings: Settings, listener: int) -> int:
    WebServer(settings, listener).run()
    return 0


def _run_worker(settings: Settings) -> int:
    return 0 if run_worker(create_app(settings)) else 1


def serve(
    app: Flask,
    *,
    host: str,
    port: int,
    with_worker: bool = True,
    ready: Callable[[int], None] = lambda _port: None,
) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is told the port once the address is ours.

    `app` was used for the checks; its connections are closed before the first fork.
    """
    settings: Settings = app.config["LMS"]
    db.db.session.remove()
    db.db.engine.dispose()
    queue.let_go(app)
    with listening(host, port) as listener:
        descriptor = listener.fileno()
        children = [Child("web", lambda: _run_web(settings, os.dup(descriptor)))]
        if with_worker:
            children.append(Child("worker", lambda: _run_worker(settings)))
        ready(listener.getsockname()[1])
        Supervisor(children).run()

"""Small processes that make certificates' files, for many at once; see `maker_process`.

The application's own process stays free for the register, and what draws and signs takes no more
memory than it needs. A process that dies, or is ended as stuck, takes nothing with it: what it
hasn't answered is made here. Where this process dies, they end with their orders.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess  # only our own module is started, with fixed arguments
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import structlog

from lms.certificates.drawing.items import Attachment
from lms.certificates.maker_process import attachment_to_plain
from lms.certificates.signing.api import GoesElsewhere, Signer
from lms.certificates.signing.container import BareSeal
from lms.files.store import Laid

log = structlog.get_logger()

COUNT: Final = max(1, min(2, os.cpu_count() or 1))
"""How many work side by side."""

ANSWERS_WITHIN = 120.0
"""Seconds for one file; it takes a fraction of one, and much longer on a machine that is busy."""

_ROOT: Final = Path(__file__).parents[2]  # where the package `lms` is found
_ENVIRONMENT: Final = ("PATH", "PYTHONPATH", "LANG", "TZ")  # no setting, and so no secret
_PATIENCE: Final = 10  # seconds, for one that has no more orders


@dataclass(frozen=True)
class Order:
    """A certificate's file that is wanted: its facts, the time of sealing, what is attached."""

    facts: Mapping[str, Any]
    at: datetime
    more: Sequence[Attachment] = ()

    def line(self) -> str:
        """Write the order."""
        more = [attachment_to_plain(each) for each in self.more]
        said = {"facts": self.facts, "at": self.at.isoformat(), "more": more}
        return json.dumps(said) + "\n"


class MakerStuck(Exception):
    """A process gave no answer in time; it was ended."""


@dataclass(frozen=True)
class Answer:
    """A file that was laid down, and how large it is."""

    laid: Laid
    size: int


class Makers:
    """Some processes and the seal that they sign with; safe to share between threads."""

    def __init__(self, seal: BareSeal, root: Path, count: int) -> None:
        said = {"seal": seal.to_plain(), "root": str(root.resolve())}
        self._first = json.dumps(said) + "\n"
        self._idle: queue.SimpleQueue[subprocess.Popen[str] | None] = queue.SimpleQueue()
        for _ in range(count):
            self._idle.put(self._started())

    def _started(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "lms.certificates.maker_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        )
        _pipe(process.stdin).write(self._first)
        return process

    def make(self, orders: Sequence[Order]) -> list[Answer | None]:
        """Let one process make some files; None for each that must be made here."""
        process = self._idle.get()
        answers: list[Answer | None] = []
        try:
            process = process or self._started()
            told = _pipe(process.stdin)
            with _answers_in_time(process):
                told.writelines(order.line() for order in orders)
                told.flush()
            while len(answers) < len(orders):
                with _answers_in_time(process):
                    line = _pipe(process.stdout).readline()
                answers.append(_answer(line))
        except (OSError, ValueError, KeyError, MakerStuck) as error:
            is_stuck = isinstance(error, MakerStuck)
            log.warning(
                "a process that makes files is stuck and was ended; what it owed is made here"
                if is_stuck
                else "a process that makes files has died; what it owed is made here",
                error=str(error),
                owed=len(orders) - len(answers),
            )
            if process is not None:
                _end(process)
            process = None
        finally:
            self._idle.put(process)  # the place of one that died is filled when it is needed
        return answers + [None] * (len(orders) - len(answers))

    def close(self) -> None:
        """Let them end; they have answered all that was asked."""
        while not self._idle.empty():
            process = self._idle.get()
            if process is not None:
                _end(process)


@contextmanager
def _answers_in_time(process: subprocess.Popen[str]) -> Iterator[None]:
    """End a process that takes too long over the block. Raises MakerStuck."""
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        process.kill()

    watch = threading.Timer(ANSWERS_WITHIN, end)
    watch.daemon = True
    watch.start()
    try:
        yield
    except OSError:
        if not is_late.is_set():
            raise
    finally:
        watch.cancel()
    if is_late.is_set():
        raise MakerStuck(f"no answer in {ANSWERS_WITHIN:g} s")


def _answer(line: str) -> Answer | None:
    said = json.loads(line)  # a ValueError where the line is empty: the process has ended
    if said is None:
        return None
    temporary = Path(said["temporary"]) if said["temporary"] else None
    return Answer(Laid(said["sha256"], temporary), said["size"])


def _pipe(held: IO[str] | None) -> IO[str]:
    assert held is not None  # opened with the process
    return held


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(OSError):  # it may be gone
        _pipe(process.stdin).close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _pipe(process.stdout).close()


@contextmanager
def opened(seal: Signer, root: Path) -> Iterator[Makers | None]:
    """Start them for as long as the block lasts; None where the seal's key stays where it is."""
    bare = seal.bare() if isinstance(seal, GoesElsewhere) else None
    if not isinstance(bare, BareSeal):
        yield None
        return
    makers = Makers(bare, root, COUNT)
    try:
        yield makers
    finally:
        makers.close()

"""Processes that make files: one that dies or is stuck costs time, and no file."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from lms.certificates import makers
from lms.certificates.makers import Makers, Order

ORDERS = [Order({"number": n}, datetime(2026, 3, 2, tzinfo=UTC)) for n in range(3)]
ANSWER = '{"sha256": "a", "size": 1, "temporary": null}'

STUCK_AT_ONCE = "import time; time.sleep(3600)"
STUCK_AFTER_ONE = f"""
import sys, time
sys.stdin.readline()
sys.stdin.readline()
print('{ANSWER}', flush=True)
time.sleep(3600)
"""
DIES_AFTER_ONE = f"""
import sys
sys.stdin.readline()
sys.stdin.readline()
print('{ANSWER}', flush=True)
"""


class Played(Makers):
    """Makers with a child of the test's own."""

    def __init__(self, script: str) -> None:
        self.script, self.children = script, []
        self._first = "{}\n"
        self._idle = makers.queue.SimpleQueue()
        self._idle.put(self._started())

    def _started(self) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", self.script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        child.stdin.write(self._first)
        self.children.append(child)
        return child


@pytest.mark.parametrize(
    ("script", "made", "said"),
    [
        (STUCK_AT_ONCE, 0, "is stuck"),
        (STUCK_AFTER_ONE, 1, "is stuck"),
        (DIES_AFTER_ONE, 1, "has died"),
    ],
)
def test_what_a_process_owes_is_left_to_be_made_here(monkeypatch, script, made, said):
    monkeypatch.setattr(makers, "ANSWERS_WITHIN", 5.0 if made else 1.0)
    played = Played(script)
    with capture_logs() as logs:
        answers = played.make(ORDERS)
    assert [answer is not None for answer in answers] == [n < made for n in range(3)]
    (line,) = logs
    assert said in line["event"]
    assert line["owed"] == 3 - made
    (child,) = played.children
    assert child.poll() is not None  # nothing stays behind
    monkeypatch.setattr(played, "script", f"import sys\nfor _ in sys.stdin: print('{ANSWER}')")
    assert len(played.make(ORDERS)) == 3  # its place is filled when it is needed
    played.close()
    assert all(child.poll() is not None for child in played.children)


def test_a_stuck_process_that_takes_no_orders_is_ended_too(monkeypatch):
    monkeypatch.setattr(makers, "ANSWERS_WITHIN", 1.0)
    large = [Order({"number": "x" * 1_000_000}, datetime(2026, 3, 2, tzinfo=UTC))]
    played = Played(STUCK_AT_ONCE)
    with capture_logs() as logs:
        assert played.make(large) == [None]
    assert "is stuck" in logs[0]["event"]
    played.close()

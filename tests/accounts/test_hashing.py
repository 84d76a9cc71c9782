"""Hashes: the declared cost, no more at once than cores, never inside a write."""

from __future__ import annotations

import fcntl
import threading
import time
from pathlib import Path

import pytest
from flask import Flask

from lms import db
from lms.accounts import hashing


def test_the_cost_is_the_declared_one(app: Flask) -> None:
    with app.app_context():
        kept = hashing.hash_password("patru corbi pe gard")
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert hashing.verify_password(kept, "patru corbi pe gard")
        assert not hashing.verify_password(kept, "Patru corbi pe gard")


def test_nobody_s_password_is_never_right(app: Flask) -> None:
    with app.app_context():
        assert not hashing.verify_password(None, "nobody's password")
        assert not hashing.verify_password("x", "x")


def test_a_hash_is_refused_inside_a_write(app: Flask) -> None:
    with app.app_context(), db.writing(), pytest.raises(RuntimeError):
        hashing.hash_password("patru corbi pe gard")


def test_a_hash_waits_while_every_slot_is_taken(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "cores", lambda: 1)
    done = threading.Event()

    def work() -> None:
        with app.app_context():
            hashing.hash_password("patru corbi pe gard")
        done.set()

    slot: Path = app.config["LMS"].folder("locks") / "hash-0"
    with slot.open("w") as held:  # as another process would hold it
        fcntl.flock(held, fcntl.LOCK_EX)
        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.2)
        assert not done.is_set()
    assert done.wait(60)
    thread.join()


def test_never_more_hashes_at_once_than_slots(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "cores", lambda: 2)
    lock, now, most = threading.Lock(), 0, 0

    def slow_hash(_password: str) -> str:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return "x"

    class Slow:
        hash = staticmethod(slow_hash)

    monkeypatch.setattr(hashing, "_hasher", Slow)

    def work() -> None:
        with app.app_context():
            hashing.hash_password("patru corbi pe gard")

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2

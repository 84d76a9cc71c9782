"""The worker: takes what the queue was told, and looks regularly for what was missed.

Both run in one process. The queue only hastens work; should its store be away, the sweeps still
find every row that waits.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from huey.consumer import Consumer

from lms.config import Settings
from lms.jobs import queue
from lms.jobs.queue import Sweep

log = structlog.get_logger()

DRAIN_SECONDS = 25.0  # the supervisor ends us 5 s later
LONGEST_PAUSE = 1.0  # between two looks at an empty queue
HEALTH_SECONDS = 10.0
SEEN_SECONDS = 15.0  # how often the sweeper leaves its sign of life


class Sweeper:
    """Runs each sweep when it is due, one after the other; one sweeper a machine is enough."""

    def __init__(
        self,
        app: Flask,
        sweeps: Iterable[Sweep],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._monotonic = monotonic
        self._due = {sweep: monotonic() for sweep in sweeps}

    def sweep_due(self, stopped: Callable[[], bool] = lambda: False) -> list[str]:
        """Run what is due now, in the order it fell due; return the names."""
        now = self._monotonic()
        ready = sorted((s for s, due in self._due.items() if due <= now), key=self._due.__getitem__)
        done = []
        for sweep in ready:
            if stopped():
                break
            queue.run(self._app, sweep.name, {})
            self._due[sweep] = self._monotonic() + sweep.every_seconds
            done.append(sweep.name)
        return done


class _SweepLock:
    """Held by the one process of this machine that sweeps; the kernel frees it when that dies."""

    def __init__(self, settings: Settings) -> None:
        path = sign_of_life(settings)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def held(self) -> bool:
        """Take the lock, or keep it; False where another process has it."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def say_alive(self) -> None:
        """Leave the present instant as the file's time, for whoever asks whether work is done."""
        os.utime(self._descriptor)


def sign_of_life(settings: Settings) -> Path:
    """The file whose time says when the background work was last minded."""
    return settings.folder("queue") / "sweeper.lock"


def _closing(storage: Any) -> Callable[[], None]:
    """Make the closing of a store's connections, of which each thread has one to listen on."""
    one_at_a_time = threading.Lock()  # the store looks whether it is open before it takes its own

    def close() -> None:
        with one_at_a_time:
            storage.close()

    return close


class Worker:
    """Threads that perform told work, and one that sweeps; ended by `stop`, drained by `join`."""

    def __init__(self, app: Flask, *, threads: int = 2) -> None:
        self._app = app
        self._threads = threads
        self._stopped = threading.Event()
        self._consumer: Consumer | None = None
        self._sweeping = threading.Thread(target=self._sweep, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin to work; does not wait."""
        self._sweeping.start()

    def tend(self) -> None:
        """Start the queue's threads once its store answers, and replace those that died."""
        if self._consumer is None:
            self._consumer = self._started_consumer()
        else:
            self._consumer.check_worker_health()

    def stop(self) -> None:
        """Take no more work; what is under way goes on."""
        self._stopped.set()
        if self._consumer is not None:
            self._consumer.stop_flag.set()

    def join(self, seconds: float) -> bool:
        """Wait for what is under way; tell whether all of it ended in time."""
        threads = [self._sweeping]
        if self._consumer is not None:
            threads += [self._consumer.scheduler, *(t for _, t in self._consumer.worker_threads)]
        deadline = time.monotonic() + seconds
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _started_consumer(self) -> Consumer | None:
        try:
            queue.prepare(self._app)
        except Exception as error:  # any store, any driver: the sweeps go on, and we try again
            log.warning("queue away", error=str(error)[:200])
            return None
        huey = self._app.extensions["lms_huey"]
        consumer = Consumer(
            huey,
            workers=self._threads,
            periodic=False,
            max_delay=LONGEST_PAUSE,
        )
        huey.on_shutdown("close")(_closing(huey.storage))
        consumer.scheduler.start()
        for _, thread in consumer.worker_threads:
            thread.start()
        return consumer

    def _sweep(self) -> None:
        lock = _SweepLock(self._app.config["LMS"])
        sweeper = Sweeper(self._app, queue.SWEEPS)
        said = float("-inf")
        while not self._stopped.is_set():
            if lock.held():
                if time.monotonic() - said >= SEEN_SECONDS:
                    lock.say_alive()
                    said = time.monotonic()
                sweeper.sweep_due(self._stopped.is_set)
            self._stopped.wait(1)


def run_worker(app: Flask, *, threads: int = 2, ready: Callable[[], Any] = lambda: None) -> bool:
    """Work until SIGTERM or SIGINT, then drain; tell whether all work ended in time.

    Must be called in the main thread, which only waits.
    """
    logging.getLogger("huey").setLevel(logging.WARNING)
    ended = False

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal ended
        ended = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    worker = Worker(app, threads=threads)
    worker.start()
    ready()
    tended = float("-inf")
    while not ended:
        if time.monotonic() - tended >= HEALTH_SECONDS:
            worker.tend()
            tended = time.monotonic()
        time.sleep(0.2)
    worker.stop()
    drained = worker.join(DRAIN_SECONDS)
    if not drained:
        log.warning("worker stopped over unfinished work; the next sweep takes it up")
    return drained

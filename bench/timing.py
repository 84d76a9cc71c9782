"""How long pages took: kept by kind, from several threads, and written as a table."""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CONSTANT = "GET /health"

_KINDS = (
    (r"/health", "/health"),
    (r"/link/[^/]+", "/link/…"),
    (r"/attempts/\d+/(\w+)", r"/attempts/…/\1"),
    (r"/attempts/\d+", "/attempts/…"),
    (r"/courses/[^/]+/questionnaire(.*)", r"/courses/…/questionnaire\1"),
    (r"/courses/[^/]+/quizzes/[^/]+/start", "/courses/…/quizzes/…/start"),
    (r"/courses/[^/]+/quizzes/[^/]+", "/courses/…/quizzes/…"),
    (r"/courses/[^/]+/[^/]+/[^/]+/(read|active)", r"lesson/\1"),
    (r"/courses/[^/]+/[^/]+/[^/]+", "lesson"),
    (r"/courses/[^/]+", "/courses/…"),
    (r"/certificates/\d+/pdf", "/certificates/…/pdf"),
    (r"/certificates/\d+", "/certificates/…"),
    (r"/v/[^/]+", "/v/…"),
    (r"/editions/[^/]+(.*)", r"/editions/…\1"),
    (r"/programmes/\d+(.*)", r"/programmes/…\1"),
    (r"/participants/\d+(.*)", r"/participants/…\1"),
)


def kind_of(method: str, path: str) -> str:
    """Name the kind of a page: its address with whatever is particular taken out."""
    path = path.partition("?")[0] or "/"
    for pattern, name in _KINDS:
        if match := re.fullmatch(pattern, path):
            return f"{method} {re.sub(r'[0-9]+', '…', match.expand(name))}"
    return f"{method} {path}"


@dataclass
class Timings:
    """Seconds by kind of page, and what went wrong; safe to share between threads."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)
    wall: float = 0.0

    def add(self, kind: str, seconds: float, *, failed: bool = False) -> None:
        with self.lock:
            self.seconds[kind].append(seconds)
            if failed:
                self.errors[kind] += 1

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measure the time that goes by, for requests per second."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.wall += time.monotonic() - begun

    @property
    def requests(self) -> int:
        return sum(map(len, self.seconds.values()))

    @property
    def failures(self) -> int:
        return sum(self.errors.values())

    def table(self) -> str:
        """Write the table, the dearest kind first, each as a multiple of the constant page."""
        constant = _quantile(self.seconds.get(CONSTANT, []), 0.5)
        kinds = sorted(self.seconds, key=lambda k: -sum(self.seconds[k]))
        width = max(map(len, kinds), default=4)
        head = (
            f"{'page':<{width}} {'requests':>8} {'p50 ms':>8} {'p95 ms':>8} {'× const':>8} errors"
        )
        lines = [head, "-" * len(head)]
        for kind in kinds:
            times = self.seconds[kind]
            p50, p95 = _quantile(times, 0.5), _quantile(times, 0.95)
            multiple = f"{p50 / constant:8.1f}" if constant else f"{'–':>8}"
            lines.append(
                f"{kind:<{width}} {len(times):>8} {p50 * 1e3:>8.1f} {p95 * 1e3:>8.1f} "
                f"{multiple} {self.errors.get(kind, 0):>6}"
            )
        rate = self.requests / self.wall if self.wall else 0
        lines.append(
            f"{self.requests} requests in {self.wall:.1f} s: {rate:.0f}/s, {self.failures} errors"
        )
        return "\n".join(lines)


def _quantile(values: list[float], share: float) -> float:
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

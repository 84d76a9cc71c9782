"""How often one address may ask: counted in this process's memory, never stored."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from ipaddress import ip_address, ip_network

_MOST_ADDRESSES = 10_000


def who_asks(address: str | None) -> str:
    """Return what is counted: the address, or the whole network of a home under IPv6."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return address or ""
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped is not None:  # as a server that hears both kinds at one door names them
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))


class Window:
    """Counts what each address did in the last minute; safe to share between threads."""

    def __init__(
        self,
        most: int,
        *,
        seconds: float = 60.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._seen: dict[str, deque[float]] = {}

    def allows(self, address: str) -> bool:
        """Count one more for an address; tell whether it is still within the limit."""
        now = self._monotonic()
        with self._lock:
            if len(self._seen) >= _MOST_ADDRESSES and address not in self._seen:
                self._forget(now)
            times = self._seen.setdefault(address, deque())
            while times and times[0] <= now - self._seconds:
                times.popleft()
            if len(times) >= self._most:
                return False
            times.append(now)
            return True

    def _forget(self, now: float) -> None:
        """Drop addresses that were quiet; should none be, all: memory stays bounded."""
        quiet = [a for a, t in self._seen.items() if not t or t[-1] <= now - self._seconds]
        for address in quiet or list(self._seen):
            del self._seen[address]

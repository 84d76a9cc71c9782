"""Drawing questions and shuffling options, fixed by an attempt's seed.

The order comes from SHA-256 and nothing else: the same seed gives the same order on every
machine and in every version of Python, and it doesn't depend on the order things came in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence


class NotEnoughQuestions(ValueError):
    """Say that a quiz draws more questions than it has."""

    def __init__(self, wanted: int, available: int) -> None:
        super().__init__(f"{wanted} questions wanted, {available} available")
        self.wanted = wanted
        self.available = available


def rank(seed: int, label: str, item: str) -> bytes:
    """Place an item by chance, but always in the same place for the same seed and label."""
    return hashlib.sha256(f"1|{seed}|{label}|{item}".encode()).digest()


def shuffled(items: Iterable[str], seed: int, label: str = "") -> tuple[str, ...]:
    """Put items in an order that the seed fixes; `label` keeps several shuffles apart."""
    return tuple(sorted(items, key=lambda item: (rank(seed, label, item), item)))


def derived_seed(seed: int, label: str) -> int:
    """Make a seed for a part (a question in an attempt) from the whole's; fits 63 bits."""
    return int.from_bytes(rank(seed, "seed", label)[:8], "big") >> 1


def draw_questions(
    pool: Sequence[str],
    n: int | None,
    seed: int,
    *,
    shuffle: bool = True,
    seen: Mapping[str, int] | None = None,
) -> tuple[str, ...]:
    """Draw `n` questions of the pool (`None`: all), none of them twice.

    Questions that this learner met least often (`seen`: id to number of times) come first.
    Unshuffled, the drawn ones stand in the pool's order.
    """
    unique = tuple(dict.fromkeys(pool))
    wanted = len(unique) if n is None else n
    if wanted > len(unique) or wanted < 0:
        raise NotEnoughQuestions(wanted, len(unique))
    times = seen or {}
    by_chance = shuffled(unique, seed, "draw")
    drawn = set(sorted(by_chance, key=lambda item: times.get(item, 0))[:wanted])
    if shuffle:
        return shuffled(drawn, seed, "order")
    return tuple(item for item in unique if item in drawn)

"""Drawing questions and shuffling options, fixed by an attempt's seed.

The order comes from SHA-256 and nothing else: the same seed gives the same order on every
machine and in every version of Python, and it doesn't depend on the order things came in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence


class NotEnoughQuestions(ValueError):
    """Say that a quiz draws more questions than it has slots to draw them from."""

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
    slots: Mapping[str, str] | None = None,
    kin: Mapping[str, str] | None = None,
    sections: Mapping[str, int] | None = None,
    shuffles: Mapping[int, bool] | None = None,
) -> tuple[str, ...]:
    """Draw `n` questions of the pool (`None`: one of each slot), none of them twice.

    `slots` names the slot of a question; those of one slot are alternatives, and an attempt never
    gets two of them. A question without a slot is one of its own. Of each slot comes the question
    that this learner met least often (`seen`: id to number of times), and the slots whose question
    was met least often come first. Unshuffled, the drawn ones stand in the pool's order.

    `kin` names the family of questions that are copies or doubles of each other: two of one come
    only where there is nothing else to draw.

    `sections` names the section of a question (0: before the first); sections keep their order, and
    questions are mixed within theirs alone. `shuffles` says of a section what differs from
    `shuffle`.
    """
    unique = tuple(dict.fromkeys(pool))
    times = seen or {}
    picked = _one_of_each_slot(unique, seed, times, slots or {})
    wanted = len(picked) if n is None else n
    if wanted > len(picked) or wanted < 0:
        raise NotEnoughQuestions(wanted, len(picked))
    in_turn = sorted(picked, key=lambda item: times.get(item, 0))
    drawn = set(_families_first(in_turn, kin or {})[:wanted])
    in_order = tuple(item for item in unique if item in drawn)
    return arranged(in_order, seed, shuffle=shuffle, sections=sections, shuffles=shuffles)


def arranged(
    in_order: Sequence[str],
    seed: int,
    *,
    shuffle: bool = True,
    sections: Mapping[str, int] | None = None,
    shuffles: Mapping[int, bool] | None = None,
) -> tuple[str, ...]:
    """Put what was drawn in the order of an attempt; unshuffled, it stays in the order given."""
    if not sections:
        return shuffled(in_order, seed, "order") if shuffle else tuple(in_order)
    own = shuffles or {}
    return tuple(
        item
        for number, group in grouped(in_order, sections)
        for item in (shuffled(group, seed, "order") if own.get(number, shuffle) else group)
    )


def grouped(items: Iterable[str], sections: Mapping[str, int]) -> list[tuple[int, tuple[str, ...]]]:
    """Put items under their sections, in the order of the sections."""
    found: dict[int, list[str]] = {}
    for item in items:
        found.setdefault(sections.get(item, 0), []).append(item)
    return [(number, tuple(found[number])) for number in sorted(found)]


def _one_of_each_slot(
    items: Iterable[str], seed: int, times: Mapping[str, int], slots: Mapping[str, str]
) -> tuple[str, ...]:
    """Pick the least seen question of each slot; slots in an order of chance, large ones no less.

    A slot of one question has its question's own place, as if there were no slots.
    """
    alternatives: dict[str, list[str]] = {}
    for item in shuffled(items, seed, "draw"):
        name = f"slot:{slots[item]}" if slots.get(item) else item
        alternatives.setdefault(name, []).append(item)
    return tuple(
        min(alternatives[name], key=lambda item: times.get(item, 0))
        for name in shuffled(alternatives, seed, "draw")
    )


def _families_first(items: Sequence[str], kin: Mapping[str, str]) -> list[str]:
    """Put behind all others what is of one family with something before it."""
    first, others, met = list[str](), list[str](), set[str]()
    for item in items:
        family = kin.get(item, item)
        (others if family in met else first).append(item)
        met.add(family)
    return [*first, *others]


# From the bank -------------------------------------------------------------------------------


class BankShort(ValueError):
    """Say that a draw wants more questions than are left for it; `at` counts the draws from 0."""

    def __init__(self, at: int, wanted: int, available: int) -> None:
        super().__init__(f"draw {at + 1}: {wanted} questions wanted, {available} available")
        self.at = at
        self.wanted = wanted
        self.available = available


def draw_from_bank(
    wishes: Sequence[tuple[int, Sequence[str]]],
    seed: int,
    *,
    taken: Collection[str] = (),
    seen: Mapping[str, int] | None = None,
    used: Mapping[str, int] | None = None,
    kin: Mapping[str, str] | None = None,
) -> list[tuple[str, ...]]:
    """Draw for each wish so many of its candidates; none twice over all, and none of `taken`.

    First those that this learner met least often (`seen`), then those that attempts of the quiz
    used least often (`used`), then by chance. A question that several wishes may take goes where
    it is needed: none is short while the questions suffice for all.

    `kin` names the family of questions that are copies or doubles of each other: of one comes one,
    and none where one of them is taken. What was met or used of it was all of it.
    """
    family = _Families(kin or {}, seen or {}, used or {}, seed)
    away = {family.of(item) for item in taken}
    choices: list[list[str]] = []
    picks: list[dict[str, str]] = []  # of each wish: of a family the question that would come
    for _count, items in wishes:
        best: dict[str, str] = {}
        for item in sorted(set(items), key=family.place):
            best.setdefault(family.of(item), item)
        picks.append({name: item for name, item in best.items() if name not in away})
        choices.append(sorted(picks[-1], key=family.turn))
    sets = [frozenset(names) for names in choices]
    held: dict[str, int] = {}  # a family, and the wish that has it
    for at, (count, _items) in enumerate(wishes):
        for number in range(count):
            if not _give(at, choices, sets, held):
                raise BankShort(at, count, number)
    found: list[list[str]] = [[] for _wish in wishes]
    for name in sorted(held, key=family.turn):
        found[held[name]].append(picks[held[name]][name])
    return [tuple(items) for items in found]


class _Families:
    """Which questions count as one, and whose turn it is; most are a family of their own."""

    def __init__(
        self, kin: Mapping[str, str], seen: Mapping[str, int], used: Mapping[str, int], seed: int
    ) -> None:
        self.kin, self.seed = kin, seed
        self.seen, self.used = seen, used
        self.met, self.had = self._by_family(seen), self._by_family(used)

    def _by_family(self, counts: Mapping[str, int]) -> dict[str, int]:
        found: dict[str, int] = {}
        for item, times in counts.items():
            found[self.of(item)] = found.get(self.of(item), 0) + times
        return found

    def of(self, item: str) -> str:
        """Name a question's family."""
        return self.kin.get(item, item)

    def turn(self, family: str) -> tuple[int, int, bytes, str]:
        """Say when a family's turn is."""
        rank_of = rank(self.seed, "bank", family)
        return self.met.get(family, 0), self.had.get(family, 0), rank_of, family

    def place(self, item: str) -> tuple[int, int, bytes, str]:
        """Say when a question's turn is within its family."""
        times = self.seen.get(item, 0), self.used.get(item, 0)
        return *times, rank(self.seed, "bank", item), item


def families(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Name the family of everything that stands in a pair, by the least in it.

    Kin of kin is kin: a copy of a copy, and two copies of one thing.
    """
    parent: dict[int, int] = {}

    def head(item: int) -> int:
        while parent.setdefault(item, item) != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for one, other in pairs:
        first, second = sorted((head(one), head(other)))
        parent[second] = first
    return {item: head(item) for item in list(parent)}


def _give(
    wish: int,
    choices: Sequence[Sequence[str]],
    sets: Sequence[frozenset[str]],
    held: dict[str, int],
) -> bool:
    """Give a wish one question more, handing on others where that is needed (augmenting paths)."""
    came_by: dict[int, tuple[int, str] | None] = {wish: None}
    waiting = [wish]
    while waiting:
        at = waiting.pop(0)
        free = next((item for item in choices[at] if item not in held), None)
        if free is not None:
            while True:
                before = came_by[at]
                held[free] = at
                if before is None:
                    return True
                at, free = before
        for item, owner in list(held.items()):
            if owner not in came_by and item in sets[at]:
                came_by[owner] = (at, item)
                waiting.append(owner)
    return False

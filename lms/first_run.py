"""What a new installation needs besides its tables; features add their part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask


@dataclass(frozen=True)
class FirstRun:
    """What the person who sets the site up has said."""

    organisation: str


Step = Callable[[Flask, FirstRun], str | None]
STEPS: dict[str, Step] = {}


def step(name: str) -> Callable[[Step], Step]:
    """Register a step by name.

    It runs in an application context after the migration, opens its own transactions, must be
    repeatable, and returns one sentence to tell, or None where there was nothing to do.
    """

    def register(work: Step) -> Step:
        STEPS[name] = work
        return work

    return register


def run_steps(app: Flask, said: FirstRun) -> list[str]:
    """Run every step in the order of registration; return what they tell."""
    told = (work(app, said) for work in STEPS.values())
    return [sentence for sentence in told if sentence]

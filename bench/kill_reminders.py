"""Many rounds of kill -9 while reminders are composed, of which the suite runs one.

    python -m bench.kill_reminders --rounds 20
    python -m bench.kill_reminders --rounds 5 --postgresql

Each round lays down an edition of 160 people, runs two commands at once and kills both, three
times.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from flask import Flask

from tests import postgres
from tests.faults import reminding, saving
from tests.os2 import Learner
from tests.serving import Installation, new_database

PEOPLE = 160
KILLS = 3


def _lay_down(app: Flask) -> list[Learner]:
    reminding.lay_down(app, PEOPLE)
    return []


def one_round(server: str | None, seed: int) -> bool:
    """Remind one edition under kills; tell whether everybody was reminded once."""
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        installation = Installation(Path(folder) / "instance", new_database(server))
        saving.prepare(installation, _lay_down)
        hits = reminding.remind_under_kills(installation, PEOPLE, KILLS, seed=seed)
        found = reminding.read_reminded(installation)
    is_whole = found.is_once_each(PEOPLE)
    print(f"seed {seed}: {hits} kills hit; {found}, {'once each' if is_whole else 'NOT ONCE EACH'}")
    return is_whole


def main() -> int:
    """Run the rounds asked for; exit 1 where somebody got none or two."""
    parser = argparse.ArgumentParser(prog="python -m bench.kill_reminders", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--postgresql", action="store_true", help="on a durable server of our own")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with postgres.server(durable=True) if asked.postgresql else nullcontext() as server:
        seeds = range(asked.seed, asked.seed + asked.rounds)
        broken = [seed for seed in seeds if not one_round(server, seed)]
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

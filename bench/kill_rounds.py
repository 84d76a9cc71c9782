"""Many rounds of kill -9, of which the suite runs a few.

    python -m bench.kill_rounds --rounds 200
    python -m bench.kill_rounds --rounds 20 --what issuing --postgresql

    python -m bench.kill_rounds --rounds 200 --what bulk
    python -m bench.kill_rounds --rounds 100 --what claims --postgresql

Each round of „saving” kills the web workers or the whole server while forty learners save answers;
each of „issuing” begins with a new edition of 160 people and kills everything three times. A round
of „bulk” kills two processes that issue the same list, at a seam between two steps or at any
instant; in one of „printing” what draws the file to print dies three times, and it is stopped once;
in one of „claims” twenty claim eleven certificates at once, half of them the same.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from lms import schema
from tests import postgres
from tests.faults import issuing, printing, saving
from tests.os2 import make_os2
from tests.serving import ROOT, Installation, new_database

PEOPLE = 160
KILLS = 3
KINDS = ("saving", "issuing", "printing", "bulk", "claims")


def saving_rounds(server: str | None, rounds: int, seed: int) -> bool:
    """Kill so many times; tell whether nothing acknowledged was lost."""
    chance = random.Random(seed)
    kills = [chance.choice(("workers", "workers", "all")) for _ in range(rounds)]
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        installation = Installation(Path(folder) / "instance", new_database(server))
        learners = saving.prepare(installation, lambda app: make_os2(app, saving.CLIENTS))
        findings = saving.run(installation, learners, Path(folder), kills, seed=seed)
    print(findings)
    return not findings.lost


def issuing_round(server: str | None, seed: int) -> bool:
    """Issue for one edition under kills; tell whether the register is whole."""
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        installation = Installation(Path(folder) / "instance", new_database(server))
        saving.prepare(installation, lambda app: issuing.lay_down(app, PEOPLE))
        hits = issuing.issue_under_kills(installation, PEOPLE, KILLS, seed=seed)
        register = issuing.read_register(installation)
    whole = register.is_whole and register.states == {"valid": PEOPLE} and not register.without_file
    print(f"seed {seed}: {hits} kills hit; {register.states}, {'whole' if whole else 'NOT WHOLE'}")
    return whole


def printing_rounds(server: str | None, rounds: int, seed: int) -> bool:
    """Print 160 again and again under kills, each time stopped once; tell whether all is whole."""
    broken = 0
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        installation = Installation(Path(folder) / "instance", new_database(server))
        saving.prepare(installation, lambda app: printing.lay_down_issued(app, PEOPLE))
        for each in range(seed, seed + rounds):
            found = printing.print_under_kills(installation, KILLS, seed=each)
            whole = found.is_whole(PEOPLE)
            broken += not whole
            print(
                f"seed {each}: {found.hits} kills hit, "
                f"{'stopped and resumed' if found.was_stopped else 'done before the stop'}; "
                f"{found.pages} pages, {'whole' if whole else 'NOT WHOLE'}"
            )
    return not broken


def races(server: str | None, what: str, rounds: int, seed: int) -> bool:
    """Race for numbers in processes of their own; tell whether the register is whole."""
    with tempfile.TemporaryDirectory(prefix="races-") as folder:
        installation = Installation(Path(folder) / "instance", new_database(server))
        with saving.application(installation) as app, app.app_context():
            schema.upgrade()
        words = ["claims", "--rounds"] if what == "claims" else ["kills", "--kills"]
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.racing", *words, str(rounds), "--seed", str(seed)],
            env=installation.environment(),
            cwd=ROOT,
            check=False,
        )
        print(f"{what}: {rounds} rounds in {time.monotonic() - began:.0f} s")
    return done.returncode == 0


def main() -> int:
    """Run the rounds asked for; exit 1 where anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m bench.kill_rounds", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--what", choices=[*KINDS], default="saving")
    parser.add_argument("--postgresql", action="store_true", help="on a durable server of our own")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with postgres.server(durable=True) if asked.postgresql else nullcontext() as server:
        if asked.what == "saving":
            return 0 if saving_rounds(server, asked.rounds, asked.seed) else 1
        if asked.what == "printing":
            return 0 if printing_rounds(server, asked.rounds, asked.seed) else 1
        if asked.what in {"bulk", "claims"}:
            return 0 if races(server, asked.what, asked.rounds, asked.seed) else 1
        seeds = range(asked.seed, asked.seed + asked.rounds)
        broken = [seed for seed in seeds if not issuing_round(server, seed)]
        return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

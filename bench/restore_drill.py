"""The restore drill, against the clock: site → locked backup → empty place → a site that works.

    python -m bench.restore_drill [--database-url postgresql://…]

Prints the seconds of each step. The database named must be empty; without it SQLite is used.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def lms(environment: dict[str, str], *arguments: str) -> tuple[str, float]:
    """Run one command to its end; return what it said and how long it took."""
    bare = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "lms", *arguments],
        env=bare | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"lms {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout, time.monotonic() - begun


def main() -> None:
    """Do the drill."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--database-url", default="", help="An empty PostgreSQL database.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        root = Path(folder)
        (root / "other-disk").mkdir()
        key = lms({"LMS_INSTANCE": str(root / "none")}, "backup", "key")[0].split("=")[1].split()[0]
        settings = {
            "LMS_MODE": "demo",
            "LMS_BACKUP_TO": str(root / "other-disk"),
            "LMS_BACKUP_KEY": key,
        }
        old = settings | {"LMS_INSTANCE": str(root / "old")}
        new = settings | {"LMS_INSTANCE": str(root / "new"), "LMS_DATABASE_URL": asked.database_url}
        if asked.database_url:
            old["LMS_DATABASE_URL"] = asked.database_url
        _, seconds = lms(old, "demo", "--if-empty")
        print(f"a site of 160 people made      {seconds:6.1f} s")
        said, seconds = lms(old, "backup", "now", "--json")
        made = json.loads(said)
        print(f"backup made, put away, proved  {seconds:6.1f} s  {made['size'] / 2**20:.1f} MB")
        if asked.database_url:
            _empty(asked.database_url)
        drill = 0.0
        for step, arguments in (
            ("fetched and opened", ("backup", "fetch", "latest", str(root / "site.zip"))),
            ("restored", ("restore", str(root / "site.zip"))),
            ("looked at everywhere", ("check", "--deep")),
        ):
            _, seconds = lms(new, *arguments)
            drill += seconds
            print(f"{step:<30} {seconds:6.1f} s")
        print(f"the drill, from nothing        {drill:6.1f} s")


def _empty(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


if __name__ == "__main__":
    main()

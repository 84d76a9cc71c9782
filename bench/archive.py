"""What an edition's archive of 160 people costs the worker that makes it: seconds, and memory.

    python -m bench.archive [--more-scans 200]

A demonstration is filled, its edition's archive is asked for and made as the worker makes it, in a
process of its own. „Before” is that process when it begins; the memory at each quarter of the files
shows that nothing grows with what was written. `--more-scans` hangs so many scans of 1 MB on a
meeting: the file grows by as much, the memory must not. Exit 1 where it grew by more than the aim.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import sqlalchemy as sa

from lms import clock, create_app, db
from lms.archive import runs, writing
from lms.archive.models import ArchiveRun
from lms.config import Mode, Settings
from lms.courses.models import Edition
from lms.files import store
from lms.files.models import StoredFile
from lms.meetings.models import Meeting

ROOT = Path(__file__).parents[1]
MOST_GROWTH_MB = 60
SCAN = 1 << 20


def main() -> None:
    """Fill a site, let a process of its own make the archive, print what it took."""
    parser = argparse.ArgumentParser(prog="python -m bench.archive", description=__doc__)
    parser.add_argument("--more-scans", type=int, default=0, metavar="N")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make:
        make(asked.make)
        return
    with tempfile.TemporaryDirectory(prefix="archive-") as folder:
        instance = Path(folder) / "instance"
        bare = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
        settings = {"LMS_MODE": "demo", "LMS_INSTANCE": str(instance)}
        fill = [sys.executable, "-m", "lms", "demo", "--if-empty"]
        subprocess.run(fill, env=bare | settings, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        prepare(instance, asked.more_scans)
        child = [sys.executable, "-m", "bench.archive", "--make", str(instance)]
        done = subprocess.run(child, cwd=ROOT, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout.splitlines()[-1])
    print(f"{found['files']} files, {found['size'] / 2**20:.1f} MB")
    print(f"{found['wall']:.1f} s, {found['cpu']:.1f} s of CPU")
    print(f"memory before: {found['before']:.0f} MB")
    for share, megabytes in zip(("1/4", "1/2", "3/4", "all"), found["quarters"], strict=True):
        print(f"  after {share:>4} of the files: {megabytes:.0f} MB")
    print(f"peak: {found['peak']:.0f} MB, {found['peak'] - found['before']:+.0f} MB")
    if found["peak"] - found["before"] > MOST_GROWTH_MB:
        sys.exit(1)


def prepare(instance: Path, scans: int) -> None:
    """Hang scans on a meeting, and ask for the archive."""
    app = create_app(Settings(mode=Mode.DEMO, instance=instance))
    with app.app_context(), db.writing() as session:
        edition = session.scalars(sa.select(Edition).order_by(Edition.id)).first()
        assert edition is not None
        meeting = session.scalars(sa.select(Meeting.id)).first()
        for number in range(scans):
            session.add(
                StoredFile(
                    sha256=store.put(app.config["LMS"].folder("files"), secrets.token_bytes(SCAN)),
                    size=SCAN,
                    media_type="image/png",
                    name=f"lista-{number}.png",
                    owner_type=Meeting.__tablename__,
                    owner_id=meeting,
                    created_at=clock.now(),
                    created_by_id=None,
                )
            )
        session.add(
            ArchiveRun(edition_id=edition.id, locale="ro", asked_at=clock.now(), asked_by_id=None)
        )


def make(instance: Path) -> None:
    """Make the archive in this process, and print its figures as JSON."""
    app = create_app(Settings(mode=Mode.DEMO, instance=instance))
    process, seen = psutil.Process(), []
    add = writing._add

    def watched(*arguments: object) -> str:
        seen.append(process.memory_info().rss / 2**20)
        return add(*arguments)  # type: ignore[arg-type]

    writing._add = watched  # type: ignore[assignment]
    before, begun, cpu = process.memory_info().rss / 2**20, time.monotonic(), time.process_time()
    with app.app_context():
        runs.make_waiting()
        wall, cpu = time.monotonic() - begun, time.process_time() - cpu
        run = db.session().scalars(sa.select(ArchiveRun)).one()
        assert run.finished_at is not None, run.fault
        last = len(seen) - 1
        found = {
            "files": run.done,
            "size": run.size,
            "wall": wall,
            "cpu": cpu,
            "before": before,
            "quarters": [seen[last * quarter // 4] for quarter in (1, 2, 3, 4)],
            "peak": max(seen),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()

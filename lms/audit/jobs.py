"""The chain of the record, extended after the acts and in their order."""

from __future__ import annotations

from lms import db
from lms.audit import services
from lms.jobs.queue import task

PORTION = 500  # entries a transaction: others write in between


@task("audit.chain", sweep_seconds=60)
def extend_chain() -> None:
    """Chain every entry that is not chained yet, a portion a transaction."""
    while True:
        with db.writing():
            chained = services.extend_chain(limit=PORTION)
        if chained < PORTION:
            return

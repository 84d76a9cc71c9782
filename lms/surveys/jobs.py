"""Work by the clock: what waits when nobody answers any more is let out; stray keys go."""

from lms import clock, db
from lms.jobs import queue
from lms.surveys import services


@queue.task("surveys.settle", sweep_seconds=3600)
def settle() -> None:
    """Let out boxes that get no more answers, each in a transaction of its own."""
    ids = services.settled_ids(clock.now().date())
    db.end_reading()
    for box_id in ids:
        with db.writing():
            services.settle(box_id)
    services.destroy_stray_keys(now=clock.now())
    db.end_reading()

"""Work after the answer: a kept queue, told after the commit, sweeping what was missed."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Make the queue of this application."""
    from lms.jobs import queue

    queue.init_app(app)

"""The record of who did what: append-only, chained, its personal values erasable."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the record's pages, and the job that chains the entries."""
    from lms.audit import jobs, refusals  # noqa: F401 -- the job's task registers itself
    from lms.audit.views import bp
    from lms.web import navigation

    app.register_blueprint(bp)
    refusals.init_app(app)
    navigation.add(navigation.Entry("Record", "audit.browse", "history", "audit:see", 90))

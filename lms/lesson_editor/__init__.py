"""A lesson written in the site, its history, and the pictures of its course; nobody uses it."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, and what is held of people."""
    from lms.courses.views import teaching
    from lms.lesson_editor import (  # noqa: F401 -- pages register themselves
        history_views,
        library_views,
        panels,
        traces,
    )
    from lms.lesson_editor.views import bp

    app.register_blueprint(bp)
    traces.register()
    if panels.library_links not in teaching.COURSE_LINKS:
        teaching.COURSE_LINKS.append(panels.library_links)

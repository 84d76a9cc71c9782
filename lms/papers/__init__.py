"""Working papers of a course: built from text at import, downloaded, filled in elsewhere."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, and show papers on the course's page and at the lessons that use them."""
    from lms.courses.views import learning
    from lms.papers import panels
    from lms.papers.views import bp

    app.register_blueprint(bp)
    for registry, panel in (
        (learning.COURSE_PANELS, panels.course_panel),
        (learning.LESSON_PANELS, panels.lesson_panel),
    ):
        if panel not in registry:  # several applications share a process in tests
            registry.append(panel)

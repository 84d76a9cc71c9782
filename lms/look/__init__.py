"""How the site presents itself: its colours and pictures, its parts shown, and its statement."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages."""
    from lms.look import traces
    from lms.look.views import bp

    app.register_blueprint(bp)
    traces.register()

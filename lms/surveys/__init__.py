"""The satisfaction questionnaire: who has submitted it, and what was answered, kept apart."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, the kind of activity, the command and the work by the clock."""
    from lms.courses import activities
    from lms.surveys import jobs, traces  # noqa: F401 -- jobs registers its work
    from lms.surveys.cli import group
    from lms.surveys.provider import SurveyProvider
    from lms.surveys.views import bp

    app.register_blueprint(bp)
    traces.register()
    app.cli.add_command(group)
    if not any(isinstance(p, SurveyProvider) for p in activities.PROVIDERS):
        activities.register(SurveyProvider())

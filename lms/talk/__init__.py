"""Learners and trainers talk: questions with replies, announcements."""

from typing import Any

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, what other pages show of them, and the traces."""
    from lms.courses import due, news
    from lms.courses.views import learning, teaching
    from lms.mail import sending as outbox
    from lms.quizzes import asked
    from lms.quizzes.views import disputes
    from lms.talk import audit_names, panels, stopping, traces
    from lms.talk.beside_answers import AskedAboutAnswers
    from lms.talk.due import NewAnswers
    from lms.talk.queries.announcements import unread
    from lms.talk.views import announcements, asking, kept, threads  # noqa: F401 -- they add pages
    from lms.talk.views.blueprint import bp

    app.register_blueprint(bp)
    audit_names.register()
    traces.register()
    news.register("announcements", unread)
    if not any(isinstance(provider, NewAnswers) for provider in due.PROVIDERS):
        due.register(NewAnswers())
    if not any(isinstance(provider, AskedAboutAnswers) for provider in asked.PROVIDERS):
        asked.PROVIDERS.append(AskedAboutAnswers())
    wanted: tuple[tuple[list[Any], Any], ...] = (
        (learning.LESSON_PANELS, panels.lesson_panel),
        (learning.HOME_NEWS, panels.home_panel),
        (teaching.COURSE_LINKS, panels.course_links),
        (teaching.WAITING_PANELS, panels.waiting_panel),
        (disputes.BESIDE, panels.beside_disputes),
        (outbox.BEFORE_SENDING, stopping.withdraw_unwanted),
    )
    for place, panel in wanted:
        if panel not in place:  # several applications share a process in tests
            place.append(panel)

"""Quizzes: the bank, the engine, the results."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register pages, the kind of activity, and the work by the clock."""
    from lms.courses import activities, due, participant_hooks
    from lms.courses.views import learning, teaching
    from lms.quizzes import audit_names, jobs, panels, traces  # noqa: F401 -- jobs registers its work
    from lms.quizzes.bank import desk as bank_desk
    from lms.quizzes.bank import traces as bank_traces
    from lms.quizzes.cli import questions
    from lms.quizzes.corrections import telling  # noqa: F401 -- registers its work
    from lms.quizzes.corrections import traces as correction_traces
    from lms.quizzes.disputes import traces as dispute_traces
    from lms.quizzes.due import QuizDates
    from lms.quizzes.paper import paper_traces
    from lms.quizzes.provider import QuizProvider
    from lms.quizzes.views import bank_tools, bp

    app.register_blueprint(bp)
    app.cli.add_command(questions)
    audit_names.register()
    paper_traces.register()
    traces.register()
    correction_traces.register()
    dispute_traces.register()
    bank_traces.register()
    participant_hooks.register_panel("quizzes", panels.participant_panel)
    if panels.dispute_links not in teaching.COURSE_LINKS:
        teaching.COURSE_LINKS.append(panels.dispute_links)
    if panels.bank_links not in teaching.COURSE_LINKS:
        teaching.COURSE_LINKS.append(panels.bank_links)
    if bank_tools.version_panel not in bank_desk.PANELS:
        bank_desk.PANELS.append(bank_tools.version_panel)
    if panels.module_panel not in learning.MODULE_PANELS:
        learning.MODULE_PANELS.append(panels.module_panel)
    if not any(isinstance(p, QuizProvider) for p in activities.PROVIDERS):
        activities.register(QuizProvider())
    if not any(isinstance(p, QuizDates) for p in due.PROVIDERS):
        due.register(QuizDates())

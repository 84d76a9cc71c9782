"""Courses, editions, enrolments, and the way through them."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the learner's and trainer's pages and the navigation."""
    from lms.access import Actor, Role
    from lms.courses import changes, due, jobs, note_traces, traces  # noqa: F401 -- jobs register themselves
    from lms.courses.opening_dates import OpeningDates
    from lms.courses.views import bp
    from lms.web import navigation

    app.register_blueprint(bp)
    traces.register()
    note_traces.register()
    changes.init()
    if not any(isinstance(p, OpeningDates) for p in due.PROVIDERS):  # several applications in tests
        due.register(OpeningDates())

    def learns(actor: Actor) -> bool:
        return not actor.is_staff

    def teaches(actor: Actor) -> bool:
        return Role.TRAINER in actor.roles or actor.runs_everything

    below = ("/courses", "/attempts", "/threads")
    navigation.add(
        navigation.Entry("My course", "courses.home", "home", "home:see", 10, learns, below)
    )
    navigation.add(
        navigation.Entry(
            "Courses",
            "courses.teaching",
            "book",
            "teaching:see",
            30,
            teaches,
            (*below, "/disputes"),
        )
    )

"""Calendars: a person's meetings, days of tests and editions, on a page and as a feed."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, the trainers' entry, and what is held of a person."""
    from lms.access import Actor, Role
    from lms.calendars import traces
    from lms.calendars.views import bp
    from lms.web import navigation

    def trains(actor: Actor) -> bool:
        return Role.TRAINER in actor.roles

    app.register_blueprint(bp)
    traces.register()
    navigation.add(
        navigation.Entry("Calendar", "calendars.mine", "calendar", "calendar:see-own", 32, trains)
    )

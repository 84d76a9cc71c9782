"""What learners hand in for their lessons' exercises, and what trainers say to it."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the learner's and the trainer's pages."""
    from lms.access import Actor, Role
    from lms.courses import participant_hooks
    from lms.courses.views import learning
    from lms.submissions import audit_names, panels, traces
    from lms.submissions.views import bp
    from lms.web import navigation

    app.register_blueprint(bp)
    audit_names.register()
    traces.register()
    if panels.lesson_panel not in learning.LESSON_PANELS:  # several applications share a process
        learning.LESSON_PANELS.append(panels.lesson_panel)
    participant_hooks.register_panel("submissions", panels.participant_panel)

    def learns(actor: Actor) -> bool:
        return not actor.is_staff

    def teaches(actor: Actor) -> bool:
        return Role.TRAINER in actor.roles

    navigation.add(
        navigation.Entry("My work", "submissions.mine", "edit", "submission:list-own", 15, learns)
    )
    navigation.add(
        navigation.Entry(
            "Work handed in", "submissions.queue", "edit", "submission:list", 35, teaches
        )
    )

"""Messages to a selection of an edition, reminders by rule, and how each mail stands."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, the commands, the job, the panel beside a person, and the red line."""
    from lms.courses import due, participant_hooks
    from lms.messages import audit_names, jobs, panels, red_line, traces  # noqa: F401
    from lms.messages.cli import reminders as commands
    from lms.messages.due import NewestMessages
    from lms.messages.views import exports, mails, messages, own, reminders  # noqa: F401
    from lms.messages.views.blueprint import bp
    from lms.web import alarms, navigation

    app.register_blueprint(bp)
    app.cli.add_command(commands)
    audit_names.register()
    traces.register()
    participant_hooks.register_panel("messages", panels.participant_panel)
    if not any(isinstance(p, NewestMessages) for p in due.PROVIDERS):
        due.register(NewestMessages())
    alarms.register("mail", red_line.waiting_mail)
    navigation.add(navigation.Entry("E-mails", "messages.mails", "mail", "mail:see", 60))

"""Entry: what a programme asks once of everybody, and what is counted from the answers."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, the commands, the gate before the first lesson, and the panel."""
    from lms.courses import gates, participant_hooks
    from lms.entry import checking, hooks, traces  # noqa: F401 -- its checks are registered
    from lms.entry.cli import entry
    from lms.entry.views import office, own, setting_up, sheets  # noqa: F401 -- they add their pages
    from lms.entry.views.blueprint import bp

    app.register_blueprint(bp)
    app.cli.add_command(entry)
    gates.register_gate(hooks.GATE)
    participant_hooks.register_panel("entry", hooks.participant_panel)
    traces.register()

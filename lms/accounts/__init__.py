"""People, what they may do, how they sign in and mind their own account."""

from flask import Flask

from lms.accounts.permissions import OWN_ACCOUNT


def init_app(app: Flask) -> None:
    """Register what this feature adds."""
    from lms.accounts import arrival, jobs, own_traces  # noqa: F401 -- jobs registers its task
    from lms.accounts.cli import user
    from lms.accounts.views import bp, profile, recovery, signing_in, staff, welcome  # noqa: F401
    from lms.web import navigation

    app.register_blueprint(bp)
    arrival.init_app(app)
    own_traces.register()
    app.cli.add_command(user)
    navigation.add(
        navigation.Entry(
            label="My account",
            endpoint="accounts.profile",
            icon="person",
            permission=OWN_ACCOUNT.name,
            order=90,
            shown=lambda actor: actor.is_welcomed,
        )
    )

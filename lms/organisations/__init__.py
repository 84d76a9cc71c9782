"""See ARCHITECTURE.md."""

from flask import Flask


def init_app(_app: Flask) -> None:
    """Register what this feature adds."""
    from lms.organisations import traces

    traces.register()

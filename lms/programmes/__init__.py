"""Programmes, their editions and groups, as the registrar sets them up."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, the navigation, and what the record calls programmes."""
    from lms.audit import names
    from lms.programmes import audit_names
    from lms.programmes.views import (  # noqa: F401 -- they add their pages
        badges,
        editions,
        logos,
        programmes,
        terms,
    )
    from lms.programmes.views.blueprint import bp
    from lms.web import navigation

    app.register_blueprint(bp)
    names.register("programmes", audit_names.programmes)
    names.register("groups", audit_names.groups)
    navigation.add(
        navigation.Entry(
            "Programmes",
            "programmes.index",
            "programme",
            "programme:list",
            25,
            below=("/certificate-designs", "/printers", "/signatories"),
        )
    )

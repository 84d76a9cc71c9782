"""The application: made here, part by part."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from whitenoise import WhiteNoise

from lms import __version__, access, db
from lms.config import Mode, Settings, read_settings

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application: the table of contents of the whole."""
    settings = settings or read_settings()
    app = Flask("lms", static_folder=None, template_folder=None)
    _configure(app, settings)

    from lms import logs, tables  # noqa: F401 -- the tables must be known before the engine
    from lms.web import compress, csrf, pages, safety, templating

    logs.init_app(app, settings)
    compress.init_app(app)
    templating.init_app(app)
    safety.init_app(app, settings)
    db.init_app(app)
    Migrate(app, db.db, directory=str(MIGRATIONS), render_as_batch=True)
    csrf.init_app(app)
    pages.init_app(app)

    from lms.accounts import sessions

    access.init_app(app, sessions.load_actor)
    _register_features(app)
    if settings.mode is not Mode.TEST:
        from lms.checks import refuse_dangerous_start

        refuse_dangerous_start(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    from lms.web import i18n
    from lms.web.site import Site

    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.config.update(
        LMS=settings,
        SECRET_KEY=settings.secret_key or _kept_secret(settings),
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=db.engine_options(settings.sqlalchemy_url),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_NAME="note",
        TESTING=settings.mode is Mode.TEST,
    )
    app.extensions["lms_site"] = Site(settings)
    app.extensions["lms_build"] = _build_mark()
    i18n.set_default(settings.default_locale)
    static = WhiteNoise(app.wsgi_app, max_age=31536000)
    static.add_files(str(Path(__file__).parent / "static"), prefix="static/")
    app.wsgi_app = static  # type: ignore[method-assign]


def _build_mark() -> str:
    """Return a mark that changes with the program's pages, so that a kept page ends with them."""
    root = Path(__file__).parent
    files = [p for kind in ("*.html", "*.po", "*.css", "*.js") for p in root.rglob(kind)]
    newest = max((p.stat().st_mtime_ns for p in files), default=0)
    return f"{__version__}-{len(files)}-{newest}"


def _kept_secret(settings: Settings) -> str:
    """Return the secret kept in the instance, made on first use, private to the service.

    Two processes may start at once in a new instance: the one that links its file first wins.
    """
    path = settings.folder("keys") / "secret"
    if not path.exists():
        own = path.with_name(f".secret-{secrets.token_hex(8)}")
        own.touch(mode=0o600)
        own.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    return path.read_text(encoding="ascii").strip()


def _register_features(app: Flask) -> None:
    """Let each feature add its pages, listeners, jobs and commands."""
    from lms import (
        accounts,
        archive,
        audit,
        backup,
        calendars,
        certificates,
        courses,
        demo,
        entry,
        exchange,
        files,
        jobs,
        lesson_editor,
        look,
        mail,
        meetings,
        messages,
        organisations,
        papers,
        participants,
        personal_data,
        programmes,
        proposals,
        quizzes,
        reports,
        submissions,
        surveys,
        talk,
        upkeep,
    )

    for feature in (
        jobs,
        audit,
        mail,
        files,
        accounts,
        look,
        organisations,
        courses,
        papers,
        quizzes,
        submissions,
        surveys,
        certificates,
        programmes,
        entry,
        meetings,
        calendars,
        participants,
        proposals,
        messages,
        talk,
        exchange,
        lesson_editor,
        personal_data,
        archive,
        reports,
        demo,
        backup,
        upkeep,
    ):
        feature.init_app(app)
    from lms import cli

    cli.init_app(app)

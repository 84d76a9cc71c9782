"""What an edition's page costs with 5000 participants, as a multiple of the constant page.

    python -m bench.followed
    python -m bench.followed --people 5000 --postgresql
    python -m bench.followed --profile

No server and no network: CPU time in process, all pages in the same run. The constant page is
/health, as a stranger asks for it. „At hand” is the page while nothing was written since the last
look, „another page” one that was not drawn yet, „one changed” the page after somebody read a
lesson, „read anew” the first one of a process.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bench.in_process import statements, wsgi_call
from bench.pages import cost, profile
from lms import create_app, db
from lms.accounts.models import Person, SignInSession
from lms.accounts.sessions import hash_token
from lms.config import Mode, Settings
from lms.courses.models import Edition, Enrolment, Group, LessonProgress
from lms.schema import upgrade
from tests import postgres
from tests.cast import Cast, make_cast
from tests.serving import new_database

AIM = 12.0
_FAMILIES = ("Plopeanu", "Fânețeanu", "Dealu", "Șerban", "Țuțuianu", "Ungureanu", "Ionașcu")
_COUNTIES = ("IS", "VS", "BT", "SV", "NT", "BC")


def main() -> None:
    """Lay down the people, measure the page at hand and read anew, print both ratios."""
    parser = argparse.ArgumentParser(prog="python -m bench.followed", description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--postgresql", action="store_true", help="on a server of our own")
    parser.add_argument("--profile", action="store_true", help="say what the page costs")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="followed-") as folder,
        postgres.server() if asked.postgresql else nullcontext() as server,
    ):
        settings = Settings(
            mode=Mode.TEST,
            instance=Path(folder),
            database_url=new_database(server),
            table_seconds=3600,
        )
        app = create_app(settings)
        with app.app_context():
            upgrade()
        cast = make_cast(app)
        crowd(cast, asked.people)
        cookie = f"sid={sign_in(cast)}"
        measure(app, cookie, asked.people, say_where=asked.profile)


def measure(app: Flask, cookie: str, people: int, *, say_where: bool) -> None:
    """Print the table; leave with 1 where the page at hand is over the aim."""
    page = wsgi_call(app, "/editions/e1", cookie)
    narrowed = wsgi_call(app, "/editions/e1", cookie, QUERY_STRING="state=quiet&county=IS")
    assert page() == narrowed() == 200  # templates are compiled, statements too
    with statements(app) as seen:
        page()
    constant = cost(wsgi_call(app, "/health"))
    found = [
        ("/health", constant, 0),
        ("/health, signed in", cost(wsgi_call(app, "/health", cookie)), 1),
        ("edition, at hand", at_hand := cost(page), len(seen)),
        ("edition, two filters", filtered := cost(narrowed), len(seen)),
        ("edition, another page", *_after(app, page, _forget_drawn)),
        ("edition, one changed", *_after(app, page, _read_a_lesson)),
        ("edition, read anew", *_after(app, page, _forget)),
    ]
    print(f"{people} participants, 100 a page")
    print(f"{'page':<24} {'ms':>9} {'× const':>9} {'queries':>8}")
    for name, took, asked in found:
        print(f"{name:<24} {took * 1e3:>9.2f} {took / constant:>9.1f} {asked:>8}")
    if say_where:
        profile(page)
    if max(at_hand, filtered) / constant > AIM:
        sys.exit(1)


def _after(
    app: Flask, page: Callable[[], int], act: Callable[[Flask], None], rounds: int = 5
) -> tuple[float, int]:
    """Return what the page costs after something was done, the best of some rounds; statements."""
    took = []
    for _ in range(rounds):
        act(app)
        with statements(app) as seen:
            begun = time.process_time()
            assert page() == 200
            took.append(time.process_time() - begun)
    return min(took), len(seen)


def _forget(app: Flask) -> None:
    app.extensions.pop("lms_followed", None)


def _forget_drawn(app: Flask) -> None:
    for _mark, table in app.extensions["lms_followed"].values():
        table.pages.clear()
        for rows in table.drawn.values():
            rows.clear()


def _read_a_lesson(app: Flask) -> None:
    """Let somebody have read a lesson."""
    with app.app_context(), db.writing() as session:
        progress = session.scalars(sa.select(LessonProgress).limit(1)).one()
        progress.read_at = datetime.now(UTC)


def sign_in(cast: Cast) -> str:
    """Let the registrar in and return the cookie's secret."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with cast.app.app_context(), db.writing() as session:
        session.add(
            SignInSession(
                token_hash=hash_token(token),
                person_id=cast.persons["registrar"],
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(days=30),
                device="bench",
            )
        )
    return token


def crowd(cast: Cast, people: int) -> None:
    """Enrol invented people, each somewhere between invited and half-way."""
    now = datetime.now(UTC)
    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        groups = [Group(edition_id=edition.id, name=f"Grupa {n}", trainers=[]) for n in range(1, 9)]
        session.add_all(groups)
        session.flush()
        first = (session.scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
        place = (session.scalar(sa.select(sa.func.max(Enrolment.id))) or 0) + 1
        session.execute(sa.insert(Person), [_person(first, n, now) for n in range(people)])
        session.execute(
            sa.insert(Enrolment),
            [_place(place, first, n, edition.id, groups[n % 8].id, now) for n in range(people)],
        )
        session.execute(
            sa.insert(LessonProgress),
            [
                {
                    "enrolment_id": place + n,
                    "lesson_id": lesson,
                    "first_opened_at": now - timedelta(days=20),
                    "last_active_at": now - timedelta(days=n % 30),
                    "active_seconds": 600,
                    "read_at": now - timedelta(days=n % 30),
                }
                for n in range(people)
                if n % 10
                for lesson in cast.lesson_ids[: n % (len(cast.lesson_ids) + 1)]
            ],
        )


def _person(first: int, n: int, now: datetime) -> dict[str, object]:
    return {
        "id": first + n,
        "family_name": _FAMILIES[n % len(_FAMILIES)],
        "given_names": f"Ana {n}",
        "sign_in_name": f"om-{n}",
        "email": f"om{n}@exemplu.example",
        "phone": f"+407400{n:05d}",
        "locale": "ro",
        "password_hash": "x" if n % 10 else None,
        "password_set_at": now - timedelta(days=30),
        "created_at": now,
    }


def _place(
    place: int, first: int, n: int, edition_id: int, group_id: int, now: datetime
) -> dict[str, object]:
    return {
        "id": place + n,
        "person_id": first + n,
        "edition_id": edition_id,
        "group_id": group_id,
        "state": "active",
        "organisation_name": f"Asociația Izvorul {n % 400}",
        "organisation_kind": "ngo",
        "function": "voluntar",
        "county": _COUNTIES[n % len(_COUNTIES)],
        "enrolled_at": now - timedelta(days=60),
        "hours_attended": Decimal(0),
        "last_activity_at": now - timedelta(days=n % 30) if n % 10 else None,
    }


if __name__ == "__main__":
    main()

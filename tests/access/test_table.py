"""The whole table of permissions, asked cell by cell through the pages themselves."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from werkzeug.test import TestResponse

from lms.access import PERMISSIONS
from tests.access import render
from tests.access.asking import FORMS, SUBJECTS, address, ask, form_of, missing
from tests.access.snapshot import Watch
from tests.access.table import ANSWERS, Row, read_table, routes_of
from tests.access.world import World

TABLE = read_table()

# Granted beyond the file's own pages, as parts of other pages rather than routes of their own.
PARTS_OF_PAGES = {
    "personal-data:erase-held": "part of personal_data.erase that an owner alone may tick",
    "participant:see-file": "part of participants.see that only the office is shown",
}


def test_every_route_has_its_row_and_every_row_its_route(app):
    routes = set(routes_of(app))
    listed = {(row.endpoint, row.method) for row in TABLE}
    assert sorted(routes - listed) == [], "routes without a row in tests/access/permissions.csv"
    assert sorted(listed - routes) == [], "rows without a route"


def test_no_row_stands_twice():
    counted = Counter((row.endpoint, row.method, row.subject) for row in TABLE)
    assert [key for key, number in counted.items() if number > 1] == []


def test_every_row_names_the_permission_that_its_view_declares(app):
    wrong = [
        (str(row), row.permission, declared.name)
        for row in TABLE
        if (declared := getattr(app.view_functions.get(row.endpoint), "permission", None))
        and declared.name != row.permission
    ]
    assert wrong == []


def test_every_permission_has_a_row(app):
    listed = {row.permission for row in TABLE}
    assert sorted(PERMISSIONS.keys() - listed - PARTS_OF_PAGES.keys()) == []
    assert sorted(listed - PERMISSIONS.keys()) == []


def test_every_route_declares_how_it_is_decided(app):
    undeclared = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "permission", None) is None
    ]
    assert undeclared == []


def test_the_table_uses_only_words_that_are_asked(app):
    assert {a for row in TABLE for a in row.answers.values()} <= ANSWERS
    assert {row.subject for row in TABLE} <= SUBJECTS.keys()
    assert FORMS.keys() <= {row.endpoint for row in TABLE}


def test_a_view_that_names_no_permission_is_refused(app):
    with app.test_request_context("/health"):
        view = app.view_functions["web.health"]
        app.view_functions["web.health"] = lambda: "open"
        try:
            assert app.test_client().get("/health").status_code == 403
        finally:
            app.view_functions["web.health"] = view


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_each_person_is_answered_as_the_table_says(world: World, watch: Watch, row: Row):
    faults, someone_changed = [], False
    for person, expected in row.answers.items():
        client = world.client(person)
        args = SUBJECTS[row.subject](world, person)
        path = address(world, row.endpoint, args)
        form = form_of(world, row.endpoint, person)
        answer = ask(client, row.method, path, form)
        faults += [f"{person}: {f}" for f in _faults(answer, expected)]
        moved = watch.moved()
        someone_changed |= bool(moved)
        if moved and (expected not in ("yes", "own") or row.changes != "yes"):
            faults.append(f"{person}: changed {', '.join(moved)}")
        if expected == "404":
            nowhere = address(world, row.endpoint, missing(args))
            other = ask(client, row.method, nowhere, form_of(world, row.endpoint, person))
            if _plain(answer, path) != _plain(other, nowhere):
                faults.append(f"{person}: what is hidden looks unlike what is missing")
        if expected == "login":
            script = ask(client, row.method, path, None, accept="application/json")
            if script.status_code != 401 or not script.is_json:
                faults.append(f"{person}: a script got {script.status_code}, not 401 in JSON")
        if moved:
            world.restore()
            watch.begin(world.snapshot.digests)
    if row.changes == "yes" and not someone_changed:
        faults.append("nobody's request changed anything: is the form still what the route takes?")
    assert not faults, f"{row}\n" + "\n".join(faults)


def _faults(answer: TestResponse, expected: str) -> list[str]:
    status, location = answer.status_code, answer.headers.get("Location", "")
    to_sign_in = location.startswith("/sign-in")
    if expected in ("yes", "own", "nothing"):
        is_right = status < 400 and not to_sign_in
    elif expected == "login":
        keeps_words = status == 401 and 'href="/sign-in?next=' in answer.text  # of a long text
        is_right = keeps_words or (status == 302 and to_sign_in)
    else:
        is_right = status == int(expected)
    return [] if is_right else [f"expected {expected}, got {status} {location}"]


def _plain(answer: TestResponse, path: str) -> str:
    """Return a body without what differs from request to request: its token and own address."""
    text = re.sub(r'(name="csrf[^"]*" (?:value|content)=")[^"]*', r"\1", answer.text)
    return text.replace(path, "PATH")


def test_the_page_of_permissions_is_up_to_date(app):
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    written = render.PAGE.read_text(encoding="utf-8")
    assert written == render.rendered(rules), "run: python -m tests.access.render"

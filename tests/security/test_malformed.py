"""What no page of ours would send is refused in plain words: never a fault, never a change."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from tests.access.asking import SUBJECTS, address, ask, form_of
from tests.access.snapshot import Watch
from tests.access.table import Row, read_table
from tests.access.world import World
from tests.security.test_csrf import allowed_person

TABLE = read_table()
# They answer for anything, and do nothing where there is nothing; 0 is the first status list.
ANSWERED_ALIKE = {
    *("accounts.renew_link", "accounts.end_device"),
    *("programmes.remove_logo", "programmes.remove_term", "certificates.status_list"),
}
HUGE = str(2**70)
# „²” is a digit to str.isdigit and none to int; „٣” is one to both.
ODD = [
    HUGE,
    "9" * 5000,
    "²",
    "٣",
    "-1",
    "' OR 1=1 --",
    "\x00",
    "\ud7ff",
    "a" * 9000,
    "\r\nX-Evil: 1",
]


def _numbered(row: Row, world: World, person: str) -> list[str]:
    args = SUBJECTS[row.subject](world, person)
    numbers = [name for name, value in args.items() if isinstance(value, int)]
    paths = []
    for name in numbers:
        marked = address(world, row.endpoint, {**args, name: 987654321})
        paths += [marked.replace("987654321", odd) for odd in (HUGE, "9" * 400, "²", "-1", "0")]
    for name in args.keys() - set(numbers) - {"kind", "form", "deed", "slot"}:
        marked = address(world, row.endpoint, {**args, name: "MARKE"})
        paths += [
            marked.replace("MARKE", odd)
            for odd in ("%00", "..%2f..%2fetc", "%25252e", "'", "%F0%28", "a" * 3000, "²")
        ]
    return paths


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_odd_addresses_are_answered_as_missing(world: World, watch: Watch, row: Row):
    person = allowed_person(row)
    client = world.client(person)
    for path in _numbered(row, world, person):
        answer = ask(client, row.method, path, form_of(world, row.endpoint, person))
        assert answer.status_code < 500, path[:200]
        if row.endpoint not in ANSWERED_ALIKE:
            assert answer.status_code >= 400, path[:200]
        assert watch.moved() == [], path[:200]


@pytest.mark.parametrize("row", [r for r in TABLE if r.method == "GET"], ids=str)
def test_odd_questions_in_the_address_are_no_fault(world: World, row: Row):
    person = allowed_person(row)
    client = world.client(person)
    path, _, given = address(world, row.endpoint, SUBJECTS[row.subject](world, person)).partition(
        "?"
    )
    names = ("page", "q", "sort", "order", "show", "state", "group", "county", "kind", "search")
    more = ("edition", "year", "series", "action", "person", "table", "row", "code", "next")
    for value in ODD:
        asked = dict(parse_qsl(given)) | dict.fromkeys((*names, *more), value)
        answer = client.get(path, query_string=asked)
        assert answer.status_code < 500, value[:40]
        assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("row", [r for r in TABLE if r.method != "GET"], ids=str)
def test_odd_values_in_forms_are_no_fault(world: World, watch: Watch, row: Row):
    person = allowed_person(row)
    client = world.client(person)
    path = address(world, row.endpoint, SUBJECTS[row.subject](world, person))
    names = [*form_of(world, row.endpoint, person)]
    tries = [dict.fromkeys(names, value) for value in ODD]
    tries += [{name: value} for name in names for value in (HUGE, "\x00")]
    for odd in tries if names else ():
        answer = ask(client, row.method, path, {**form_of(world, row.endpoint, person), **odd})
        assert answer.status_code < 500, str(odd)[:200]
        if watch.moved():
            world.restore()
            watch.begin(world.snapshot.digests)


@pytest.mark.parametrize("row", [r for r in TABLE if r.method != "GET"], ids=str)
def test_an_empty_form_is_no_fault(world: World, row: Row):
    person = allowed_person(row)
    path = address(world, row.endpoint, SUBJECTS[row.subject](world, person))
    assert ask(world.client(person), row.method, path, {}).status_code < 500


@pytest.mark.parametrize(
    "form",
    [
        {"item": HUGE},
        {"item": "²"},
        {"item": "9" * 5000},
        {"item": "1", "i1-answer": "\x00"},
        {"go": "²"},
        {"go": "9" * 5000},
        {"key": "\x00" * 70},
        {"item": [str(n) for n in range(3000)]},
    ],
)
def test_odd_answers_are_no_fault(world: World, watch: Watch, form: dict):
    client, path = world.client("learner"), f"/attempts/{world.ids['open']}"
    assert ask(client, "POST", f"{path}/answers", form).status_code < 500
    assert watch.moved() == []
    assert client.get(path, query_string={"q": form.get("go", "²")}).status_code < 500

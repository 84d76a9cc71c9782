"""The world that every cell of the table is asked in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.access.snapshot import Watch
from tests.access.world import World, make_world


@pytest.fixture
def world(store) -> World:
    if not hasattr(store, "world"):  # once for the whole run, then laid down again and again
        store.empty()
        store.world = make_world(store.app)
    store.world.prepare()
    return store.world


@pytest.fixture
def watch(world: World) -> Iterator[Watch]:
    assert world.snapshot is not None
    found = Watch(world.app, world.snapshot.digests)
    yield found
    found.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Ask the whole table on SQLite, and a sample of it on PostgreSQL."""
    here, kept, left_out = config.rootpath / "tests", [], []
    for item in items:
        is_ours = item.path.parent in (here / "access", here / "security")
        (kept if not is_ours or _is_wanted(item) else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def _is_wanted(item: pytest.Item) -> bool:
    params = getattr(getattr(item, "callspec", None), "params", {})
    if params.get("database", "sqlite") == "sqlite" or "world" not in item.fixturenames:
        return params.get("database", "sqlite") == "sqlite"
    row = params.get("row")
    return row is not None and sum(str(row).encode()) % 10 == 0

"""The group's progress as a heat map; and one module: who is stuck there, which questions burn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, url_for
from markupsafe import Markup

from lms import clock
from lms.access import current_actor, may, reads
from lms.courses.models import Edition
from lms.errors import Hidden
from lms.participants import heat_words
from lms.participants.followed import followed
from lms.participants.heat import FAILS, LONG, Step, Stuck
from lms.participants.heat_map import HeatMap, heat_map_of
from lms.participants.permissions import SEE_EDITION
from lms.participants.standing import Filters
from lms.participants.table import EditionTable
from lms.participants.views.blueprint import bp, edition_by_slug
from lms.participants.views.tables import MOST_KEPT, Page, asked_filters
from lms.quizzes.hot_spots import hot_spots
from lms.web.i18n import current_locale, in_locale
from lms.web.templating import render

PER_PAGE = 200
SORTS = ("", "name", "progress")


@dataclass(frozen=True)
class Asked:
    """What the address asks the map to show."""

    filters: Filters
    stuck: str = ""
    sort: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing narrows the map."""
        return self.filters.is_empty and not self.stuck


def asked_of_map() -> Asked:
    """Read what the map is narrowed to; what is unknown narrows nothing."""
    stuck, sort = request.args.get("stuck", ""), request.args.get("sort", "")
    known = {"any", *(why.value for why in Stuck)}
    found = asked_filters()
    return Asked(
        Filters(group=found.group, organisation=found.organisation, search=found.search),
        stuck if stuck in known else "",
        sort if sort in SORTS else "",
    )


def map_link(endpoint: str, slug: str, asked: Asked, **changed: Any) -> str:
    """Return an address with what is asked, some of it changed; empty values left out."""
    of = {**vars(asked.filters), "stuck": asked.stuck, "sort": asked.sort, **changed}
    return url_for(endpoint, slug=slug, **{k: v for k, v in of.items() if v})


@bp.get("/editions/<slug>/progress")
@reads(SEE_EDITION, edition_by_slug)
def heat_map(edition: Edition) -> str:
    """Show who stands where, module by module; what was drawn this minute is at hand."""
    now = clock.now()
    table = followed(edition, now=now)
    minute = now.replace(second=0, microsecond=0)
    key = ("heat", current_actor(), request.query_string, minute)
    main = table.pages.get(key)
    if main is None:
        if len(table.pages) >= MOST_KEPT:
            table.pages.clear()
        with in_locale(current_locale()):
            main = Markup(_main_of(edition, table, now))  # noqa: S704 -- our own template
        table.pages[key] = main
    return render("participants/heat.html", edition=edition, main=main)


def _main_of(edition: Edition, table: EditionTable, now: datetime) -> str:
    asked = asked_of_map()
    heat = heat_map_of(edition.id, table, now=now)
    everybody = heat.chosen(asked.filters)
    lines = heat.chosen(asked.filters, stuck=asked.stuck, sort=asked.sort)
    page = _page_of(
        len(lines), lambda n: map_link("participants.heat_map", edition.slug, asked, page=n)
    )
    return render(
        "participants/_heat_main.html",
        edition=edition,
        table=table,
        heat=heat,
        asked=asked,
        everybody=everybody,
        lines=lines[(page.number - 1) * PER_PAGE : page.number * PER_PAGE],
        page=page,
        counts=heat.counts(everybody),
        done=heat.done_in(everybody),
        writes=may("message:send", edition),
        words=heat_words,
        link=lambda endpoint="participants.heat_map", **changed: map_link(
            endpoint, edition.slug, asked, **changed
        ),
        as_of=now,
        zone=edition.programme.zone,
        steps=list(Step),
        fails=FAILS,
        days=LONG.days,
    )


def _page_of(total: int, href: Callable[[int], str]) -> Page:
    pages = max(1, -(-total // PER_PAGE))
    asked = request.args.get("page", "1")
    number = min(max(1, int(asked)), pages) if asked.isdecimal() and len(asked) < 6 else 1
    return Page(number, pages, total, href)


@bp.get("/editions/<slug>/progress/<int:position>")
@reads(SEE_EDITION, edition_by_slug)
def hot_module(edition: Edition, position: int) -> str:
    """Show one module: how far the group is in it, who is stuck, which questions burn."""
    now = clock.now()
    table = followed(edition, now=now)
    heat: HeatMap = heat_map_of(edition.id, table, now=now)
    at = next((i for i, m in enumerate(heat.modules) if m.position == position), None)
    if at is None:
        raise Hidden
    module = heat.modules[at]
    asked = asked_of_map()
    everybody = heat.chosen(asked.filters)
    stuck = heat.chosen(asked.filters, module=at)
    tests = hot_spots(edition, [a.key for a in module.activities], locale=current_locale())
    return render(
        "participants/hot_module.html",
        edition=edition,
        table=table,
        module=module,
        at=at,
        everybody=len(everybody),
        steps=heat.steps_in(everybody, at),
        stuck=stuck,
        tests=tests,
        beside=(
            heat.modules[at - 1] if at else None,
            heat.modules[at + 1] if at + 1 < len(heat.modules) else None,
        ),
        writes=may("message:send", edition),
        words=heat_words,
        asked=asked,
        link=lambda endpoint="participants.heat_map", **changed: map_link(
            endpoint, edition.slug, asked, **changed
        ),
    )

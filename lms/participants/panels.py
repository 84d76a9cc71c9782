"""What participants show on lower packages' pages: who is stuck, below an edition that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from markupsafe import Markup

from lms import clock
from lms.access import may
from lms.courses.models import Edition
from lms.participants import heat_words
from lms.participants.followed import followed
from lms.participants.heat import Stuck
from lms.participants.heat_map import heat_map_of
from lms.participants.permissions import SEE_EDITION
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext

MOST = 5
"""Of so many editions, those that began last; reading a table that is not at hand costs."""


def stuck_lines(editions: Sequence[Edition]) -> dict[int, Markup]:
    """Say in a line how many are stuck in each edition that runs, and lead to them.

    A table at hand costs one statement; of what is not at hand, no more than some are read.
    """
    now = clock.now()
    running = [e for e in editions if may(SEE_EDITION.name, e) and _runs(e)]
    running.sort(key=lambda e: (e.starts_on, e.id), reverse=True)
    found: dict[int, Markup] = {}
    for edition in running[:MOST]:
        table = followed(edition, now=now)
        heat = heat_map_of(edition.id, table, now=now)
        if not heat.lines or not heat.modules:
            continue
        stuck = [line for line in heat.lines if line.stuck]
        found[edition.id] = _line(edition, len(stuck), heat.counts(stuck))
    return found


def _runs(edition: Edition) -> bool:
    return edition.starts_on <= clock.today(edition.programme.zone) <= edition.ends_on


def _line(edition: Edition, people: int, why: Mapping[Stuck, int]) -> Markup:
    link = Markup('<a href="{}">{}</a>')
    if not people:
        href = url_for("participants.heat_map", slug=edition.slug)
        return link.format(href, _("Nobody is stuck."))
    href = url_for("participants.heat_map", slug=edition.slug, stuck="any")
    said = ngettext("%(num)s person is stuck", "%(num)s people are stuck", people)
    reasons = ", ".join(
        f"{heat_words.stuck_word(one, number)}: {number}" for one, number in why.items()
    )
    return link.format(href, said) + Markup(' <span class="muted small">{}</span>').format(reasons)

"""„What I still need”: each condition of one's own place, with what is known of it."""

from __future__ import annotations

from flask import url_for

from lms.access import Actor, reads
from lms.courses import queries
from lms.courses.needs import needs_of
from lms.courses.permissions import SEE_COURSE
from lms.courses.queries import Standing
from lms.courses.views import bp
from lms.web.templating import render


def load_own(actor: Actor, *, locked: bool, slug: str) -> Standing | None:
    """Load one's own place on a course; whoever has none finds nothing."""
    place = queries.place_on(actor.person_id, slug)
    return None if place is None else queries.standing_of(place)


@bp.get("/courses/<slug>/missing")
@reads(SEE_COURSE, load_own)
def missing(standing: Standing) -> str:
    """Show each condition: its state, what shows it, and since when."""
    slug = standing.outline.slug

    def module_href(module_slug: str) -> str:
        return url_for("courses.course", slug=slug, _anchor=module_slug)

    needs = needs_of(standing, module_href)
    return render(
        "courses/missing.html",
        standing=standing,
        outline=standing.outline,
        needs=needs,
        met=sum(1 for need in needs if need.is_met),
    )

"""The first step of the own way, and what is still needed at its end, with what is known."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from lms.access import Actor, current_actor, reads
from lms.courses import queries
from lms.courses.needs import needs_of, not_asked
from lms.courses.permissions import SEE_COURSE, SEE_OWN_HOME
from lms.courses.queries import Standing
from lms.courses.views import bp
from lms.courses.views.learning import lesson_href
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
        not_asked=not_asked(standing),
    )


@bp.get("/learn/begin")
@reads(SEE_OWN_HOME)
def begin() -> Response:
    """Lead whoever comes for the first time to the first step itself; else to the home page."""
    actor = current_actor()
    assert actor is not None
    places = queries.places_of(actor.person_id)
    home = url_for("courses.home")
    if len(places) != 1 or places[0].waits_for is not None:
        return redirect(home)
    standing = queries.standing_of(places[0])
    step = standing.next_step()
    if step is None or standing.evidence.has_begun:
        return redirect(home)
    kind, key, _module = step
    if kind == "activity":
        return redirect(standing.outline.activity(key).href)
    return redirect(lesson_href(standing.outline, int(key)))

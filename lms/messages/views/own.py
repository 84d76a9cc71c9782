"""The own messages: what was written to whoever reads, in the site itself."""

from __future__ import annotations

from lms.access import current_actor, reads
from lms.messages import own
from lms.messages.permissions import READ_OWN_MESSAGES
from lms.messages.views.blueprint import bp
from lms.web.templating import render


@bp.get("/learn/messages")
@reads(READ_OWN_MESSAGES)
def mine() -> str:
    """Show what was written to whoever asks, the newest first."""
    actor = current_actor()
    assert actor is not None
    return render(
        "messages/mine.html", letters=own.messages_of(actor.person_id, actor.display_name)
    )

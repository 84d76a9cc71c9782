"""Who may ask, answer and read."""

from typing import Any

from lms.access import (
    Actor,
    Permission,
    Role,
    all_of,
    any_of,
    anyone,
    has_role,
    is_self,
    not_,
    oversees,
    owns_site,
    registers,
    signed_in,
    trains,
)

answers = all_of(any_of(trains, owns_site), not_(is_self))


def learns_here(actor: Actor | None, subject: Any) -> bool:
    """Whoever reads a thread as a learner: the asker, or one of the edition it is shown to."""
    if actor is None:
        return False
    return is_self(actor, subject) or not any_of(trains, oversees)(actor, subject)


ASK_TRAINER = Permission("thread:ask", is_self)
SEE_LESSON_THREADS = Permission("thread:see-at-lesson", signed_in)  # what is visible may be seen
SEE_THREAD = Permission("thread:see", signed_in)  # what is visible may be seen
SEE_OWN_THREADS = Permission("thread:see-own", signed_in)
REPLY = Permission("thread:reply", any_of(is_self, answers))
SETTLE_THREAD = Permission("thread:settle", any_of(is_self, answers))
SHARE_THREAD = Permission("thread:share", answers)
MARK_HELPFUL = Permission("thread:mark-helpful", learns_here)
SEE_INBOX = Permission("thread:inbox", any_of(has_role(Role.TRAINER), oversees))
STOP_TALK_MAIL = Permission("talk:stop-mail", anyone)
SEE_ANNOUNCEMENTS = Permission("announcement:see", any_of(trains, oversees))
ANNOUNCE = Permission("announcement:make", any_of(trains, registers))
SEE_OWN_ANNOUNCEMENTS = Permission("announcement:see-own", signed_in)
READ_ANNOUNCEMENT = Permission("announcement:read", learns_here)

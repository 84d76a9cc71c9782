"""Who may hand in, read and comment."""

from lms.access import (
    Permission,
    Refusal,
    Role,
    all_of,
    any_of,
    has_role,
    is_self,
    not_,
    oversees,
    signed_in,
    trains,
)

SEE_EXERCISE = Permission("exercise:see", signed_in)  # what is visible may be seen
HAND_IN = Permission("exercise:hand-in", is_self)
SEE_OWN_WORKS = Permission("submission:list-own", signed_in)
SEE_WORKS = Permission("submission:list", any_of(has_role(Role.TRAINER), oversees))
# A learner reads the own work on the exercise's page; the trainer's page is not there for them.
READ_WORK = Permission("submission:read", any_of(trains, oversees), Refusal.HIDDEN)
DOWNLOAD_WORK = Permission("submission:download", any_of(is_self, trains, oversees))
COMMENT_WORK = Permission("submission:comment", all_of(trains, not_(is_self)))

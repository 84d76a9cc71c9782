"""Who may take, see and help with quizzes."""

from typing import Any

from lms.access import (
    Actor,
    Permission,
    Refusal,
    Role,
    all_of,
    any_of,
    has_role,
    is_self,
    not_,
    oversees,
    owns_site,
    registers,
    signed_in,
    trains,
)


def trains_some(actor: Actor | None, subject: Any) -> bool:
    """Whoever trains some edition of the subject's course (`trained_editions`): of its people."""
    if actor is None or Role.TRAINER not in actor.roles:
        return False
    return bool(actor.trains_editions & getattr(subject, "trained_editions", frozenset()))


SEE_QUIZ = Permission("quiz:see", signed_in)  # what is visible may be seen
TAKE_QUIZ = Permission("quiz:take", is_self)
SAVE_ANSWER = Permission("attempt:save", is_self)
SUBMIT_ATTEMPT = Permission("attempt:submit", is_self)
SEE_PAPER = Permission("attempt:take", is_self)
REVIEW_ATTEMPT = Permission("attempt:review", any_of(is_self, trains, oversees))
DOWNLOAD_ANSWER = Permission("answer:download", any_of(is_self, trains, oversees))
SEE_TIMELINE = Permission("attempt:timeline", any_of(trains, oversees))
PREVIEW_QUIZ = Permission("quiz:preview", any_of(trains, oversees))
EDIT_QUIZ = Permission("quiz:edit", any_of(trains, owns_site))
CONTEST = Permission("dispute:raise", is_self)
LIST_DISPUTES = Permission("dispute:list", any_of(has_role(Role.TRAINER), oversees))
SEE_DISPUTE = Permission("dispute:see", any_of(trains, oversees), Refusal.HIDDEN)
ANSWER_DISPUTE = Permission("dispute:answer", all_of(any_of(trains, owns_site), not_(is_self)))
CORRECT_QUESTION = Permission("question:correct", any_of(trains, owns_site))
RECORD_PAPER = Permission("paper-result:record", all_of(any_of(trains, registers), not_(is_self)))
SEE_PAPER_RESULT = Permission("paper-result:see", any_of(trains, oversees))
GIVE_ATTEMPT = Permission("attempt:give", all_of(any_of(trains, registers), not_(is_self)))
SEE_RESULTS = Permission("quiz:see-results", any_of(trains, trains_some, oversees))
SEE_SETTINGS = Permission("quiz:settings", any_of(trains, oversees))
CHANGE_SETTINGS = Permission("quiz:change-settings", any_of(trains, owns_site))
SET_WINDOW = Permission("quiz:set-dates", any_of(trains, registers))
GRANT_TERMS = Permission("quiz:grant-terms", all_of(any_of(trains, registers), not_(is_self)))
SEE_MARKING = Permission("quiz:see-marking", any_of(trains, trains_some, owns_site))
MARK_ANSWERS = Permission("answer:mark", all_of(any_of(trains, owns_site), not_(is_self)))
SEE_BANK = Permission("bank:see", any_of(trains, oversees))
EDIT_BANK = Permission("bank:edit", any_of(trains, owns_site))

"""The bank's own words, translated when they are drawn."""

from lms.quizzes.bank.filters import Sort, Status
from lms.web.forms import lazy

STATUSES = {
    Status.DRAFT: lazy("draft"),
    Status.READY: lazy("ready"),
    Status.PUBLISHED: lazy("published"),
    Status.RETIRED: lazy("out of use"),
}
STATUS_KINDS = {
    Status.DRAFT: "muted",
    Status.READY: "info",
    Status.PUBLISHED: "ok",
    Status.RETIRED: "warn",
}
SORTS = {
    Sort.CHANGED: lazy("last changed"),
    Sort.STEM: lazy("words"),
    Sort.CATEGORY: lazy("category"),
    Sort.TYPE: lazy("type"),
}

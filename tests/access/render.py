"""Write `docs/permissions.md` from the table: `python -m tests.access.render`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from lms.app import create_app
from lms.config import Mode, Settings
from tests.access.table import Row, read_table
from tests.access.world import PERSONS

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
HEADINGS = {
    "anonymous": "nobody",
    "learner": "learner",
    "classmate": "classmate",
    "learner_of_other": "learner elsewhere",
    "trainer": "trainer",
    "trainer_of_other": "trainer elsewhere",
    "registrar": "registrar",
    "auditor": "auditor",
    "owner": "owner",
}
SIGNS = {"nothing": "yes¹", "login": "sign in"}
AREAS = {
    "web": "Public pages",
    "accounts": "Accounts",
    "courses": "Courses and lessons",
    "papers": "Working papers",
    "exchange": "Course files and facts",
    "lesson_editor": "Text of lessons, pictures of courses",
    "quizzes": "Quizzes and attempts",
    "submissions": "Exercises and works",
    "surveys": "Questionnaire",
    "proposals": "Proposals",
    "participants": "Participants",
    "programmes": "Programmes, editions, groups",
    "entry": "Data on entry and national numbers",
    "meetings": "Meetings and presence",
    "talk": "Questions, announcements, calendar",
    "reports": "Reports",
    "certificates": "Certificates, register, seal",
    "audit": "Record",
    "upkeep": "The site",
    "look": "Look and accessibility",
}
OPENING = """\
# Who may do what

Made from `tests/access/permissions.csv` by `python -m tests.access.render`; edit the table, not
this page. Each cell is asked in the tests through the page itself, and a route without a row fails
them.

The people: the **learner** whom the object belongs to (or who is enrolled), a **classmate** on the
same edition, a **learner elsewhere**, the course's **trainer**, a **trainer elsewhere**, and the
site's **registrar**, **auditor** and **owner**. A suspended person is nobody.

- **yes**: answered. **own**: answered with the person's own things only.
- **403**: the function is known and refused. **404**: hidden, the same bytes as a missing object.
- **sign in**: led to the sign-in page (by a link where a typed text is shown again); a script
  gets 401.
- ¹ answered alike whoever's it is, and another's is left alone.

Nothing changes where the answer is a refusal. Nobody helps themselves by a second role: whoever
also learns can't give themselves an attempt, hours, a confirmation or a certificate.
"""


def _rules() -> dict[str, str]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(mode=Mode.TEST, instance=Path(folder)))
        return {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}


def rendered(rules: dict[str, str]) -> str:
    """Return the whole page."""
    return "".join(_parts(rules))


def _parts(rules: dict[str, str]) -> Iterator[str]:
    yield OPENING
    for area, rows in groupby(read_table(), key=lambda row: row.endpoint.partition(".")[0]):
        yield f"\n## {AREAS.get(area, area)}\n\n"
        yield f"| what is asked | about | permission | {' | '.join(HEADINGS.values())} | matrix |\n"
        yield "|---" * (len(PERSONS) + 4) + "|\n"
        notes = []
        for row in rows:
            if row.condition:
                notes.append(f"- `{row.endpoint}`: {row.condition}.\n")
            yield _line(row, rules)
        if notes:
            yield "\n" + "".join(dict.fromkeys(notes))


def _line(row: Row, rules: dict[str, str]) -> str:
    address = rules.get(row.endpoint, "?").replace("|", "\\|")
    answers = " | ".join(SIGNS.get(row.answers[p], row.answers[p]) for p in PERSONS)
    about = "" if row.subject == "-" else row.subject
    asked = f"{row.method} `{address}`"
    return f"| {asked} | {about} | `{row.permission}` | {answers} | {row.rows} |\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(rendered(_rules()), encoding="utf-8")


if __name__ == "__main__":
    main()

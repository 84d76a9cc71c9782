"""Which reports there are, and how each is built."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from lms.reports.building import (
    certificates,
    hours,
    participants,
    progress,
    results,
    satisfaction,
    tests,
)
from lms.reports.figures import Report
from lms.reports.population import Filters, Population, Scope, population_of
from lms.web.i18n import gettext as _

Build = Callable[[Scope, Population], Report]


@dataclass(frozen=True)
class Entry:
    """A report in the list: its title, and the question that it answers."""

    kind: str
    title: str
    answers: str
    build: Build

    @property
    def may_be_narrowed(self) -> bool:
        """Whether it takes filters."""
        return self.kind != satisfaction.KIND


KINDS = (
    participants.KIND,
    progress.KIND,
    results.KIND,
    tests.KIND,
    hours.KIND,
    satisfaction.KIND,
    certificates.KIND,
)


def entries() -> list[Entry]:
    """List the reports in the page's language."""
    return [
        Entry(
            participants.KIND,
            participants.title(),
            _("Who took part, by the indicators of the programme, as at entry?"),
            participants.build,
        ),
        Entry(
            progress.KIND,
            progress.title(),
            _("How far has everybody come, in all or of one county, organisation or group?"),
            progress.build,
        ),
        Entry(
            results.KIND,
            results.title(),
            _("Who took which test, with what marks, on the site and on paper?"),
            results.build,
        ),
        Entry(
            tests.KIND,
            tests.title(),
            _("What do people know at the end that they did not at the start?"),
            tests.build,
        ),
        Entry(
            hours.KIND,
            hours.title(),
            _("How many hours did people attend, and who has enough?"),
            hours.build,
        ),
        Entry(
            satisfaction.KIND,
            satisfaction.title(),
            _("What did people say of the course, without their names?"),
            satisfaction.build,
        ),
        Entry(
            certificates.KIND,
            certificates.title(),
            _("Which certificates were issued, printed and handed over?"),
            certificates.build,
        ),
    ]


def titles_of(kinds: Collection[str]) -> dict[str, str]:
    """Return the titles of reports, for the record's pages."""
    return {entry.kind: entry.title for entry in entries() if entry.kind in kinds}


def entry_of(kind: str) -> Entry:
    """Return the report of a kind."""
    return next(entry for entry in entries() if entry.kind == kind)


@dataclass(frozen=True)
class Built:
    """A report with what it counts."""

    entry: Entry
    scope: Scope
    population: Population
    report: Report


def built(kind: str, scope: Scope) -> Built:
    """Build a report; one that can't be narrowed counts everybody, whatever is asked."""
    entry = entry_of(kind)
    if not entry.may_be_narrowed:
        scope = replace(scope, filters=Filters())
    population = population_of(scope)
    return Built(entry, scope, population, entry.build(scope, population))

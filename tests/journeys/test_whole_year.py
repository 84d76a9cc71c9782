"""A whole year of one edition, told event by event: from an empty machine to the auditor's desk.

The days are turned by hand; all else is real (see `year/site.py`). Pages say Romanian, so the
people of the story read Romanian.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journeys.year import keeping, learning, registering, releasing
from tests.journeys.year.site import Calendar
from tests.journeys.year.story import Year
from tests.serving import mail_server, new_database

EVENTS: tuple[Callable[[Year], None], ...] = (
    registering.a_volunteer_sets_the_site_up,
    registering.the_registrar_describes_the_programme_and_its_edition,
    registering.a_list_with_headings_of_its_own_is_read_once_its_columns_are_named,
    registering.the_wrong_list_is_taken_back_and_the_right_one_comes_in,
    registering.a_later_list_changes_only_what_is_ticked,
    registering.invitations_go_by_mail_and_letters_by_post,
    registering.whoever_does_not_come_is_reminded_once_a_day_and_not_after_coming,
    registering.entry_answers_come_from_pages_and_from_paper,
    learning.three_meetings_are_set,
    learning.the_opening_is_ticked_from_the_signed_sheet,
    learning.everybody_who_came_begins,
    learning.a_test_on_paper_counts,
    learning.one_withdraws_and_one_is_replaced,
    learning.the_newcomer_catches_up,
    learning.the_north_gives_the_code_from_the_wall,
    learning.the_souths_presence_is_imported,
    learning.a_learner_disputes_a_question_and_is_given_her_due,
    learning.whoever_forgets_the_last_test_is_reminded_until_it_is_done,
    learning.the_first_wave_finishes,
    releasing.the_first_batch_is_released_by_decision_41,
    releasing.strangers_verify_by_code_and_by_file,
    releasing.the_day_is_written_to_a_file_and_mailed,
    releasing.paper_is_printed_signed_and_handed_over,
    releasing.a_name_changes_and_the_paper_is_called_back,
    learning.the_second_wave_finishes,
    releasing.the_second_wave_is_released_by_decision_58_after_the_backup,
    keeping.the_machine_is_lost_and_another_takes_the_backup,
    keeping.nobody_gets_a_number_until_the_last_one_is_confirmed,
    keeping.lost_numbers_come_back_from_the_mailed_register,
    keeping.the_second_release_does_not_give_a_second_number,
    keeping.everything_still_verifies_with_the_same_bytes,
    keeping.the_second_batch_is_handed_over,
    keeping.chains_and_files_hold,
    keeping.the_auditor_reads_the_same_in_the_reports,
    keeping.the_auditor_takes_the_archive_away,
    keeping.somebody_with_only_the_zip_checks_it,
    keeping.the_figures_of_the_year_agree,
    keeping.the_auditors_account_ends_by_itself,
    keeping.the_guide_counts_the_same_clicks,
)


@pytest.fixture
def year(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Year]:
    server = None if database == "sqlite" else request.getfixturevalue("postgres_server")
    with mail_server() as (mailbox, smtp), ExitStack() as stack:
        calendar = Calendar(stack)
        calendar.set("2025-01-13 09:00")
        yield Year.begun(stack, tmp_path, calendar, mailbox, smtp, lambda: new_database(server))


@pytest.mark.timeout(600)
def test_a_whole_year_from_an_empty_machine_to_the_auditors_desk(year: Year) -> None:
    for event in EVENTS:
        event(year)

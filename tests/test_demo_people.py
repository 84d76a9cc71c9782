"""The demo's participants are many, varied, plainly invented, and always the same."""

from collections import Counter

from lms.demo_people import GROUPS, demo_organisations, demo_people, demo_roster_xlsx
from lms.participants.roster import DIFFERENT, Verdict, map_columns, plan, read_roster
from lms.people_names import full_name_problems
from lms.safety.sheets import read_table


def test_there_are_a_hundred_and_sixty_people_with_names_of_their_own() -> None:
    people = demo_people()
    assert len(people) == 160
    assert len({(p.family_name, p.given_names) for p in people}) == 160
    assert all(full_name_problems(p.family_name, p.given_names) == () for p in people)


def test_groups_are_full_and_both_target_groups_are_there() -> None:
    people = demo_people()
    assert Counter(p.group for p in people) == dict.fromkeys(GROUPS, 20)
    kinds = Counter(p.organisation.kind for p in people)
    assert kinds["ngo"] > 60
    assert kinds["public_authority"] > 60


def test_organisations_are_spread_over_the_country_and_have_codes_of_their_own() -> None:
    organisations = demo_organisations()
    assert len(organisations) == 60
    assert len({o.county for o in organisations}) == 42
    assert len({o.cui for o in organisations}) == 60
    assert len({o.name for o in organisations}) == 60


def test_nobody_real_can_be_reached() -> None:
    for person in demo_people():
        assert person.email.endswith("@example.org") or person.email == ""
        assert person.phone.startswith("0700 000 ")
        assert person.organisation.cui.startswith("99000")


def test_some_have_no_address_and_some_share_one() -> None:
    emails = Counter(p.email for p in demo_people())
    assert 12 <= emails.pop("") <= 18
    assert 4 <= sum(1 for count in emails.values() if count > 1) <= 10


def test_the_names_hold_the_hard_letters() -> None:
    letters = {c for p in demo_people() for c in p.family_name + p.given_names}
    assert set("ăâîșțĂÎȘȚŐőöáÁ-") <= letters
    assert max(len(f"{p.given_names} {p.family_name}") for p in demo_people()) > 40


def test_the_list_is_imported_without_a_wrong_row() -> None:
    table = read_table(demo_roster_xlsx(), "participanti-demo.xlsx")
    mapping = map_columns(table.columns)
    assert mapping.ignored == ()
    rows = read_roster(table, mapping)
    assert len(rows) == 160
    first = plan(rows, [])
    assert first.counts[Verdict.WRONG] == 0
    questions = [row.row.number for row in first.rows if row.verdict is Verdict.QUESTION]
    assert 5 <= len(questions) <= 20
    settled = plan(rows, [], dict.fromkeys(questions, DIFFERENT))
    assert settled.is_ready
    assert settled.counts[Verdict.NEW] == 160


def test_the_list_is_the_same_every_time() -> None:
    demo_roster_xlsx.cache_clear()
    first = demo_roster_xlsx()
    demo_roster_xlsx.cache_clear()
    assert demo_roster_xlsx() == first

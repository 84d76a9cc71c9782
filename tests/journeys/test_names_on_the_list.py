"""Whoever is on the list can be printed: a name that does not fit would hold its certificate."""

import itertools

from lms.certificates.checks import name_problems
from lms.certificates.designs import shipped
from lms.demo_people import demo_people


def test_every_name_on_the_list_fits_on_the_certificate():
    for key, person in itertools.product(shipped.KEYS, demo_people()):
        name = f"{person.given_names} {person.family_name}"
        assert name_problems(name, shipped.shipped(key)) == [], name


def test_no_width_of_a_name_falls_between_one_line_and_two():
    for key in shipped.KEYS:
        for given, family in itertools.product(range(1, 22), repeat=2):
            name = f"{'A' * given}na {'B' * family}ob"
            kinds = {problem.kind.value for problem in name_problems(name, shipped.shipped(key))}
            assert "too_long" not in kinds, name

"""Whoever is on the list can be printed: a name that does not fit would hold its certificate."""

import itertools

from lms.certificates import layout
from lms.demo_people import demo_people
from lms.typography import load_all


def test_every_name_on_the_list_fits_on_the_certificate():
    load_all()
    for person in demo_people():
        name = f"{person.given_names} {person.family_name}"
        assert layout.fit_name(name) is not None, name


def test_no_width_of_a_name_falls_between_one_line_and_two():
    load_all()
    for given, family in itertools.product(range(1, 22), repeat=2):
        name = f"{'A' * given}na {'B' * family}ob"
        assert layout.fit_name(name) is not None, name

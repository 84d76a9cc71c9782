"""How sure a course is of a fact: a code of one letter, and what may rest on it.

V the official text was seen; S a secondary source; T tried out; M professional practice, told as
practice and never as law; G not certain: what rests on it waits for somebody's word.
"""

CODES = ("V", "S", "T", "M", "G")
CERTAIN = frozenset("VSTM")
_RANKS = {"G": 0, "M": 1, "T": 2, "S": 2, "V": 3}


def is_raised(before: str, now: str) -> bool:
    """Tell whether a fact now claims more than it did."""
    return _RANKS.get(now, 0) > _RANKS.get(before, 0)

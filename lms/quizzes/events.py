"""News of this package; listeners run in the same transaction and only write rows."""

from blinker import Namespace

_events = Namespace()

#: An attempt has been submitted and graded. Sent with the Attempt.
attempt_graded = _events.signal("attempt-graded")

#: Grades were corrected after their attempts' end, in this transaction. Sent with the Correction.
grades_corrected = _events.signal("grades-corrected")

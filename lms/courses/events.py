"""News of this package; listeners run in the same transaction and only write rows."""

from blinker import Namespace

_events = Namespace()

#: An enrolment has just completed its course. Sent with the Enrolment.
course_completed = _events.signal("course-completed")

#: Something that completion or a certificate may wait for has changed. Sent with the Enrolment.
enrolment_changed = _events.signal("enrolment-changed")

#: A programme was declared complete: numbers may now be given. Sent with the Programme.
programme_completed = _events.signal("programme-completed")

#: A person's printed name was changed. Sent with the Person.
person_renamed = _events.signal("person-renamed")

#: A person has confirmed the name as it will be printed. Sent with the Person.
name_confirmed = _events.signal("name-confirmed")

"""Who may write lessons and see to a course's pictures."""

from lms.access import Permission, any_of, registers, trains

EDIT_LESSON = Permission("lesson:edit", any_of(trains, registers))
KEEP_FILES = Permission("course:keep-files", any_of(trains, registers))

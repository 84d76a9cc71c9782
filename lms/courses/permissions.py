"""Who may see and do what with courses."""

from lms.access import (
    Permission,
    Role,
    any_of,
    has_role,
    is_self,
    oversees,
    registers,
    signed_in,
    trains,
)

SEE_OWN_HOME = Permission("home:see", signed_in)
SEE_COURSE = Permission("course:see", signed_in)  # what is visible may be seen
SEE_LESSON = Permission("lesson:see", signed_in)
MARK_LESSON_READ = Permission("lesson:mark-read", is_self)
KEEP_NOTES = Permission("note:keep", is_self)  # of one's own; nobody else reads them
SET_TEXT_SIZE = Permission("lesson:set-text-size", signed_in)
SEE_TEACHING = Permission("teaching:see", any_of(has_role(Role.TRAINER), oversees))
IMPORT_COURSE = Permission("course:import", any_of(trains, registers))
CREATE_COURSE = Permission("course:create", registers)
EXPORT_COURSE = Permission("course:export", any_of(trains, oversees))
SEE_OPENING = Permission("edition:see-opening", any_of(trains, oversees))
SET_OPENING = Permission("edition:set-opening", any_of(trains, registers))
EDIT_OUTLINE = Permission("course:edit-outline", any_of(trains, registers))
PUBLISH_COURSE = Permission("course:publish", any_of(trains, registers))
SIGN_OFF_FACT = Permission("fact:sign-off", any_of(trains, registers))
SEE_FACTS = Permission("fact:see", any_of(trains, oversees))

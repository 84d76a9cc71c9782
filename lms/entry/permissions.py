"""Who may see and do what with the data at entry."""

from lms.access import Permission, is_self, oversees, registers

ANSWER_ENTRY = Permission("entry:answer", is_self)
SEE_ENTRIES = Permission("entry:see", oversees)
EDIT_ENTRY = Permission("entry:edit", registers)
IMPORT_ENTRIES = Permission("entry:import", registers)
PRINT_ENTRY_FORMS = Permission("entry:print-forms", registers)
EXPORT_ENTRIES = Permission("entry:export", oversees)
SET_UP_ENTRY = Permission("entry:set-up", registers)
SEE_ENTRY_SET_UP = Permission("entry:see-set-up", oversees)
SEE_NATIONAL_NUMBER = Permission("national-number:see", registers)
GIVE_NATIONAL_NUMBER = Permission("national-number:give", registers)
EXPORT_NATIONAL_NUMBERS = Permission("national-number:export", registers)

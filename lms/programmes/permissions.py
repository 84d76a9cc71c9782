"""Who may see and do what with programmes, editions and groups."""

from lms.access import Permission, oversees, registers

LIST_PROGRAMMES = Permission("programme:list", oversees)
SEE_PROGRAMME = Permission("programme:see", oversees)
CREATE_PROGRAMME = Permission("programme:create", registers)
EDIT_PROGRAMME = Permission("programme:edit", registers)
DECLARE_PROGRAMME = Permission("programme:declare-complete", registers)
REOPEN_PROGRAMME = Permission("programme:reopen", registers)
SEE_SETUP = Permission("edition:see-setup", oversees)
CREATE_EDITION = Permission("edition:create", registers)
EDIT_EDITION = Permission("edition:edit", registers)
SET_GROUPS = Permission("edition:set-groups", registers)

"""Who may see certificates, and who may do what with numbers, files and the seal."""

from lms.access import (
    Permission,
    all_of,
    any_of,
    anyone,
    is_self,
    not_,
    oversees,
    owns_site,
    registers,
    signed_in,
    trains,
)

VERIFY_CERTIFICATE = Permission("certificate:verify", anyone)
CHECK_FILE = Permission("certificate:check-file", anyone)
CHECK_BADGE = Permission("badge:check", anyone)
SEE_CHECKPOINTS = Permission("register:see-checkpoints", anyone)
OPEN_SHARED = Permission("certificate:open-shared", anyone)

SEE_OWN_CERTIFICATES = Permission("certificate:see-own", signed_in)
SEE_CERTIFICATE = Permission("certificate:see", any_of(is_self, trains, oversees))
DOWNLOAD_CERTIFICATE = Permission("certificate:download", any_of(is_self, trains, oversees))

DOWNLOAD_BADGE = Permission("badge:download", is_self)
SHARE_CERTIFICATE = Permission("certificate:share", is_self)

# Nobody acts in the own favour: a registrar who learns too asks another one.
_for_another = all_of(registers, not_(is_self))
ISSUE_CERTIFICATE = Permission("certificate:issue", _for_another)
REVOKE_CERTIFICATE = Permission("certificate:revoke", _for_another)
CORRECT_CERTIFICATE = Permission("certificate:correct", _for_another)
VOID_CERTIFICATE = Permission("certificate:void", _for_another)
FINISH_CERTIFICATE = Permission("certificate:finish", registers)

SEE_DUE = Permission("certificate:see-due", oversees)
ISSUE_ALL = Permission("certificate:issue-all", registers)
KEEP_FLAGGED = Permission("certificate:keep-flagged", registers)
SEE_BATCH = Permission("certificate:see-batch", oversees)

SEE_REGISTER = Permission("register:see", oversees)
EXPORT_REGISTER = Permission("register:export", oversees)
PRINT_CERTIFICATES = Permission("certificate:print", registers)
SET_UP_PRINTING = Permission("certificate:set-up-printing", registers)
GRANT_DUPLICATE = Permission("certificate:duplicate", _for_another)
KEEP_PAPER = Permission("certificate:keep-paper", registers)
SEE_PAPER = Permission("certificate:see-paper", oversees)
DOWNLOAD_ORIGINALS = Permission("certificate:download-many", oversees)
UNLOCK_NUMBERS = Permission("numbers:unlock", registers)

SEE_VALIDITY = Permission("certificate:see-validity", oversees)
CHECK_VALIDITY = Permission("certificate:check-validity", registers)
SEE_DESIGNS = Permission("design:see", oversees)
EDIT_DESIGN = Permission("design:edit", registers)
CHOOSE_DESIGN = Permission("design:choose", registers)

SEE_SIGNATURES = Permission("signature:see", oversees)
PIN_SIGNATORIES = Permission("signatory:pin", registers)
HAVE_SIGNED = Permission("certificate:have-signed", registers)

MANAGE_SEAL = Permission("seal:manage", owns_site)

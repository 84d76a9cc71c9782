"""Who may look into the record."""

from lms.access import Permission, oversees

SEE_AUDIT = Permission("audit:see", oversees)
EXPORT_AUDIT = Permission("audit:export", oversees)

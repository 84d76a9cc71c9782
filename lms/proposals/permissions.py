"""Who may gather proposals."""

from lms.access import Permission, oversees

SEE_PROPOSALS = Permission("proposal:list", oversees)
EXPORT_PROPOSALS = Permission("proposal:export", oversees)

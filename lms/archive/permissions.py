"""Who may take an edition's archive."""

from lms.access import Permission, oversees

TAKE_ARCHIVE = Permission("archive:take", oversees)

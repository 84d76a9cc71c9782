"""Who may see how the installation is, and ask for a look."""

from lms.access import Permission, oversees, owns_site

SEE_STATE = Permission("site:see-state", oversees)
ASK_FOR_LOOK = Permission("site:ask-for-look", owns_site)
MAKE_BACKUP = Permission("site:back-up", owns_site)

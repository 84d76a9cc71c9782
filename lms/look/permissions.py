"""Who may see and change how the site looks, and who reads what stopped people."""

from lms.access import Permission, anyone, owns_site, registers

SEE_LOOK = Permission("site:see-look", anyone)
CHANGE_LOOK = Permission("site:change-look", owns_site)
SEE_DESIGN = Permission("site:see-design", owns_site)
REPORT_BARRIER = Permission("site:report-barrier", anyone)
READ_BARRIERS = Permission("site:read-barriers", registers)

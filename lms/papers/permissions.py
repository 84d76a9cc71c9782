"""Who may take working papers away: whoever may see the course that they belong to."""

from lms.access import Permission, signed_in

SEE_PAPERS = Permission("paper:see", signed_in)  # what is visible may be taken

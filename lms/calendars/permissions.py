"""Who may see a calendar, and who may hold its address."""

from lms.access import Permission, anyone, signed_in

SEE_OWN_CALENDAR = Permission("calendar:see-own", signed_in)
SET_FEED = Permission("calendar:set-feed", signed_in)
READ_FEED = Permission("calendar:read-feed", anyone)  # the token in the address decides

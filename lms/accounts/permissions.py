"""Who may do what with accounts: sign in, mind one's own."""

from lms.access import Permission, anyone, oversees, owns_site, signed_in

SIGN_IN = Permission("account:sign-in", anyone)
SIGN_OUT = Permission("account:sign-out", anyone)  # also works where the sign-in has just lapsed
RECOVER = Permission("account:recover", anyone)  # the link or the code is what authorises
OWN_ACCOUNT = Permission("account:own", signed_in)
BE_WELCOMED = Permission("account:be-welcomed", signed_in)
SEE_STAFF = Permission("staff:list", oversees)
MANAGE_AUDITORS = Permission("staff:manage-auditors", owns_site)

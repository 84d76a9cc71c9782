"""What can be done with accounts, by the name of the deed."""

from lms.accounts.services.people import (
    address_to_sign_in_with,
    create_person,
    free_sign_in_name,
    grant_role,
    reactivate,
    suspend,
    take_role,
)
from lms.accounts.services.recovery import (
    first_owner_link,
    invite,
    printed_code,
    take_invitation_back,
)

__all__ = [
    "address_to_sign_in_with",
    "create_person",
    "first_owner_link",
    "free_sign_in_name",
    "grant_role",
    "invite",
    "printed_code",
    "reactivate",
    "suspend",
    "take_invitation_back",
    "take_role",
]

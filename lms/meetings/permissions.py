"""Who may see and do what with meetings."""

from lms.access import Permission, any_of, oversees, registers, signed_in, trains

SEE_MEETINGS = Permission("meeting:see", any_of(trains, oversees))
SET_MEETINGS = Permission("meeting:set", registers)
MARK_PRESENCE = Permission("presence:mark", any_of(trains, registers))
EXPORT_ATTENDANCE = Permission("attendance:export", any_of(trains, oversees))
EXPORT_PAPER_RESULTS = Permission("paper-result:export", any_of(trains, oversees))
SEE_OWN_MEETINGS = Permission("meeting:see-own", signed_in)
GIVE_CODE = Permission("presence:give-code", signed_in)

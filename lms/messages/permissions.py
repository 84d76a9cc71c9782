"""Who may see and do what with messages, reminders and mails."""

from lms.access import Permission, any_of, anyone, oversees, registers, signed_in, trains

SEE_MESSAGES = Permission("messages:see", any_of(trains, oversees))
SEND_MESSAGE = Permission("message:send", any_of(trains, registers))
SEE_MAILS = Permission("mail:see", registers)
TRY_MAIL_AGAIN = Permission("mail:try-again", registers)
SEE_REMINDERS = Permission("reminders:see", any_of(trains, oversees))
SET_REMINDERS = Permission("reminders:set", registers)
STOP_REMINDERS = Permission("reminders:stop", anyone)
READ_OWN_MESSAGES = Permission("messages:read-own", signed_in)

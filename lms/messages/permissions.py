"""Who may see and do what with messages, reminders and mails."""

from lms.access import Permission, any_of, oversees, registers, trains

SEE_MESSAGES = Permission("messages:see", any_of(trains, oversees))
SEND_MESSAGE = Permission("message:send", registers)
SEE_MAILS = Permission("mail:see", registers)
TRY_MAIL_AGAIN = Permission("mail:try-again", registers)

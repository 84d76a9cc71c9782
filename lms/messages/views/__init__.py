"""Pages of messages, reminders and mails."""

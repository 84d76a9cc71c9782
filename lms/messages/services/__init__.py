"""What can be done with messages and reminders."""

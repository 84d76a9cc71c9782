"""What can be done about the data at entry."""

"""What came of a quiz: its attempts as a list and as files, and what statistics say of it."""

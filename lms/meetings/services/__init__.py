"""What is done with meetings: set, marked, imported."""

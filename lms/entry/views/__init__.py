"""Pages of entry."""

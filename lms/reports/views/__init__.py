"""Pages of the reports: an edition's, and a programme's."""

"""Pages where a registrar sets a programme up."""

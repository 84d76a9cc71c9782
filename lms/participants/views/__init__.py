"""Pages about participants, by what a registrar sits down to do."""

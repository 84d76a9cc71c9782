"""Things that can be done with courses; none of them commits."""

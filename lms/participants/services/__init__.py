"""What can be done with participants, by the noun it is done to; none of it commits."""

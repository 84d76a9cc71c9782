"""The reports, each built from what a scope's places have done, in a fixed number of statements."""

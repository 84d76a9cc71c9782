"""Reads for the pages on which learners and trainers talk."""

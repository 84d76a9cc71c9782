"""Pages on which learners and trainers talk."""

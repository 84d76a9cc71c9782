"""What learners and trainers do with each other."""

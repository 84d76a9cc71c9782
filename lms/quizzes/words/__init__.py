"""What quizzes say of faults and of what was kept, in sentences."""

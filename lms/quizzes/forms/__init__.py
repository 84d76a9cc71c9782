"""What is typed about quizzes: read, checked, and shown again."""

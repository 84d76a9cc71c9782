"""Contested questions: raised by learners from their result, answered by trainers with reasons."""

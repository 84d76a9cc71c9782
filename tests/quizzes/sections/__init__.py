"""Sections, draws, bands and warnings of quizzes."""

"""A course with quizzes, as the workshop's tests have it."""

from tests.quizzes.workshop.test_pages import course

__all__ = ["course"]

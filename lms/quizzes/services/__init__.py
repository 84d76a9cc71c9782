"""Things that can be done with quizzes; none of them commits."""

"""The trainer's outline of a course: each act edits its texts, and stores what they say."""

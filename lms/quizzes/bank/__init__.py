"""The bank: a course's questions, wherever they stand, found, kept in order and looked over."""

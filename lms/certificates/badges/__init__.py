"""Badges: each certificate as an Open Badges 3.0 credential that others can check alone."""

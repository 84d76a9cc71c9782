"""Corrections of questions that were answered already: pure rules, and what pages read."""

"""Tests taken on paper: their results, lists and traces."""

"""Telling a stranger whether what was shown is ours: files, pictures, codes; here and offline."""

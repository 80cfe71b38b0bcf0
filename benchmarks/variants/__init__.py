"""One Django app per recorder, each with the same two tables."""

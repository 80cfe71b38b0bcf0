"""The application whose changes are followed: one table."""

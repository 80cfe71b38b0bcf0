"""Logical deletion by backstory."""

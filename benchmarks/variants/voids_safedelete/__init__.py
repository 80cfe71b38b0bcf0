"""Logical deletion by django-safedelete."""

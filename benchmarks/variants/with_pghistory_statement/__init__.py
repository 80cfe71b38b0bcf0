"""django-pghistory with statement triggers, which it offers since 3.6 and does not default to."""

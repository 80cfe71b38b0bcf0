"""django-pghistory with its defaults: row triggers, one event table a model."""

"""django-auditlog with its defaults: signals, one table for all models."""

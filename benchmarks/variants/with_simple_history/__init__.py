"""django-simple-history with its defaults: signals, one historical table a model."""

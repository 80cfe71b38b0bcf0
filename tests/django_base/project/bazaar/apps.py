from django.apps import AppConfig


class BazaarConfig(AppConfig):
    name = "bazaar"
    default_auto_field = "django.db.models.BigAutoField"

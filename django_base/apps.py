"""The Django app: puts capture on after ``migrate`` and the context on every connection."""

from importlib.util import find_spec

from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class BackstoryConfig(AppConfig):
    """``"django_base"`` in INSTALLED_APPS."""

    name = "django_base"
    label = "backstory"
    verbose_name = "backstory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect signals and checks; no query is made and no model is loaded that is not yet."""
        from .capture.checks import check_models
        from .capture.database_checks import check_databases
        from .capture.install import announce_before_migrate, install_after_migrate
        from .context.connections import wrap_new_connection, wrap_open_connections
        from .deletion.checks import check_deletion
        from .entities import guarding as entities
        from .entities.checks import check_entities
        from .gate.checks import check_urls
        from .gate.denials import note_refusal
        from .views import refused
        from .views.problems import check_declarations

        checks.register(check_models, checks.Tags.models)
        checks.register(check_deletion, checks.Tags.models)
        checks.register(check_entities, checks.Tags.models)
        checks.register(check_databases, checks.Tags.database)
        checks.register(check_urls, checks.Tags.urls)
        checks.register(check_declarations, checks.Tags.urls)
        refused.connect(note_refusal, dispatch_uid="backstory.denials")
        connection_created.connect(wrap_new_connection, dispatch_uid="backstory.context")
        pre_migrate.connect(announce_before_migrate, sender=self, dispatch_uid="backstory.announce")
        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="backstory.install")
        wrap_open_connections()
        entities.connect()
        if find_spec("celery"):
            from .context.tasks import carry_contexts

            carry_contexts()

"""The application's database: a captured table, the witnesses of the truth, and gates.

    python -m tests.ledger.application URL

It is a process of its own because Django is set up once in a process, and other tests do that.
"""

import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

_SQL = Path(__file__).with_name("sql")


def prepare_application(url: str) -> None:
    """Install capture as a project does it, and what this test watches it with."""
    subprocess.run([sys.executable, "-m", "tests.ledger.application", url], check=True)
    with psycopg.connect(url) as connection:
        connection.execute(sql.SQL((_SQL / "witness.sql").read_text()))
        _set_up_gates(connection, "attempt", "backstory_relay")


def prepare_history(url: str) -> None:
    """Migrate a history, and make the persister's transactions stoppable."""
    from consumers import migrate

    migrate(url)
    with psycopg.connect(url) as connection:
        _set_up_gates(connection, "history.offsets")


def _set_up_gates(connection: psycopg.Connection, *tables: str) -> None:
    connection.execute(sql.SQL((_SQL / "gate.sql").read_text()))
    for table in tables:
        connection.execute(
            f"CREATE CONSTRAINT TRIGGER gate AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY"
            " DEFERRED FOR EACH ROW EXECUTE FUNCTION public.gate()"
        )


def _install(url: str) -> None:
    import django
    from django.conf import settings
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(url)
    names = {"HOST": "host", "PORT": "port", "NAME": "dbname", "USER": "user"}
    database = {name: parts[part] for name, part in names.items()}
    database |= {"ENGINE": "django.db.backends.postgresql", "PASSWORD": parts.get("password")}
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["django_base", "tests.ledger.cap"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        BACKSTORY={"source": "cap"},
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


if __name__ == "__main__":
    _install(sys.argv[1])

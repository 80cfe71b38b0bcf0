"""Where a write comes from, told by real processes of the project's command line."""

import psycopg
import pytest
from django.test import Client

from schemas import Context, Request, context_from_comment
from tests.django_base.processes import manage
from tests.django_base.robustness.past import HARD


@pytest.fixture(scope="module")
def deployed(databases):
    """The URL of a migrated database, but for the migration that moves data."""
    url = databases.create()
    manage(url, "migrate", "moving", "0001")
    manage(url, "migrate", "shop", "--run-syncdb")
    yield url
    databases.drop(url)


COMMANDS = [
    (("migrate", "moving"), Context(origin="migration", action="migrate")),
    (("found", "commanded"), Context(origin="command", action="found")),
    (("refound", "nested"), Context(origin="command", action="refound")),
    (
        ("shell", "-c", "from shop.models import Company; Company.objects.create(name='typed')"),
        Context(origin="shell", action="shell"),
    ),
    (("loaddata", "company.json"), Context(origin="command", action="loaddata")),
]


@pytest.mark.parametrize(("arguments", "context"), COMMANDS, ids=[each[0][0] for each in COMMANDS])
def test_a_process_says_what_it_is(deployed, arguments, context):
    """Nobody binds a context there; the command is the action, the outer one of nested ones."""
    with psycopg.connect(deployed) as raw:
        raw.execute(HARD + "DELETE FROM shop_company; TRUNCATE backstory_outbox")
    manage(deployed, *arguments)

    with psycopg.connect(deployed) as raw:
        rows = raw.execute(
            "SELECT context FROM backstory_outbox WHERE name = 'shop.Company'"
        ).fetchall()
    assert [context_from_comment(text or "") for (text,) in rows] == [context]


@pytest.mark.django_db(transaction=True)
def test_a_command_called_by_a_request_is_the_requests(captured):
    """The visitor did it, by whatever means."""
    Client().get("/command/a/", headers={"X-Request-ID": "the-request"})

    context = context_from_comment(captured()[0].context)

    assert (context.origin, context.action) == ("web", "")
    assert isinstance(context.request, Request)
    assert context.request.id == "the-request"

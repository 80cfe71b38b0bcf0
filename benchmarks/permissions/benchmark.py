"""The way into a view, as ``python -m benchmarks permissions`` runs it."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import msgspec
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result, a_table, duration
from benchmarks.measure import Stopwatch, median_cost, without_garbage_collection
from benchmarks.project import django_on

ROUNDS = 400
LINES = 16
ROWS = 200
ACTOR = SimpleNamespace(pk=1, is_authenticated=True)


def run(bench: Bench) -> Result:
    """Measure the pass beside its own queries sent by hand, and count queries."""
    with bench.application("permissions") as url, django_on(url):
        firm = _filled()
        body = _a_body()
        queries = _count(lambda: _admit(firm, body))
        by_hand = _by_hand(firm, body)
        listed = [_count(partial(_list, firm, rows)) for rows in (20, ROWS)]
        passed, plain = _measured(bench, [lambda: _admit(firm, body), by_hand])
    table = a_table("permissions: 50 objects of 3 models", "", "time", "processor here")
    table.add_row("the pass", duration(passed.wall_us), duration(passed.client_us))
    table.add_row("its queries by hand", duration(plain.wall_us), duration(plain.client_us))
    over_ms = (passed.client_us - plain.client_us) / 1e3
    return Result(
        name="permissions",
        findings=[
            Finding(name="queries of the pass", value=queries, bound="at most", limit=4),
            Finding(
                name="the pass over its queries", value=over_ms, bound="at most", limit=1, unit="ms"
            ),
            Finding(name=f"queries of a list of {ROWS}", value=listed[1], bound="at most", limit=1),
            Finding(name="queries of a list of 20", value=listed[0]),
        ],
        tables=[table],
        figures={"pass_us": round(passed.wall_us, 1), "queries_us": round(plain.wall_us, 1)},
        remarks=["over its queries: processor time of this process, the median of each"],
    )


def _filled() -> Any:
    from .models import Firm, Folder, Paper, Partner

    firm: Any = Firm.objects.create(name="measured")
    partners = [Partner(firm=firm, user_id=number + 1) for number in range(LINES)]
    folders = [Folder(firm=firm, number=str(number)) for number in range(ROWS)]
    Partner.objects.bulk_create(partners)
    Folder.objects.bulk_create(folders)
    Paper.objects.bulk_create([Paper(folder=each, title="x") for each in folders])
    return firm


def _a_body() -> bytes:
    from .models import Folder, Paper, Partner

    partners, folders, papers = (
        list(model.objects.order_by("pk").values_list("pk", flat=True)[: LINES + 1])
        for model in (Partner, Folder, Paper)
    )
    lines = [
        {"partner": partner, "folder": folder, "paper": paper}
        for partner, folder, paper in zip(partners, folders, papers, strict=False)
    ]
    return msgspec.json.encode({"lines": lines, "first": folders[-1], "last": papers[-1]})


def _admit(firm: Any, body: bytes) -> Any:
    from django_base.views.guarding import admit

    from .pages import ORDER

    request: Any = RequestFactory().post("/", body, content_type="application/json")
    request.user = ACTOR
    return admit(request, ORDER, (), {"firm_id": str(firm.pk)})


def _by_hand(firm: Any, body: bytes) -> Callable[[], object]:
    """Return what sends the same queries, and makes the same objects, without a declaration."""
    from .models import Firm, Folder, Paper, Partner

    said = msgspec.json.decode(body)
    partners = {line["partner"] for line in said["lines"]}
    folders = {line["folder"] for line in said["lines"]} | {said["first"]}
    papers = {line["paper"] for line in said["lines"]} | {said["last"]}

    def send() -> None:
        RequestFactory().post("/", body, content_type="application/json")
        Firm.objects.filter(pk=firm.pk, partners__user_id=ACTOR.pk).first()
        list(Partner.objects.filter(pk__in=partners, firm=firm.pk))
        list(Folder.objects.filter(pk__in=folders, firm=firm.pk))
        list(Paper.objects.filter(pk__in=papers, folder__firm=firm.pk))

    return send


def _list(firm: Any, rows: int) -> None:
    from django_base.permissions import Evaluation
    from django_base.permissions import rows as rows_of

    from .models import Folder
    from .pages import IsSound

    allowed = rows_of(IsSound(), Evaluation(ACTOR, firm), Folder)
    found = list(Folder.objects.filter(allowed, firm=firm)[:rows])
    if len(found) != rows:
        raise RuntimeError(f"the list has {len(found)} rows instead of {rows}")


def _count(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


def _measured(bench: Bench, calls: list[Callable[[], object]]) -> list[Any]:
    """Return the median cost of each call; they take turns."""
    watch = Stopwatch(connection.connection.info.backend_pid)
    costs: list[list[Any]] = [[] for _ in calls]
    with without_garbage_collection():
        for number in range(bench.rounds or ROUNDS):
            bench.report(f"permissions: round {number + 1}")
            for call, found in zip(calls, costs, strict=True):
                found.append(watch.cost_of(call))
    return [median_cost(found) for found in costs]

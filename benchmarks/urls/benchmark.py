"""The check of a large URLconf, as ``python -m benchmarks urls`` runs it."""

import sys
import time
from collections.abc import Callable
from statistics import median
from types import ModuleType
from typing import Any

from django.http import HttpResponse

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result
from benchmarks.project import django_on

ROUTES = 1_000
OF_ONE_APP = 25
ROUNDS = 5
LOOKS = 2_000
GATE = "django_base.middleware.GateMiddleware"


def run(bench: Bench) -> Result:
    """Check and list 1,000 routes in 40 includes, each with a view of its own."""
    with bench.application("urls") as url, django_on(url):
        from django.test import override_settings

        from django_base.gate.checks import check_urls
        from django_base.gate.listing import listed
        from django_base.gate.others import declaration_for
        from django_base.gate.routes import walk

        sys.modules["measured_urls"] = _urlconf()
        with override_settings(ROOT_URLCONF="measured_urls", MIDDLEWARE=[GATE]):
            problems = check_urls()
            if len(problems) != ROUTES // 2:
                raise RuntimeError(f"the check found {len(problems)} of {ROUTES // 2} views")
            checked = _processor_s(check_urls)
            told = _processor_s(listed)
            route = walk().routes[-1]  # declared by its namespace: the longest way
            looked = _processor_s(
                lambda: [declaration_for(route.callback, route.name, None) for _ in range(LOOKS)]
            )
    limit = {"bound": "at most", "limit": 2, "unit": "s"}
    return Result(
        name="urls",
        findings=[
            Finding(name=f"the check of {ROUTES:,} routes", value=checked, **limit),  # type: ignore[arg-type]
            Finding(name=f"the list of {ROUTES:,} routes", value=told, unit="s"),
            Finding(name="one look of the gate", value=looked / LOOKS * 1e6, unit="µs"),
        ],
        remarks=["processor time of this process, the median of 5; half of the views undeclared"],
    )


def _urlconf() -> ModuleType:
    from django.urls import include, path
    from django.views import View

    module: Any = ModuleType("measured_urls")
    module.urlpatterns = []
    for number in range(ROUTES // OF_ONE_APP):
        views = [type(f"View{at}", (View,), {"get": _get}) for at in range(OF_ONE_APP)]
        inner = [
            path(f"things/<int:thing_id>/view{at}/<slug:name>/", view.as_view(), name=f"view{at}")
            for at, view in enumerate(views)
        ]
        included = include((inner, f"app{number}"))
        module.urlpatterns.append(path(f"app{number}/<int:company_id>/", included))
    source = "\n".join(
        f"declare('app{number}:', any_member, reason='measured')"
        for number in range(ROUTES // OF_ONE_APP // 2, ROUTES // OF_ONE_APP)
    )
    imports = "from django_base.gate import declare\nfrom django_base.views import any_member\n"
    exec(imports + source, vars(module))  # noqa: S102 - declarations count in their own module
    return module  # type: ignore[no-any-return]


def _get(self: Any, request: Any, **kwargs: Any) -> HttpResponse:
    return HttpResponse()


def _processor_s(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        call()
        taken.append(time.process_time() - began)
    return median(taken)

"""The capture comparison as ``python -m benchmarks capture`` runs it."""

from benchmarks.bench import Bench
from benchmarks.findings import Result
from benchmarks.project import django_on

from .operations import Size
from .recorders import present_recorders
from .report import result_of
from .run import Settings, compare

ROUNDS = 15


def run(bench: Bench) -> Result:
    """Compare every recorder that is installed with plain Django."""
    settings = Settings(
        rounds=bench.rounds or ROUNDS,
        size=Size(rows=bench.rows),
        one_transaction=bench.one_transaction,
    )
    recorders = present_recorders()
    with bench.application("capture") as url, django_on(url):
        capture = compare(recorders, settings, bench.report)
    return result_of(capture, recorders, settings)

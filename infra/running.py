"""Consumers in one process, a thread each: named, watched, started again when one fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Event as Flag
from threading import Thread
from typing import Any, Final

from prometheus_client import REGISTRY

from consumers import ConsumerMetrics, Health
from schemas import EventError

from .acts import publishing_acts
from .instance import claimed_instance
from .process_settings import ProcessSettings, read_settings
from .runners import RUNNERS, Run, named
from .signals import stop_event
from .watchdog import watched

_log: Final = logging.getLogger("backstory.run")
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0


@dataclass(frozen=True)
class Job:
    """One consumer, ready to run."""

    name: str
    settings: Any
    run: Run
    health: Health
    metrics: ConsumerMetrics

    def __call__(self, stop: Flag, **options: Any) -> None:
        """Run it in this thread until ``stop`` is set."""
        self.run(self.settings, stop=stop, health=self.health, metrics=self.metrics, **options)


@contextmanager
def prepared(names: Sequence[str], env: Mapping[str, str]) -> Iterator[tuple[list[Job], Flag]]:
    """The consumers of those names, watched over HTTP, and the event that SIGTERM sets.

    Raises ConfigurationError with every problem of all of them, before anything is connected.
    """
    runners = [RUNNERS[name] for name in names]
    readers = [ProcessSettings.from_env, *(runner.load_settings for runner in runners)]
    process, *settings = read_settings(env, *readers)
    metrics = ConsumerMetrics(REGISTRY)
    with ExitStack() as stack:
        jobs = []
        for name, runner, read in zip(names, runners, settings, strict=True):
            instance = stack.enter_context(claimed_instance(process.home, name))
            health = Health(name, stuck_after_s=process.stuck_after_s)
            jobs.append(Job(name, named(read, instance), runner.load_run(), health, metrics))
            if name == "persist":
                stack.enter_context(publishing_acts(read))
        stack.enter_context(watched(process, [job.health for job in jobs]))
        yield jobs, stack.enter_context(stop_event())


def run_together(jobs: Sequence[Job], stop: Flag) -> None:
    """Run each in a thread until ``stop`` is set; what ends one of them leaves the others alone."""
    threads = [Thread(target=keep_running, args=(job, stop), name=job.name) for job in jobs]
    for thread in threads:
        thread.daemon = True  # stop_event leaves at the latest, whatever a thread hangs in
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()


def keep_running(job: Job, stop: Flag, *, clock: Callable[[], float] = time.monotonic) -> None:
    """Run it; after an error say so, and start it again, each time a little later."""
    pause_s = _FIRST_PAUSE_S
    while not stop.is_set():
        began = clock()
        try:
            job(stop)
            reason = "it ended without being asked to"
        except EventError as error:
            reason = str(error)
        except Exception as error:  # a fault of one consumer is no reason to end the others
            _log.exception("consumer failed", extra={"consumer": job.name})
            reason = f"{type(error).__name__}: {error}"
        if stop.is_set():
            return
        if clock() - began > _LONGEST_PAUSE_S:
            pause_s = _FIRST_PAUSE_S
        job.health.ended(reason)
        facts = {"consumer": job.name, "again_in_s": pause_s}
        _log.error("consumer stopped: %s", reason, extra=facts)
        stop.wait(pause_s)
        pause_s = min(_LONGEST_PAUSE_S, pause_s * 2)

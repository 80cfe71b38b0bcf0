"""A day at the company: several people at once, and what happens beside them, by the seed."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from . import issuing, moves, office
from .browser import Browser
from .cast import Cast
from .night import Night
from .outside import Prompt
from .person import Person

SIZES = {"small": 60, "medium": 420, "large": 4000}
Scene = Callable[[Person], None]

EDITORS: Sequence[tuple[Scene, int]] = (
    (office.look_around, 6),
    (issuing.issue, 5),
    (moves.correct, 5),
    (moves.transfer, 5),
    (office.welcome, 3),
    (issuing.issue_wrongly, 2),
    (issuing.issue_too_many, 2),
    (issuing.issue_round, 2),
    (moves.cancel, 2),
    (office.reprice, 2),
    (issuing.issue_and_hang_up, 1),
    (office.go_astray, 1),
)
VIEWERS: Sequence[tuple[Scene, int]] = ((office.look_around, 8), (office.overstep, 1))
SCENES_A_LOGIN = 12
PAUSE_S = 0.15


def scenes_of(size: str) -> int:
    """How many scenes a size has; a number is its own size. Raises ValueError for other words."""
    if size in SIZES:
        return SIZES[size]
    if size.isdecimal() and int(size) > 0:
        return int(size)
    raise ValueError(f"size {size!r} is neither a number nor one of {', '.join(SIZES)}")


class Day:
    """Runs the scenes in threads; what is beside the site happens as the day goes on."""

    def __init__(
        self, cast: Cast, *, editors: Sequence[str], viewers: Sequence[str], password: str
    ) -> None:
        self.cast = cast
        self._casting = [*((name, EDITORS) for name in editors), *((n, VIEWERS) for n in viewers)]
        self._password = password
        self._done = 0
        self._total = 1
        self._lock = Lock()

    @property
    def progress(self) -> float:
        """Part of the scenes that are over, 0 to 1."""
        return min(1.0, self._done / self._total)

    def run(self, scenes: int, night: Night, prompt: Prompt) -> None:
        """Play all scenes; returns when the last one is over or ``cast.stop`` is set."""
        each, rest = divmod(scenes, len(self._casting))
        self._total = scenes
        with ThreadPoolExecutor(len(self._casting) + 2, thread_name_prefix="traffic") as pool:
            people = [
                pool.submit(self._person, name, repertoire, each + (number < rest))
                for number, (name, repertoire) in enumerate(self._casting)
            ]
            beside = [
                pool.submit(self._beside, jobs)
                for jobs in (_nightly(night, scenes), _at_the_prompt(prompt, scenes))
            ]
            for future in people:
                self._result(future)
            self._done = scenes  # somebody may have gone home early; what is left happens now
            for future in beside:
                self._result(future)

    def _person(self, name: str, repertoire: Sequence[tuple[Scene, int]], scenes: int) -> None:
        chance = self.cast.chance(name)
        plays = chance.choices(*zip(*repertoire, strict=True), k=scenes)
        while plays and not self.cast.stop.is_set():
            part, plays = plays[:SCENES_A_LOGIN], plays[SCENES_A_LOGIN:]
            person = Person(self.cast, Browser(self.cast, name), chance)
            try:
                self._session(person, part)
            finally:
                person.browser.close()

    def _session(self, person: Person, scenes: Sequence[Scene]) -> None:
        if not office.log_in(person, self._password):
            self.cast.surprises.append(f"{person.name} could not log in")
            return
        for scene in scenes:
            if self.cast.stop.is_set():
                return
            scene(person)
            with self._lock:
                self._done += 1
            self.cast.stop.wait(person.chance.uniform(0, 2 * PAUSE_S))
        office.log_out(person)

    def _beside(self, jobs: Sequence[tuple[float, Callable[[], None]]]) -> None:
        for moment, job in jobs:
            while self.progress < moment and not self.cast.stop.wait(0.05):
                pass
            if self.cast.stop.is_set():
                return
            job()

    def _result(self, future: "Future[None]") -> None:
        try:
            future.result()
        except Exception as error:
            self.cast.surprises.append(f"the traffic broke off: {error!r}")


def _nightly(night: Night, scenes: int) -> Sequence[tuple[float, Callable[[], None]]]:
    rounds = max(1, scenes // 200)
    jobs = (night.bring_in, night.revalue, night.revalue_dry, night.vest, night.bring_in_broken)
    return _spread([job for _ in range(rounds) for job in jobs])


def _at_the_prompt(prompt: Prompt, scenes: int) -> Sequence[tuple[float, Callable[[], None]]]:
    long_s = 1.0 if scenes < 200 else 3.0
    jobs = (prompt.fix, prompt.think_again, lambda: prompt.forget(long_s), prompt.give_up)
    return _spread([*jobs * max(1, scenes // 200), prompt.tidy])


def _spread(jobs: Sequence[Callable[[], None]]) -> Sequence[tuple[float, Callable[[], None]]]:
    return [((number + 0.5) / len(jobs), job) for number, job in enumerate(jobs)]

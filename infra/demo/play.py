"""One run: traffic, kills in the middle, the wait until everything has arrived."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from .ledger import Ledger
from .meters import Meters, Reading
from .processes import Child
from .screen import Screen
from .stage import RULES, Stage
from .telling import judge_telling
from .traffic.cast import Cast, Markers, run_name
from .traffic.day import Day
from .traffic.night import Night
from .traffic.outside import Prompt
from .traffic.words import PRIVATE_NOTE
from .verdict import Judgement, judge_run

PASSWORD = "captable"  # noqa: S105 - of invented people
EDITORS, VIEWERS = ("ada", "chiara", "deniz", "emil", "fatima"), ("ben",)
KILL_AT = 0.4
DOWN_S = 2.0
DRAIN_S = 90.0
_EVERY_S = 0.25
_QUIET = 3  # readings in a row without anything under way
_GOING_HOME_S = 30.0
_LEDGERS_KEPT = 5


@dataclass
class Play:
    """Plays one run on a stage and judges it."""

    stage: Stage
    meters: Meters
    screen: Screen
    scenes: int
    seed: int
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        run = run_name(time.time())
        ledgers = self.stage.folder / "ledgers"
        ledgers.mkdir(exist_ok=True)
        for old in sorted(ledgers.iterdir(), key=_age)[_LEDGERS_KEPT - 1 :]:
            old.unlink()
        self._company = 0
        self.ledger = Ledger(ledgers / f"{run}.jsonl")
        self.cast = Cast(self.stage.url, self.ledger, Markers(run), self.seed)
        self.day = Day(self.cast, editors=EDITORS, viewers=VIEWERS, password=PASSWORD)

    def run(self) -> Judgement:
        """Play, drain, judge. Raises ServerFailed when one of our processes ends by itself."""
        began = self.now()
        with self.screen.shown():
            self._drain("catching up with what was there before")
            self.meters.begin()
            self._company = self.meters.first_company()
            self._traffic()
            self._drain("waiting until everything has arrived")
        judgement = judge_run(self.stage.env, self.ledger, self.meters.ends)
        result = judgement.result
        result.leaked = self.meters.mentions(PRIVATE_NOTE.format(self.cast.markers.run))
        judgement.add("surprises", self.cast.surprises)
        self._judge_telling(judgement)
        result.kills = sum(child.killed for child in self.stage.children)
        _, result.latency_p50_ms, result.latency_p99_ms = self.meters.whole_run()
        result.seconds = round(self.now() - began, 1)
        self.ledger.close()
        return judgement

    def _judge_telling(self, judgement: Judgement) -> None:
        stage = self.stage
        telling = judge_telling(
            stage.env,
            RULES,
            stage.inbox,
            opened_at=stage.opened_at,
            began_at=self.meters.began_at,
        )
        judgement.add("untold", telling.untold)
        judgement.add("undelivered", telling.undelivered)
        judgement.add("told_twice", telling.told_twice)
        judgement.result.deliveries = telling.deliveries
        judgement.result.messages = stage.inbox.counts()

    def _traffic(self) -> None:
        traffic = Thread(target=self._day, name="day", daemon=True)
        traffic.start()
        victims = self.stage.victims
        back_at: float | None = None
        try:
            while traffic.is_alive():
                self._show("people at work")
                if back_at is None and self.day.progress >= KILL_AT:
                    self._kill(*victims)
                    back_at = self.now() + DOWN_S
                elif back_at is None or self.now() >= back_at:
                    self._keep_up(victims if back_at else ())
                self.sleep(_EVERY_S)
        finally:
            self.cast.stop.set()
            traffic.join(timeout=_GOING_HOME_S)
        self._keep_up(victims)

    def _day(self) -> None:
        env, folder = self.stage.env, self.stage.folder / "imports"
        folder.mkdir(exist_ok=True)
        night = Night(self.cast, self.stage.path, env, self._company, folder)
        prompt = Prompt(self.cast, env["BACKSTORY_APP_URL"], self._company)
        self.day.run(self.scenes, night, prompt)

    def _kill(self, *victims: Child) -> None:
        for victim in victims:
            victim.kill()
        names = ", ".join(victim.name for victim in victims)
        self.screen.say(f"[red]kill -9[/red] of {names}, in the middle of it all")

    def _keep_up(self, victims: Sequence[Child]) -> None:
        """Start again what was killed; nobody else may be down."""
        for child in self.stage.children:
            if child in victims and child.starts == child.killed:
                child.start()
                self.screen.say(f"[green]started again[/green]: {child.name}")
            else:
                child.check()

    def _drain(self, act: str) -> None:
        until, quiet = self.now() + DRAIN_S, 0
        while quiet < _QUIET:
            for child in self.stage.children:
                child.check()
            quiet = quiet + 1 if self._show(act).drained else 0
            if self.now() > until:
                self.screen.say(f"[red]not everything arrived within {DRAIN_S:.0f} s[/red]")
                return
            self.sleep(_EVERY_S)

    def _show(self, act: str) -> Reading:
        reading = self.meters.read()
        self.screen.update(
            self.now(),
            act=act,
            progress=self.day.progress,
            outcomes=self.ledger.outcomes(),
            reading=reading,
        )
        return reading


def _age(file: Path) -> float:
    return -file.stat().st_mtime

"""What changes rows without a browser: nightly commands, an import, and somebody in psql."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..ledger import Expected, Intent, Outcome
from .cast import Cast
from .person import CERTIFICATE, CREATED, STAKEHOLDER, UPDATED
from .words import FIRST, LAST

_PATIENCE_S = 120
_VESTING_BEGAN = 1_767_225_600.0  # 2026-01-01
_VESTING_S = 4 * 365 * 86_400.0  # over four years; each night a little more


@dataclass(frozen=True)
class Night:
    """Runs the application's management commands, as a scheduler would."""

    cast: Cast
    site: Path
    env: Mapping[str, str]
    company: int
    folder: Path

    def revalue(self) -> None:
        """One price for all certificates, by ``QuerySet.update``."""
        price = self.cast.markers.price()
        self._run(
            ["revalue", str(self.company), price, "--reason", f"valuation at {price}"],
            action=("nightly.revalue", f"valuation at {price}"),
            expects=lambda key, value: _updated(key, fair_value=value),
        )

    def revalue_dry(self) -> None:
        """The same and all rolled back: not one of its prices may be seen."""
        price = self.cast.markers.price()
        arguments = ["revalue", str(self.company), price, "--reason", "trial", "--dry-run"]
        self._run(arguments, action=("", ""), expects=None)

    def vest(self) -> None:
        """A part of each certificate's shares, by ``bulk_update``."""
        vested_s = self.cast.clock.now() - _VESTING_BEGAN
        part = f"{min(vested_s / _VESTING_S, 1):.8f}"
        self._run(
            ["vest", str(self.company), part, "--reason", f"vesting of {part}"],
            action=("nightly.vest", f"vesting of {part}"),
            expects=lambda key, value: _updated(key, vested=value),
        )

    def bring_in(self, rows: int = 40) -> None:
        """Stakeholders from a file, by COPY."""
        file = self._file(rows)
        self._run(
            ["import_stakeholders", str(self.company), str(file), "--reason", file.name],
            action=("stakeholders.import", file.name),
            expects=lambda key, value: Expected(
                type=CREATED, model=STAKEHOLDER, object_id=key, values={"email": value}
            ),
        )

    def bring_in_broken(self) -> None:
        """A file whose last line does not fit: COPY fails, and its rows never existed."""
        file = self._file(5)
        with file.open("a") as lines:
            lines.write(f"{'x' * 200},employee,too.long@example.org\n")
        arguments = ["import_stakeholders", str(self.company), str(file), "--reason", file.name]
        self._run(arguments, action=("stakeholders.import", file.name), expects=None, fails=True)

    def _run(
        self,
        arguments: Sequence[str],
        *,
        action: tuple[str, str],
        expects: Callable[[str, str], Expected] | None,
        fails: bool = False,
    ) -> None:
        """Note, run and settle; the command prints what it changed as ``{key: value}``."""
        what = f"manage.py {' '.join(arguments)}"
        intent = self.cast.ledger.note(Intent(key=self.cast.trace(), what=what))
        done = self._manage(arguments)
        name, reason = action
        if (done.returncode != 0) != fails:
            self.cast.surprises.append(f"{what} ended with {done.returncode}: {done.stderr[-800:]}")
        elif expects is None:
            failed = Expected(type="action.failed", action=name, reason=reason)
            left = (failed,) if fails else ()
            self.cast.ledger.settle(intent, Outcome.ROLLED_BACK, otherwise=left)
        else:
            changed = json.loads(done.stdout.splitlines()[-1])
            events = [expects(key, value) for key, value in changed.items()]
            events.append(Expected(type="action.performed", action=name, reason=reason))
            self.cast.ledger.settle(intent, Outcome.COMMITTED, expects=events)

    def _manage(self, arguments: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.site,
            env=dict(self.env),
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )

    def _file(self, rows: int) -> Path:
        chance = self.cast.chance(f"import {self.cast.markers.number()}")
        file = self.folder / f"people-{self.cast.markers.run}-{self.cast.markers.number()}.csv"
        names = [f"{chance.choice(FIRST)} {chance.choice(LAST)}" for _ in range(rows)]
        lines = [f"{name},employee,{self.cast.markers.email(name)}\n" for name in names]
        file.write_text("".join(lines))
        return file


def _updated(key: str, **values: str) -> Expected:
    return Expected(type=UPDATED, model=CERTIFICATE, object_id=key, values=values)

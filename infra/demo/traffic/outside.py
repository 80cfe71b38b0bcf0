"""Somebody with psql: no comment, no action, no page, and yet it has to be recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from ..ledger import Expected, Intent, Outcome
from .cast import Cast
from .person import CERTIFICATE, DELETED, STAKEHOLDER, UPDATED

# Deliberately here and not in a folder of statements: these are the edits of a person at a prompt.
FIX = """UPDATE captable_certificate SET reference = %s WHERE id =
    (SELECT id FROM captable_certificate WHERE company_id = %s ORDER BY id DESC OFFSET %s LIMIT 1)
    RETURNING id"""
TIDY = """/*hard_deletion='0199b2d4-0000-7000-8000-000000000001'*/
DELETE FROM captable_stakeholder s WHERE s.id IN (
    SELECT s.id FROM captable_stakeholder s
    WHERE s.company_id = %s AND s.email LIKE %s AND s.email LIKE '%%@example.org'
      AND NOT EXISTS (SELECT FROM captable_certificate c WHERE c.holder_id = s.id)
    ORDER BY s.id LIMIT 5 FOR UPDATE SKIP LOCKED)
    RETURNING s.id, s.email"""
REWORD = """UPDATE captable_legend SET text = %s WHERE id =
    (SELECT min(id) FROM captable_legend WHERE company_id = %s) RETURNING id"""


@dataclass(frozen=True)
class Prompt:
    """A psql session on the application's database."""

    cast: Cast
    url: str
    company: int

    def fix(self) -> None:
        """Correct one reference, and commit."""
        with self._session() as session:
            fixed = self._fix(session, 0)
            session.commit()
        self._settle(fixed, Outcome.COMMITTED)

    def think_again(self) -> None:
        """Change two rows: one is rolled back to a savepoint, then the other one committed."""
        with self._session() as session:
            kept = self._fix(session, 1)
            session.execute("SAVEPOINT before_lunch")
            dropped = self._fix(session, 2)
            session.execute("ROLLBACK TO SAVEPOINT before_lunch")
            session.commit()
        self._settle(kept, Outcome.COMMITTED)
        self._settle(dropped, Outcome.ROLLED_BACK)

    def give_up(self) -> None:
        """Change a row and roll back."""
        with self._session() as session:
            dropped = self._fix(session, 3)
            session.rollback()
        self._settle(dropped, Outcome.ROLLED_BACK)

    def forget(self, seconds: float) -> None:
        """Leave a transaction open for a while; others go on, and nothing of theirs may be lost."""
        text = f"Subject to the lock-up in the wording of minute {self.cast.markers.minute()}"
        intent = self._note(f"leaves {text!r} open")
        with self._session() as session:
            ((key,),) = session.execute(REWORD, (text, self.company)).fetchall()
            self.cast.clock.sleep(seconds)
            session.commit()
        changed = Expected(
            type=UPDATED, model="captable.Legend", object_id=str(key), values={"text": text}
        )
        self.cast.ledger.settle(intent, Outcome.COMMITTED, expects=(changed,))

    def tidy(self) -> None:
        """Delete some imported people who hold nothing."""
        intent = self._note("deletes imported people")
        with self._session() as session:
            pattern = f"%.{self.cast.markers.run.lower()}%"
            rows = session.execute(TIDY, (self.company, pattern)).fetchall()
            session.commit()
        gone = [
            Expected(type=DELETED, model=STAKEHOLDER, object_id=str(key), values={"email": email})
            for key, email in rows
        ]
        self.cast.ledger.settle(intent, Outcome.COMMITTED, expects=gone)

    def _fix(self, session: psycopg.Connection[Any], row: int) -> tuple[Intent, Expected]:
        text = f"Checked by hand, minute {self.cast.markers.minute()}"
        intent = self._note(f"sets a reference to {text!r}")
        ((key,),) = session.execute(FIX, (text, self.company, row)).fetchall()
        values = {"reference": text}
        return intent, Expected(type=UPDATED, model=CERTIFICATE, object_id=str(key), values=values)

    def _settle(self, tried: tuple[Intent, Expected], outcome: Outcome) -> None:
        intent, changed = tried
        self.cast.ledger.settle(intent, outcome, expects=(changed,))

    def _note(self, what: str) -> Intent:
        return self.cast.ledger.note(Intent(key=self.cast.trace(), what=f"somebody in psql {what}"))

    @contextmanager
    def _session(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(
            self.url, application_name="psql", cursor_factory=psycopg.ClientCursor
        ) as session:
            yield session

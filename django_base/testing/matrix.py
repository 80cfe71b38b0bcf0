"""Which role gets where: a table that a test compares with what was agreed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.test import Client

from .requests import Attempt, Objects, attempts
from .writes import taken_back


@dataclass(frozen=True)
class Matrix:
    """Answers by request and role.

    Attributes:
        roles: names of the roles.
        answers: request (``GET /companies/<int:company_id>/``) to role to answer: ``yes``, ``no``
            (403), ``hidden`` (404) or ``login``.
    """

    roles: tuple[str, ...]
    answers: Mapping[str, Mapping[str, str]]

    def __str__(self) -> str:
        wide = max((len(name) for name in self.answers), default=0)
        lines = [f"{'':{wide}}  " + "  ".join(f"{role:6}" for role in self.roles)]
        lines += [
            f"{name:{wide}}  "
            + "  ".join(f"{row[role]:{max(6, len(role))}}" for role in self.roles)
            for name, row in self.answers.items()
        ]
        return "\n".join(line.rstrip() for line in lines)

    def assert_is(self, expected: str) -> None:
        """Compare with a table as this prints it; spaces do not matter.

        Raises:
            AssertionError: a line differs, is missing or is new; the whole table is shown.
        """
        theirs, ours = _lines(expected), _lines(str(self))
        if theirs != ours:
            gone = [f"- {' '.join(line)}" for line in theirs if line not in ours]
            new = [f"+ {' '.join(line)}" for line in ours if line not in theirs]
            raise AssertionError("\n".join(["who gets where has changed:", *gone, *new, str(self)]))


def role_matrix(
    roles: Mapping[str, Client],
    entity: models.Model,
    *,
    values: Mapping[str, Any] | None = None,
) -> Matrix:
    """Send each request of ROOT_URLCONF, with objects of an entity, as each role.

    What is sent names objects of the entity and is seldom valid beyond that: ``yes`` says that the
    role was let in. Everything is taken back. URLs that are declared for others are left out.

    Raises:
        AssertionError: the entity has no object of a model that a view names.
    """
    answers: dict[str, dict[str, str]] = {}
    for attempt in attempts(Objects(entity, values or {})):
        if isinstance(attempt, Attempt):
            answers[attempt.name] = {role: _answer(attempt, each) for role, each in roles.items()}
        elif attempt.is_lack:
            raise AssertionError(f"{attempt.name}: {attempt.reason}")
    return Matrix(tuple(roles), answers)


def _answer(attempt: Attempt, client: Client) -> str:
    with taken_back():
        response, _ = attempt.send(client)
    status = response.status_code
    is_login = status == 302 and "next=" in response.headers.get("Location", "")
    names = {401: "login", 403: "no", 404: "hidden", 500: "error"}
    return "login" if is_login else names.get(status, "yes")


def _lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip()]

"""The commands of docs/operations.md exist, with their options."""

import re
import shlex
from pathlib import Path

import click
import pytest

from infra.cli import main
from infra.runners import RUNNERS

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
COMMANDS = sorted(
    {
        *re.findall(r"^\$ (backstory [^#\n]*)", PAGE, re.MULTILINE),
        *re.findall(r"`(backstory [a-z][^`…]*)`", PAGE),
    }
)


@pytest.mark.parametrize("line", COMMANDS)
def test_command_of_the_page_is_taken(line: str):
    """Who copies it at night gets no usage error."""
    words = shlex.split(line)[1:]
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words:
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found

    known = {name for option in command.params for name in option.opts}
    assert {word for word in words if word.startswith("--")} <= known
    if command.name == "run":
        assert set(words) <= set(RUNNERS)


def test_page_has_commands():
    """The pattern finds them."""
    assert len(COMMANDS) > 10

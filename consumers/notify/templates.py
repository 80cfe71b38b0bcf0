"""Templates: from values to a text, a page of HTML and Slack's blocks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    select_autoescape,
)
from jinja2.exceptions import TemplateError, TemplateNotFound

from .errors import InvalidNotification

Content = dict[str, Any]
"""``text`` always; ``html`` and ``blocks`` where there is a template for them."""

_SLACK_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Templates:
    """Jinja templates of the application's folders, then ours.

    ``NAME.html`` escapes values as HTML; in ``NAME.slack.json`` write
    ``{{ value | mrkdwn | tojson }}``. A variable that is not given is an error, not an empty place.
    """

    def __init__(self, folders: Iterable[Path | str] = ()) -> None:
        self._environment = Environment(
            loader=ChoiceLoader(
                [FileSystemLoader([str(each) for each in folders]), PackageLoader(__package__)]
            ),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["mrkdwn"] = mrkdwn

    def render(self, name: str, values: Mapping[str, Any]) -> Content:
        """Return what the templates of this name make of the values.

        Raises InvalidNotification when there is none for text, or one cannot be rendered.
        """
        text = self._rendered(f"{name}.txt", values)
        if text is None:
            raise InvalidNotification(
                f"there is no template {name}.txt in the folders of BACKSTORY_TEMPLATES"
            )
        content: Content = {"text": text.strip()}
        html = self._rendered(f"{name}.html", values)
        if html is not None:
            content["html"] = html
        blocks = self._rendered(f"{name}.slack.json", values)
        if blocks is not None:
            content["blocks"] = _blocks(name, blocks)
        return content

    def _rendered(self, name: str, values: Mapping[str, Any]) -> str | None:
        try:
            return self._environment.get_template(name).render(values)
        except TemplateNotFound as error:
            if error.name == name:
                return None
            raise InvalidNotification(
                f"template {name!r} includes {error.name!r}, not found"
            ) from (error)
        except (TemplateError, TypeError, ValueError) as error:
            raise InvalidNotification(f"template {name!r} cannot be rendered: {error}") from error


def mrkdwn(value: object) -> str:
    """Escape a value for Slack's text.

    Source: https://docs.slack.dev/messaging/formatting-message-text (escaping text)
    """
    return str(value).translate(_SLACK_ESCAPES)


def _blocks(name: str, text: str) -> list[Any]:
    try:
        blocks = json.loads(text)
    except ValueError as error:
        raise InvalidNotification(f"template {name}.slack.json makes no JSON: {error}") from error
    if not isinstance(blocks, list):
        raise InvalidNotification(f"template {name}.slack.json makes no list of blocks")
    return blocks

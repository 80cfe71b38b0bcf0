"""Reading an HTML page the way a browser does: its links, its one form, and what is filled in."""

import re
from html.parser import HTMLParser


class Page(HTMLParser):
    """What a person finds on a page.

    Attributes:
        links: targets of all links, in order.
        fields: name and current value of each field of the main form, as it would be sent.
        options: for each choice field its values and their texts, without the empty one.
        token: the CSRF token that any form of the page carries.
        text: the visible text.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fields: dict[str, list[str]] = {}
        self.options: dict[str, dict[str, str]] = {}
        self.token = ""
        self._in_main = False
        self._select = ""
        self._option: str | None = None
        self._textarea = ""
        self._texts: list[str] = []
        self.feed(html)
        self.text = re.sub(r"\s+", " ", " ".join(self._texts)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._in_main = True
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "input":
            self._input(given)
        elif tag == "select" and self._in_main:
            self._select = given["name"]
            self.options[self._select] = {}
        elif tag == "option" and self._select:
            self._choice(given)
        elif tag == "textarea" and self._in_main:
            self._textarea = given["name"]
            self.fields[self._textarea] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "option":
            self._option = None
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea] = [self.fields[self._textarea][0] + data.removeprefix("\n")]
        elif self._option is not None:
            self.options[self._select][self._option] += data
        else:
            self._texts.append(data)

    def _input(self, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if name == "csrfmiddlewaretoken":
            self.token = given["value"]
        if not self._in_main or not name or kind in ("submit", "button"):
            return
        if kind == "checkbox":
            self.options.setdefault(name, {})[given.get("value", "on")] = ""
            if "checked" not in given:
                return
        self.fields.setdefault(name, []).append(given.get("value", ""))

    def _choice(self, given: dict[str, str]) -> None:
        value = given.get("value", "")
        if value:
            self._option = value
            self.options[self._select][value] = ""
        if "selected" in given:
            self.fields[self._select] = [value]

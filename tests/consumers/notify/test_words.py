"""Targets, quiet hours and templates: what is taken, and what is refused with its name."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from consumers import InvalidNotification, QuietHours, Templates, email, slack, target_from


@pytest.mark.parametrize("text", ["slack:#ops", "email:ops@example.com", "email: ops@example.com"])
def test_targets_are_read_from_settings(text: str):
    """A channel, a colon, an address."""
    assert target_from(text) in (slack("#ops"), email("ops@example.com"))


@pytest.mark.parametrize(
    "text",
    ["ops@example.com", "pigeon:roof", "slack:", "slack:a b", "email:ops", "email:a@b\r\nBcc: c@d"],
)
def test_what_names_nobody_is_refused(text: str):
    """A header cannot be smuggled in by an address either."""
    with pytest.raises(InvalidNotification):
        target_from(text)


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        ("2026-03-28T19:59", "2026-03-28T19:59"),
        ("2026-03-28T20:00", "2026-03-29T07:30"),
        ("2026-03-29T00:30", "2026-03-29T07:30"),
        ("2026-03-29T07:30", "2026-03-29T07:30"),
    ],
)
def test_quiet_hours_run_over_midnight_and_summer_time(moment: str, over: str):
    """They end by the clock on the wall, also in the night when it jumps."""
    zone = ZoneInfo("Europe/Lisbon")
    quiet = QuietHours("20:00", "07:30", "Europe/Lisbon")
    told = datetime.fromisoformat(moment).replace(tzinfo=zone)

    assert quiet.over_at(told) == datetime.fromisoformat(over).replace(tzinfo=zone)


@pytest.mark.parametrize("said", [("8pm", "7:00"), ("20:00", "20:00"), ("20:00", "07:00", "Mars")])
def test_hours_that_cannot_be_are_refused(said: tuple[str, ...]):
    """Where they are written, not in the night."""
    with pytest.raises(InvalidNotification):
        QuietHours(*said)


def test_templates_escape_for_their_channel(tmp_path: Path):
    """HTML for mail, Slack's own three characters for Slack, nothing for text."""
    (tmp_path / "moved.txt").write_text("{{ name }}\n")
    (tmp_path / "moved.html").write_text("<p>{{ name }}</p>")
    (tmp_path / "moved.slack.json").write_text('[{"text": {{ name | mrkdwn | tojson }}}]')

    content = Templates([tmp_path]).render("moved", {"name": '<A & "B">'})

    assert content == {
        "text": '<A & "B">',
        "html": "<p>&lt;A &amp; &#34;B&#34;&gt;</p>",
        "blocks": [{"text": '&lt;A &amp; "B"&gt;'}],
    }


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("other.txt", "", "no template moved.txt"),
        ("moved.txt", "{{ nobody }}", "'nobody' is undefined"),
        ("moved.txt", "{% if %}", "moved.txt"),
        ("moved.txt", "{% include 'lost.txt' %}", "lost.txt"),
    ],
)
def test_a_template_that_cannot_be_used_is_named(tmp_path: Path, name: str, text: str, told: str):
    """A missing value is no empty place in a mail."""
    (tmp_path / name).write_text(text)

    with pytest.raises(InvalidNotification, match=told):
        Templates([tmp_path]).render("moved", {})


def test_blocks_that_are_no_json_are_refused(tmp_path: Path):
    """Slack would refuse them later, without saying which template."""
    (tmp_path / "moved.txt").write_text("x")
    (tmp_path / "moved.slack.json").write_text('{"not": "a list"}')

    with pytest.raises(InvalidNotification, match=r"moved\.slack\.json"):
        Templates([tmp_path]).render("moved", {})

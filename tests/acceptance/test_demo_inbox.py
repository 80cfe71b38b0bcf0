"""The demo's inbox: it answers as Slack and a mail server do, and shows what it was given."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from uuid import UUID, uuid4

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from infra.demo.inbox import Inbox, Post, serve_inbox
from infra.demo.inbox.slack import SlackDesk
from infra.demo.inbox.words import plain_html, slack_html
from infra.demo.telling import compare
from infra.embedded.ports import free_port

MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def post(inbox: Inbox) -> Iterator[Post]:
    """Where the inbox answers."""
    where = Post(http_port=free_port(), smtp_port=free_port())
    with serve_inbox(inbox, where, "http://site.example"):
        yield where


def mail_to(post: Post, address: str, html: str = "") -> None:
    """Hand over one mail, as any program would."""
    message = EmailMessage()
    message["From"], message["To"] = "history@captable.example", address
    message["Subject"], message["Message-ID"] = f"New {MARKUP}", "<abc@captable.example>"
    message.set_content("Plain words")
    if html:
        message.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", post.smtp_port) as smtp:
        smtp.send_message(message)


def shown(post: Post) -> httpx.Response:
    return httpx.get(f"{post.url}/", trust_env=False)


def test_slacks_own_client_finds_a_slack_there(inbox: Inbox, post: Post):
    """The sender is given another address and nothing else is different."""
    client = WebClient("xoxb-any", base_url=f"{post.url}/api/")

    answer = client.chat_postMessage(channel="#cap-table", text="moved")

    (posted,) = inbox.posts
    assert (posted.channel, posted.text, posted.ts) == ("#cap-table", "moved", answer["ts"])
    with pytest.raises(SlackApiError, match="channel_not_found"):
        client.chat_postMessage(channel="nowhere", text="moved")


@pytest.mark.parametrize(
    ("authorization", "asked", "error"),
    [
        ("", {"channel": "#a", "text": "x"}, "not_authed"),
        ("Bearer x", {"channel": "#a"}, "no_text"),
        ("Bearer x", {"channel": "#a", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
    ],
)
def test_what_slack_refuses_is_refused(inbox: Inbox, authorization, asked, error):
    """A message that Slack would not show must not look fine in the demo."""
    answer = SlackDesk(inbox).post_message(authorization, asked)

    assert answer.said == {"ok": False, "error": error}
    assert inbox.posts == []


def test_two_messages_at_once_to_one_channel_are_too_many(inbox: Inbox):
    """One a second and channel; another channel is free."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    times = iter([moment, moment, moment, moment + timedelta(seconds=1)])
    desk = SlackDesk(inbox, now=lambda: next(times))

    answers = [
        desk.post_message("Bearer x", {"channel": channel, "text": "x"})
        for channel in ("#a", "#a", "#b", "#a")
    ]

    assert [answer.status for answer in answers] == [200, 429, 200, 200]
    assert answers[1].headers == {"Retry-After": "1"}


def test_page_shows_messages_and_mails_as_text_whatever_is_in_them(inbox: Inbox, post: Post):
    """Names of stakeholders are typed by strangers; no markup of theirs may run or load."""
    block = {"type": "section", "text": {"type": "plain_text", "text": MARKUP}}
    inbox.post("#cap-table", MARKUP, [], datetime.now(UTC))
    inbox.post("#blocks", "", [block], datetime.now(UTC))
    mail_to(post, "legal@example.com", html=f"<p>Rich</p>{MARKUP}")

    page = shown(post)

    assert "<script>alert" not in page.text
    assert page.text.count("&lt;script&gt;alert(1)") >= 4
    assert "legal@example.com" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "allow-scripts" not in page.text


def test_page_is_fetched_again_only_when_something_came(inbox: Inbox, post: Post):
    """A page that stays open for a day costs nothing."""
    mail_to(post, "a@example.com")
    url = f"{post.url}/messages"

    assert httpx.get(f"{url}?after=1", trust_env=False).status_code == 204
    assert "a@example.com" in httpx.get(f"{url}?after=0", trust_env=False).text
    assert inbox.counts() == {"email": 1}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "*bold* and `code` & _so_",
            "<strong>bold</strong> and <code>code</code> &amp; <em>so</em>",
        ),
        ("2 * 3 * 4, snake_case_name", "2 * 3 * 4, snake_case_name"),
        ("&lt;b&gt;", "&lt;b&gt;"),
        ("<javascript:alert(1)|x>", "<mark>x</mark>"),
        ("<!here>", "<mark>!here</mark>"),
        (
            "<http://a.example/?x=1&amp;y=2|one &amp; two>",
            '<a href="http://a.example/?x=1&amp;y=2" target="_blank" rel="noreferrer">'
            "one &amp; two</a>",
        ),
    ],
)
def test_slacks_marks_become_html(text: str, html: str):
    """As Slack shows them; what is no mark stays as it is."""
    assert slack_html(text) == html


def test_addresses_in_plain_mail_can_be_clicked():
    """Mail programs do that; Slack's marks mean nothing there."""
    assert plain_html("*see* http://a.example/x") == (
        '*see* <a href="http://a.example/x" target="_blank" rel="noreferrer">http://a.example/x</a>'
    )


def a_row(**changes: object) -> SimpleNamespace:
    """A delivery that was sent and arrived."""
    values = {"id": uuid4(), "rule": "r", "channel": "slack", "target": "#a", "state": "sent"}
    values |= {"under_way": False, "carrier": None, "provider_id": "1.0", "last_error": None}
    return SimpleNamespace(**{**values, "accepted": 1, "unknown": 0, **changes})


ARRIVED = ("slack", "#a", "1.0")


@pytest.mark.parametrize(
    ("row", "received", "fault"),
    [
        (a_row(), [ARRIVED], None),
        (a_row(state="digested", carrier="sent", accepted=0), [], None),
        (a_row(state="waiting", under_way=True, accepted=0), [], None),
        (a_row(unknown=1), [ARRIVED, ("slack", "#a", "0.9")], None),
        (a_row(), [], "undelivered"),
        (a_row(state="refused", accepted=0), [], "undelivered"),
        (a_row(state="waiting", accepted=0), [], "undelivered"),
        (a_row(state="digested", carrier="refused", accepted=0), [], "undelivered"),
        (a_row(), [ARRIVED, ARRIVED], "told_twice"),
        (a_row(accepted=2), [ARRIVED, ("slack", "#a", "2.0")], "told_twice"),
    ],
)
def test_verdict_on_a_delivery(row, received, fault):
    """Only doubt excuses a second message, and only a digest or a set time a missing one."""
    found = compare({row.id: "said"}, received, [row], received)

    faults = {name for name in ("untold", "undelivered", "told_twice") if getattr(found, name)}
    assert faults == ({fault} if fault else set())


def test_verdict_misses_what_a_rule_says_and_nobody_noted():
    """A notifier that skipped an event leaves no row behind: only the rules know."""
    assert compare({UUID(int=1): "tells slack: moved"}, [], [], []).untold == ["tells slack: moved"]


def test_verdict_is_not_misled_by_a_digest_that_goes_out_meanwhile():
    """The sender does not stop for the judge: a message may come while the rows are read."""
    sent, sending = a_row(), a_row(state="sending", accepted=0, unknown=1, under_way=True)

    found = compare({}, [], [sent, sending], [ARRIVED])

    assert (found.undelivered, found.told_twice) == ([], [])

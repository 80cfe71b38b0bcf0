"""Each channel's promises, on memory and against servers that answer as the providers do."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from consumers.delivery import (
    Accepted,
    Channel,
    MemoryChannel,
    Parcel,
    Permanent,
    Temporary,
    Uncertain,
)
from consumers.delivery.mail import Mail, MailServer
from consumers.delivery.slack import Slack
from infra.embedded.ports import free_port
from tests.consumers.delivery.slack_server import Answer, SlackServer, running_slack


def a_parcel(**changes: Any) -> Parcel:
    """A message whose words need care."""
    values: dict[str, Any] = {
        "id": UUID(int=7),
        "target": "ann@example.com",
        "title": "Ünits moved ✓",
        "content": {"text": "Ünits <moved> & more ✓", "html": "<p>moved</p>"},
        "event_time": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Parcel(**values | changes)


class ChannelContract:
    """Subclasses give ``channel``, which accepts, and ``broken``, which cannot be reached."""

    def test_what_is_accepted_has_the_providers_name_for_it(self, channel: Channel):
        """So that a person can find it there."""
        answer = channel.send(a_parcel())
        assert isinstance(answer, Accepted)
        assert answer.provider_id

    def test_a_provider_that_is_down_is_temporary(self, broken: Channel):
        """Nothing was handed over, so nothing is uncertain; and nothing raises."""
        assert isinstance(broken.send(a_parcel()), Temporary)


class TestMemory(ChannelContract):
    """For tests of applications."""

    @pytest.fixture
    def channel(self) -> Channel:
        return MemoryChannel()

    @pytest.fixture
    def broken(self) -> Channel:
        return MemoryChannel(answers=[Temporary("down")])


@pytest.fixture
def slack_server() -> Iterator[SlackServer]:
    """A workspace."""
    with running_slack() as server:
        yield server


class TestSlack(ChannelContract):
    """By the API, with a token."""

    @pytest.fixture
    def channel(self, slack_server: SlackServer) -> Channel:
        return Slack(token="xoxb-1", base_url=f"{slack_server.url}/api/", limit_s=1)

    @pytest.fixture
    def broken(self) -> Channel:
        return Slack(token="xoxb-1", base_url="http://127.0.0.1:1/api/", limit_s=1)

    def test_text_and_blocks_arrive(self, channel: Channel, slack_server: SlackServer):
        """The text too: it is what notifications on a phone show."""
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "✓"}}]
        channel.send(a_parcel(target="#ops", content={"text": "moved ✓", "blocks": blocks}))

        (posted,) = slack_server.accepted
        assert (posted["channel"], posted["text"]) == ("#ops", "moved ✓")
        assert posted["blocks"] == blocks

    def test_words_of_strangers_stay_words(self, channel: Channel, slack_server: SlackServer):
        """A stakeholder may be called <!channel>; nobody else is."""
        channel.send(a_parcel(target="#ops", content={"text": "New: <!channel> & co"}))

        (posted,) = slack_server.accepted
        assert posted["text"] == "New: &lt;!channel&gt; &amp; co"

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            (
                Answer(429, '{"ok": false, "error": "ratelimited"}', {"Retry-After": "30"}),
                Temporary("HTTP 429: ratelimited", 30.0),
            ),
            (Answer(503, '{"error": "busy"}'), Temporary("HTTP 503: busy")),
            (Answer(200, '{"ok": false, "error": "internal_error"}'), Temporary("internal_error")),
            (
                Answer(200, '{"ok": false, "error": "channel_not_found"}'),
                Permanent("channel_not_found"),
            ),
            (Answer(200, '{"ok": false, "error": "invalid_auth"}'), Permanent("invalid_auth")),
        ],
    )
    def test_each_refusal_means_what_slack_means(
        self, channel: Channel, slack_server: SlackServer, answer: Answer, outcome: object
    ):
        """429 says when; 5xx is Slack's trouble; an error of ours stays one."""
        slack_server.answers.append(answer)
        assert channel.send(a_parcel()) == outcome

    def test_silence_is_uncertain(self, channel: Channel, slack_server: SlackServer):
        """It may have posted the message before it fell silent: here it did."""
        slack_server.answers.append(Answer(200, '{"ok": true}', silent=True))

        assert isinstance(channel.send(a_parcel()), Uncertain)
        assert len(slack_server.accepted) == 1

    def test_a_webhook_serves_its_target(self, slack_server: SlackServer):
        """Other targets need the token, and say so."""
        channel = Slack(webhooks={"#ops": f"{slack_server.url}/services/T/B/x"}, limit_s=1)

        assert channel.send(a_parcel(target="#ops")) == Accepted()
        slack_server.answers.append(Answer(404, "channel_is_archived"))
        assert channel.send(a_parcel(target="#ops")) == Permanent("HTTP 404: channel_is_archived")
        answer = channel.send(a_parcel(target="#other"))
        assert isinstance(answer, Permanent)
        assert "BACKSTORY_SLACK_TOKEN" in answer.reason


class Mailbox:
    """What an SMTP server took, and what it says next."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.after_rcpt = "250 OK"
        self.after_data = "250 OK"
        self.drop_after_data = False

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.after_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.after_rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        if self.drop_after_data:
            server.transport.abort()
        return self.after_data


@pytest.fixture
def mailbox() -> Mailbox:
    """A server's memory."""
    return Mailbox()


@pytest.fixture
def mail_server(mailbox: Mailbox) -> Iterator[MailServer]:
    """A real SMTP server."""
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailServer(host="127.0.0.1", port=port, security="none")
    controller.stop()


class TestMail(ChannelContract):
    """Over SMTP."""

    @pytest.fixture
    def channel(self, mail_server: MailServer) -> Channel:
        return Mail(
            mail_server,
            "Backstory <history@example.com>",
            unsubscribe_url="https://example.com/off",
            limit_s=2,
        )

    @pytest.fixture
    def broken(self) -> Channel:
        server = MailServer(host="127.0.0.1", port=1, security="none")
        return Mail(server, "history@example.com", limit_s=1)

    def test_the_mail_is_whole(self, channel: Channel, mailbox: Mailbox):
        """Both parts, a way out for the reader, and an id that a second attempt repeats."""
        channel.send(a_parcel())
        channel.send(a_parcel())

        first, second = mailbox.taken
        assert first["Subject"] == "Ünits moved ✓"
        assert first["Message-ID"] == second["Message-ID"] == f"<{UUID(int=7)}@example.com>"
        assert (
            first["List-Unsubscribe"].strip() == f"<https://example.com/off?delivery={UUID(int=7)}>"
        )
        parts = {part.get_content_type(): part.get_content() for part in first.iter_parts()}
        assert parts["text/plain"].strip() == "Ünits <moved> & more ✓"
        assert parts["text/html"].strip() == "<p>moved</p>"

    @pytest.mark.parametrize(
        ("said", "kind"),
        [
            ("451 4.7.1 try later ann@example.com", Temporary),
            ("550 5.1.1 <ann@example.com>: no such user", Permanent),
        ],
    )
    @pytest.mark.parametrize("where", ["after_rcpt", "after_data"])
    def test_refusals_are_told_apart_and_name_no_address(
        self, channel: Channel, mailbox: Mailbox, where: str, said: str, kind: type
    ):
        """What is kept with the delivery ends up in logs and on screens."""
        setattr(mailbox, where, said)

        answer = channel.send(a_parcel())

        assert isinstance(answer, kind)
        assert said[:9] in answer.reason
        assert "ann" not in answer.reason

    def test_a_connection_cut_after_the_last_dot_is_uncertain(
        self, channel: Channel, mailbox: Mailbox
    ):
        """The server had the whole mail."""
        mailbox.drop_after_data = True

        assert isinstance(channel.send(a_parcel()), Uncertain)
        assert len(mailbox.taken) == 1

    def test_an_address_the_server_cannot_take_is_refused_for_good(self, channel: Channel):
        """Trying again would not change the alphabet."""
        answer = channel.send(a_parcel(target="änn@example.com"))
        assert isinstance(answer, Accepted | Permanent)

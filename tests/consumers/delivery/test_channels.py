"""Each channel's promises, on memory and against a server that answers as Slack does."""

from collections.abc import Iterator

import pytest

from consumers.delivery import Accepted, Channel, MemoryChannel, Permanent, Temporary, Uncertain
from consumers.delivery.slack import Slack
from tests.consumers.delivery.channel_contract import ChannelContract, a_parcel
from tests.consumers.delivery.slack_server import Answer, SlackServer, running_slack


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

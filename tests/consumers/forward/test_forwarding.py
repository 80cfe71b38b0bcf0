"""What leaves for a product-analytics service, and what does not whatever happens."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from consumers import HistorySink, SinkRefused, SinkUnavailable
from consumers.forward import ForwardSettings, MemoryProduct, Policy, Product, Tracked, tracked
from consumers.forward.consumer import Forwarding
from consumers.forward.posthog import PostHog
from schemas import ConfigurationError, ModelUpdated, PageViewed, raw
from tests.consumers.sink_contract import a_batch, replaced
from tests.factories import an_event

TYPES = frozenset({"page.viewed", "model.updated"})


def a_policy(**changes: Any) -> Policy:
    """One that allows nothing."""
    return Policy(**{"types": TYPES, "salt": b"salt", **changes})


def a_page(**changes: Any) -> PageViewed:
    """A page with something to hide."""
    values = {
        "path": "/people/ann",
        "duration_ms": 5.0,
        "view": "people.detail",
        "route": "/people/<name>",
        "query": "q=secret",
        "shown": ("people.Person/1",),
    }
    return PageViewed(**values | changes)


def test_nothing_personal_leaves_by_default():
    """Neither who nor where nor what was searched for."""
    event = an_event(a_page(), subject="people.Person/1")

    leaving = tracked(event, a_policy())

    assert leaving.person == ""
    assert leaving.properties == {
        "status": None,
        "duration_ms": 5.0,
        "view": "people.detail",
        "route": "/people/<name>",
    }


def test_what_is_named_leaves_and_only_that():
    """By its own name, for each."""
    leaving = tracked(an_event(a_page()), a_policy(allowed=frozenset({"path", "entity"})))

    assert leaving.properties["path"] == "/people/ann"
    assert leaving.properties["entity"] == "captable.Company/3"
    assert "username" not in leaving.properties
    assert "query" not in leaving.properties


def test_of_changes_only_the_names_leave():
    """A field's value needs its full name in the settings."""
    change = ModelUpdated(
        before={"shares": raw(1), "holder": raw("Ann")},
        after={"shares": raw(2), "holder": raw("Bo")},
        personal=("holder",),
    )
    event = an_event(change)

    closed = tracked(event, a_policy())
    opened = tracked(event, a_policy(allowed=frozenset({"captable.Certificate.shares"})))

    assert closed.properties == {"model": "captable.Certificate", "fields": ["holder", "shares"]}
    assert opened.properties == {**closed.properties, "before.shares": 1, "after.shares": 2}


def test_people_are_told_apart_only_with_consent():
    """By a pseudonym; by their own id if that is allowed too."""
    event = an_event(a_page())
    agreed = {"consents": lambda event: True}

    pseudonym = tracked(event, a_policy(**agreed)).person

    assert len(pseudonym) == 32
    assert pseudonym == tracked(an_event(a_page()), a_policy(**agreed)).person
    assert pseudonym != tracked(event, a_policy(**agreed, salt=b"another")).person
    assert tracked(event, a_policy(**agreed, allowed=frozenset({"person"}))).person == "42"


def test_a_service_that_is_away_moves_no_offset(history: str):
    """The batch comes again, with the same ids."""
    product = MemoryProduct(failures=[SinkUnavailable("memory")])
    sink = HistorySink(history, keep=Forwarding(product, a_policy()))
    batch = replaced(a_batch([an_event(a_page()), an_event(a_page())]), consumer="forward")

    with pytest.raises(SinkUnavailable):
        sink.write(batch)
    assert sink.positions("forward", "events") == {}
    sink.write(batch)

    assert len(product.taken) == 2
    assert sink.positions("forward", "events")[0].next_offset == 2
    sink.close()


def test_what_cannot_be_read_does_not_leave(history: str):
    """Nobody knows what is in it."""
    product = MemoryProduct()
    sink = HistorySink(history, keep=Forwarding(product, a_policy()))
    newer = an_event(a_page(), dataschema="backstory:page.viewed/99")

    written = sink.write(a_batch([newer, an_event(a_page())]))

    assert [letter.record.offset for letter in written.dead] == [0]
    assert len(product.taken) == 1
    sink.close()


def test_settings_tell_all_that_is_missing():
    """Before anything is sent."""
    env = {"BACKSTORY_FORWARD_CONSENT": "no.such:thing"}

    with pytest.raises(ConfigurationError) as raised:
        ForwardSettings.from_env(env)

    told = "\n".join(raised.value.problems)
    for name in ("KAFKA", "HISTORY_URL", "POSTHOG_KEY", "FORWARD_SALT", "FORWARD_CONSENT"):
        assert f"BACKSTORY_{name}" in told


class PostHogServer:
    """Answers as PostHog's batch endpoint does."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.batches: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                status = server.answers.pop(0) if server.answers else 200
                if status == 200:
                    server.batches.append(json.loads(body))
                said = b'{"status": "Ok", "detail": "said"}'
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        return Handler


@pytest.fixture
def server() -> Iterator[PostHogServer]:
    """A project."""
    server = PostHogServer()
    yield server
    server.close()


class ProductContract:
    """Subclasses give ``product`` and ``ids``, which says what it has taken."""

    def test_a_batch_sent_twice_counts_once(self, product: Product, ids):
        """A kill between handing over and moving the offsets repeats a batch."""
        batch = [self.a_tracked(), self.a_tracked()]
        product.send(batch)
        product.send(batch)
        assert ids() == {str(each.id) for each in batch}

    @staticmethod
    def a_tracked() -> Tracked:
        """Anything."""
        return tracked(an_event(a_page()), a_policy())


class TestMemory(ProductContract):
    """For tests of applications."""

    @pytest.fixture
    def product(self) -> MemoryProduct:
        return MemoryProduct()

    @pytest.fixture
    def ids(self, product: MemoryProduct):
        return lambda: {str(key) for key in product.taken}


class TestPostHog(ProductContract):
    """The official client against a server that answers as PostHog does."""

    @pytest.fixture
    def product(self, server: PostHogServer) -> PostHog:
        return PostHog("phc_1", server.url, limit_s=2)

    @pytest.fixture
    def ids(self, server: PostHogServer):
        return lambda: {e["uuid"] for batch in server.batches for e in batch["batch"]}

    def test_nobody_gets_a_profile_without_consent(self, product: PostHog, server: PostHogServer):
        """And the server's own guess of an address is turned off."""
        event = self.a_tracked()
        product.send([event])

        (sent,) = server.batches[0]["batch"]
        assert server.batches[0]["api_key"] == "phc_1"
        assert sent["distinct_id"] == str(event.id)
        assert sent["properties"]["$process_person_profile"] is False
        assert sent["properties"]["$ip"] is None

    @pytest.mark.parametrize(
        ("status", "raised"),
        [(503, SinkUnavailable), (429, SinkUnavailable), (401, SinkRefused)],
    )
    def test_refusals_are_told_apart(
        self, product: PostHog, server: PostHogServer, status: int, raised: type[Exception]
    ):
        """A wrong key is a person's to mend."""
        server.answers.append(status)
        with pytest.raises(raised):
            product.send([self.a_tracked()])

    def test_a_server_that_is_down_is_waited_for(self):
        """Nothing was handed over."""
        with pytest.raises(SinkUnavailable):
            PostHog("phc_1", "http://127.0.0.1:1", limit_s=1).send([self.a_tracked()])

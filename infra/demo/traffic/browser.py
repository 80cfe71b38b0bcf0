"""One person's browser: cookies, forms with their CSRF token, a ledger line for each request."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from ..ledger import Expected, Intent, Outcome
from .cast import Cast
from .forms import Page

IMPATIENT_S = 0.004
DENIED = (400, 403, 404)
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Safari/605.1.15",
)


@dataclass(frozen=True)
class Answer:
    """What came back. ``status`` is 0 when the connection ended before an answer."""

    status: int
    page: Page
    goes_to: str = ""

    @property
    def accepted(self) -> bool:
        """A form that was accepted is answered with a redirect."""
        return self.status == 302


class Browser:
    """Requests of one person; each gets a trace id of its own, by which its events are found."""

    def __init__(self, cast: Cast, username: str) -> None:
        self.cast = cast
        self.username = username
        agent = AGENTS[sum(username.encode()) % len(AGENTS)]
        self._client = httpx.Client(
            base_url=cast.base_url, headers={"user-agent": agent}, timeout=30, trust_env=False
        )
        self.actor = ""

    def close(self) -> None:
        """Close its connections; cookies are forgotten."""
        self._client.close()

    def view(self, path: str) -> Answer:
        """Look at a page."""
        intent = self._note(f"{self.username} views {path}", (), ())
        return self._send(intent, "GET", path)

    def submit(
        self,
        path: str,
        fields: Mapping[str, Sequence[str]],
        *,
        what: str,
        expects: Sequence[Expected] = (),
        otherwise: Sequence[Expected] = (),
        commits: bool = True,
        impatient: bool = False,
    ) -> Answer:
        """Send a form; it counts as committed when the answer is a redirect.

        ``otherwise``: what a refusal leaves. ``commits=False``: whatever the answer, no change.
        ``impatient``: hang up before the answer can be there, so that nobody knows.
        """
        intent = self._note(f"{self.username} {what}", expects, otherwise)
        return self._send(
            intent,
            "POST",
            path,
            data={name: list(values) for name, values in fields.items()},
            commits=commits,
            timeout=httpx.Timeout(30, read=IMPATIENT_S) if impatient else httpx.USE_CLIENT_DEFAULT,
        )

    def _note(
        self, what: str, expects: Sequence[Expected], otherwise: Sequence[Expected]
    ) -> Intent:
        trace = self.cast.trace()
        return self.cast.ledger.note(
            Intent(
                key=trace,
                what=what,
                trace=trace,
                expects=tuple(expects),
                otherwise=tuple(otherwise),
            )
        )

    def _send(
        self, intent: Intent, method: str, path: str, *, commits: bool = True, **how: object
    ) -> Answer:
        headers = {
            "traceparent": f"00-{intent.trace}-{secrets.token_hex(8)}-01",
            "referer": self.cast.base_url,
        }
        try:
            response = self._client.request(method, path, headers=headers, **how)  # type: ignore[arg-type]
        except httpx.HTTPError:
            view = self._viewed(method, path)
            self.cast.ledger.settle(intent, Outcome.UNKNOWN, maybe=view)
            return Answer(0, Page(""))
        if response.status_code >= 500:
            self.cast.surprises.append(f"{intent.what}: the site answered {response.status_code}")
        self._settle(intent, method, path, response.status_code, commits=commits)
        goes_to = response.headers.get("location", "")
        return Answer(response.status_code, Page(response.text), goes_to)

    def _settle(
        self, intent: Intent, method: str, path: str, status: int, *, commits: bool
    ) -> None:
        viewed = self._viewed(method, path)
        denied = self._denied(path) if status in DENIED else ()
        if method == "GET" or (status == 302 and commits):
            expects = (*intent.expects, *viewed)
            self.cast.ledger.settle(intent, Outcome.COMMITTED, expects=expects, maybe=denied)
        else:
            otherwise = (*intent.otherwise, *viewed) if commits else viewed
            self.cast.ledger.settle(intent, Outcome.ROLLED_BACK, otherwise=otherwise, maybe=denied)

    def _viewed(self, method: str, path: str) -> tuple[Expected, ...]:
        """Each request for a page is one page view."""
        del method
        return (Expected(type="page.viewed", path=path.partition("?")[0], actor=self.actor),)

    def _denied(self, path: str) -> tuple[Expected, ...]:
        """A request that is refused is told, as long as there are not too many a minute."""
        return (Expected(type="access.denied", path=path.partition("?")[0], actor=self.actor),)

"""Slack, by its API (``chat.postMessage``) or by incoming webhooks.

Source: https://docs.slack.dev/apis/web-api/rate-limits (one message a second and channel),
https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http.client import HTTPException
from socket import gaierror
from ssl import SSLCertVerificationError
from typing import Any, Final
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from ..notify.templates import mrkdwn
from .channels import Parcel
from .outcomes import Accepted, Outcome, Permanent, Temporary, Uncertain

_PASSES: Final = frozenset(
    {
        "fatal_error",
        "internal_error",
        "message_limit_exceeded",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
_MAX_TEXT: Final = 40_000


class Slack:
    """One workspace. A target with a webhook of its own goes there; all others through the API."""

    name = "slack"
    gap = timedelta(seconds=1)

    def __init__(
        self,
        *,
        token: str = "",
        webhooks: Mapping[str, str] | None = None,
        base_url: str = WebClient.BASE_URL,
        limit_s: float = 10,
    ) -> None:
        self._api = WebClient(
            token, base_url=base_url, timeout=max(1, round(limit_s)), retry_handlers=[]
        )
        self._webhooks = {
            target: WebhookClient(url, timeout=max(1, round(limit_s)), retry_handlers=[])
            for target, url in (webhooks or {}).items()
        }
        self._has_token = bool(token)

    def send(self, parcel: Parcel) -> Outcome:
        """Post one message; see the port."""
        webhook = self._webhooks.get(parcel.target)
        if webhook is None and not self._has_token:
            return Permanent(
                f"no webhook for {parcel.target!r} and no token: set BACKSTORY_SLACK_WEBHOOKS or "
                "BACKSTORY_SLACK_TOKEN"
            )
        text = mrkdwn(parcel.content["text"][:_MAX_TEXT])  # a name must not call <!channel>
        blocks = parcel.content.get("blocks")
        try:
            if webhook is not None:
                return _of_webhook(webhook.send(text=text, blocks=blocks))
            answer = self._api.chat_postMessage(channel=parcel.target, text=text, blocks=blocks)
            return Accepted(str(answer.get("ts", "")))
        except SlackApiError as error:
            return _of_api(error)
        except URLError as error:
            return _of_connection(error)
        except (OSError, HTTPException, SlackClientError, ValueError) as error:
            return Uncertain(f"no whole answer: {type(error).__name__}: {error}")


def _of_webhook(answer: Any) -> Outcome:
    if answer.status_code == 200:
        return Accepted()
    return _of_status(answer.status_code, answer.headers, answer.body)


def _of_api(error: SlackApiError) -> Outcome:
    answer = error.response
    status, headers = int(answer.status_code), answer.headers
    said = str(answer.get("error") or "") if isinstance(answer.data, dict) else str(answer.data)
    if status != 200:
        return _of_status(status, headers, said)
    if said in _PASSES:
        return Temporary(said, _retry_after_s(headers))
    return Permanent(said)


def _of_status(status: int, headers: Mapping[str, Any], said: str) -> Outcome:
    reason = f"HTTP {status}: {said[:500]}"
    if status == 429 or status >= 500:
        return Temporary(reason, _retry_after_s(headers))
    return Permanent(reason)


def _of_connection(error: URLError) -> Outcome:
    """A refused connection carried nothing; one that fell silent may have."""
    if isinstance(error.reason, ConnectionRefusedError | gaierror | SSLCertVerificationError):
        return Temporary(f"cannot be reached: {error.reason}")
    return Uncertain(f"no answer: {error.reason}")


def _retry_after_s(headers: Mapping[str, Any]) -> float | None:
    for name, value in headers.items():
        if name.lower() == "retry-after":
            said = value[0] if isinstance(value, list) else value
            return float(said) if str(said).isdigit() else None
    return None

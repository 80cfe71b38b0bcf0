"""Mail over SMTP (RFC 5321): one message, one recipient, one connection.

A refusal of the 4xx kind is temporary, of the 5xx kind permanent. After the last dot of DATA nobody
knows, until the server has answered. No text that is kept or logged holds an address.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from .channels import Parcel
from .outcomes import Accepted, Outcome, Permanent, Temporary, Uncertain

SECURITY: Final = ("starttls", "implicit", "none")
_PARTING_S: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed over.

    Attributes:
        security: ``starttls`` (port 587), ``implicit`` (port 465) or ``none`` (a relay next door).
        ca_file: certificates to trust in place of the system's.
    """

    host: str
    port: int
    user: str = ""
    password: str = ""
    security: str = "starttls"
    ca_file: str = ""


class Mail:
    """One mail server and one sender. ``unsubscribe_url`` gets ``?delivery=ID`` added.

    ``limit_s`` is for each answer of the server.
    """

    name = "email"
    gap = timedelta()

    def __init__(
        self, server: MailServer, sender: str, *, unsubscribe_url: str = "", limit_s: float = 20
    ) -> None:
        self._server = server
        self._sender = sender
        self._unsubscribe_url = unsubscribe_url
        self._limit_s = limit_s

    def send(self, parcel: Parcel) -> Outcome:
        """Hand one message over; see the port."""
        try:
            smtp = self._connected()
        except smtplib.SMTPResponseException as error:
            return _refusal(error.smtp_code, error.smtp_error, parcel.target)
        except (smtplib.SMTPException, OSError) as error:
            return Temporary(f"{type(error).__name__}: {error}")
        try:
            return self._hand_over(smtp, parcel)
        finally:
            _part(smtp)

    def _hand_over(self, smtp: smtplib.SMTP, parcel: Parcel) -> Outcome:
        handed_over = False
        try:
            message = self._message(parcel, utf8=smtp.has_extn("smtputf8"))
            refused = self._envelope(smtp, parcel.target)
            if refused is not None:
                return refused
            handed_over = True
            code, said = smtp.data(message)
        except smtplib.SMTPDataError as error:  # the command was refused: nothing was handed over
            return _refusal(error.smtp_code, error.smtp_error, parcel.target)
        except (UnicodeEncodeError, smtplib.SMTPNotSupportedError):
            return Permanent("the address is not ASCII and the server takes no other (SMTPUTF8)")
        except (smtplib.SMTPException, OSError) as error:
            reason = _without(parcel.target, f"{type(error).__name__}: {error}")
            return Uncertain(reason) if handed_over else Temporary(reason)
        if 200 <= code < 300:
            return Accepted(str(parcel.id))
        if not 400 <= code < 600:
            return Uncertain(f"the server answered {code} to the mail")
        return _refusal(code, said, parcel.target)

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "implicit":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._limit_s, context=self._tls()
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=self._limit_s)
        try:
            smtp.ehlo()
            if server.security == "starttls":
                smtp.starttls(context=self._tls())
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.ca_file or None)

    def _envelope(self, smtp: smtplib.SMTP, target: str) -> Outcome | None:
        options = () if target.isascii() else ("SMTPUTF8",)
        code, said = smtp.mail(_address_of(self._sender), options)
        if code == 250:
            code, said = smtp.rcpt(target)
        if code in (250, 251):
            return None
        return _refusal(code, said, target)

    def _message(self, parcel: Parcel, *, utf8: bool) -> bytes:
        message = EmailMessage(policy=SMTPUTF8 if utf8 else SMTP)
        domain = _address_of(self._sender).rpartition("@")[2]
        message["From"] = self._sender
        message["To"] = parcel.target
        message["Subject"] = parcel.title[:200]
        message["Date"] = format_datetime(parcel.event_time)
        message["Message-ID"] = f"<{parcel.id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        if self._unsubscribe_url:
            url = f"{self._unsubscribe_url}?delivery={quote(str(parcel.id))}"
            message["List-Unsubscribe"] = f"<{url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(parcel.content["text"])
        if html := parcel.content.get("html"):
            message.add_alternative(html, subtype="html")
        return message.as_bytes()


def _refusal(code: int, said: bytes | str, target: str) -> Outcome:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    reason = f"{code} {_without(target, text)}"[:500]
    return Temporary(reason) if 400 <= code < 500 else Permanent(reason)


def _part(smtp: smtplib.SMTP) -> None:
    """Take leave; what was said before is known already, so nobody waits long for the answer."""
    if smtp.sock is not None:
        smtp.sock.settimeout(_PARTING_S)
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()


def _address_of(sender: str) -> str:
    """The address in ``Backstory <backstory@example.com>``."""
    return sender.rpartition("<")[2].rstrip(">").strip()


def _without(address: str, text: str) -> str:
    return text.replace(address, "(the address)")

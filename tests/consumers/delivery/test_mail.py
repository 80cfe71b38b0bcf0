"""Mail's promises against real SMTP servers, in the clear and over TLS."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from consumers.delivery import Accepted, Channel, Permanent, Temporary, Uncertain
from consumers.delivery.mail import Mail, MailServer
from infra.embedded.ports import free_port
from tests.consumers.delivery.channel_contract import ChannelContract, a_parcel


class Mailbox:
    """What an SMTP server took, and what it says next."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.after_rcpt = "250 OK"
        self.after_data = "250 OK"
        self.drop_after_data = False
        self.over_tls: list[bool] = []

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
        self.over_tls.append(server.transport.get_extra_info("ssl_object") is not None)
        if self.drop_after_data:
            server.transport.abort()
        return self.after_data


@pytest.fixture
def mailbox() -> Mailbox:
    """A server's memory."""
    return Mailbox()


@contextmanager
def serving(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """A real SMTP server on this port."""
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def mail_server(mailbox: Mailbox) -> Iterator[MailServer]:
    """One that speaks in the clear."""
    with serving(mailbox) as port:
        yield MailServer(host="127.0.0.1", port=port, security="none")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost that it signed itself, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    key, signed, both = (folder / name for name in ("key.pem", "cert.pem", "both.pem"))
    request = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    name = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    subprocess.run(
        [*request, *name, "-keyout", key, "-out", signed],
        check=True,
        capture_output=True,
    )
    both.write_text(key.read_text() + signed.read_text())
    return both


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

    def test_an_address_the_server_cannot_take_is_refused_for_good(self, mailbox: Mailbox):
        """Trying again would not change the alphabet."""
        with serving(mailbox, enable_SMTPUTF8=False) as port:
            server = MailServer(host="127.0.0.1", port=port, security="none")
            answer = Mail(server, "history@example.com", limit_s=2).send(
                a_parcel(target="änn@example.com")
            )
        assert isinstance(answer, Permanent)
        assert "änn" not in answer.reason

    @pytest.mark.parametrize("security", ["starttls", "implicit"])
    def test_mail_goes_over_tls_to_a_server_that_is_who_it_says(
        self, mailbox: Mailbox, certificate: Path, security: str
    ):
        """And to no other: a certificate nobody vouches for is no reason to speak in the clear."""
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate)
        options = {"ssl_context" if security == "implicit" else "tls_context": tls}
        with serving(mailbox, **options) as port:

            def answer(ca_file: str) -> object:
                server = MailServer(host="localhost", port=port, security=security, ca_file=ca_file)
                return Mail(server, "history@example.com", limit_s=5).send(a_parcel())

            assert isinstance(answer(""), Temporary)
            assert mailbox.taken == []
            assert isinstance(answer(str(certificate)), Accepted)
        assert mailbox.over_tls == [True]

    def test_a_server_without_starttls_gets_no_mail(
        self, mailbox: Mailbox, mail_server: MailServer
    ):
        """Somebody in between may have taken it out of the greeting."""
        server = replace(mail_server, security="starttls")

        assert isinstance(
            Mail(server, "history@example.com", limit_s=2).send(a_parcel()), Temporary
        )
        assert mailbox.taken == []

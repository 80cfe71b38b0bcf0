"""How Faust is to reach Kafka: the installation's librdkafka settings, read for another client."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from schemas import ConfigurationError

PROTOCOLS: Final = ("plaintext", "ssl", "sasl_plaintext", "sasl_ssl")
MECHANISMS: Final = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
_KNOWN: Final = frozenset(
    {
        "security.protocol",
        "sasl.mechanism",
        "sasl.mechanisms",
        "sasl.username",
        "sasl.password",
        "ssl.ca.location",
        "ssl.certificate.location",
        "ssl.key.location",
        "ssl.key.password",
    }
)


@dataclass(frozen=True, kw_only=True)
class Security:
    """What librdkafka's settings of the same names say; nothing of them is left out silently.

    Attributes:
        ca_file: certificates to trust in place of the system's.
        certificate_file, key_file, key_password: how we show who we are.
    """

    protocol: str = "plaintext"
    mechanism: str = "PLAIN"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    key_password: str | None = field(default=None, repr=False)

    @classmethod
    def from_config(cls, config: Mapping[str, str]) -> Self:
        """Read BACKSTORY_KAFKA_CONFIG; ConfigurationError names what Faust's client cannot do."""
        told = {name: value for name, value in config.items() if name.startswith(_PREFIXES)}
        mechanism = told.get("sasl.mechanism") or told.get("sasl.mechanisms") or "PLAIN"
        security = cls(
            protocol=told.get("security.protocol", "plaintext").lower(),
            mechanism=mechanism.upper(),
            username=told.get("sasl.username", ""),
            password=told.get("sasl.password", ""),
            ca_file=told.get("ssl.ca.location"),
            certificate_file=told.get("ssl.certificate.location"),
            key_file=told.get("ssl.key.location"),
            key_password=told.get("ssl.key.password"),
        )
        if problems := security._problems(told):
            raise ConfigurationError(problems)
        return security

    @property
    def encrypted(self) -> bool:
        """Whether the connection is one of TLS."""
        return self.protocol.endswith("ssl")

    @property
    def named(self) -> bool:
        """Whether we say who we are by SASL."""
        return self.protocol.startswith("sasl")

    def context(self) -> ssl.SSLContext:
        """What TLS trusts and shows; raises OSError for a file that cannot be read."""
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.certificate_file:
            context.load_cert_chain(self.certificate_file, self.key_file, self.key_password)
        return context

    def _problems(self, told: Mapping[str, Any]) -> list[str]:
        problems = [
            f"BACKSTORY_KAFKA_CONFIG has {name!r}, which analytics cannot heed; of {_FAMILIES} it "
            f"takes {', '.join(sorted(_KNOWN))}"
            for name in sorted(told.keys() - _KNOWN)
        ]
        if self.protocol not in PROTOCOLS:
            problems.append(f"security.protocol is {self.protocol!r}: take one of {PROTOCOLS}")
        if self.mechanism not in MECHANISMS:
            problems.append(f"sasl.mechanism is {self.mechanism!r}: analytics take {MECHANISMS}")
        for family, heeded in (("ssl.", self.encrypted), ("sasl.", self.named)):
            if not heeded and any(name.startswith(family) for name in told):
                problems.append(
                    f"BACKSTORY_KAFKA_CONFIG has settings {family}* that security.protocol="
                    f"{self.protocol} does not use: set security.protocol to what is meant"
                )
        return problems


_PREFIXES: Final = ("security.", "sasl.", "ssl.")
_FAMILIES: Final = "security.*, sasl.* and ssl.*"

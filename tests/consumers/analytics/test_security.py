"""Faust connects as librdkafka was told to, or not at all."""

import ssl

import pytest

from consumers import AnalyticsSettings
from consumers.analytics.security import Security
from consumers.analytics.worker import credentials
from schemas import ConfigurationError

REQUIRED = {"BACKSTORY_KAFKA": "k:9092", "BACKSTORY_HISTORY_URL": "postgresql://h/h"}
SASL = {
    "security.protocol": "SASL_SSL",
    "sasl.mechanisms": "SCRAM-SHA-512",
    "sasl.username": "ann",
    "sasl.password": "secret",
}


def test_sasl_over_tls_is_what_faust_is_told():
    """The protocol follows from the context: without one Faust would speak in the clear."""
    told = credentials(Security.from_config(SASL))

    assert (told.protocol.value, told.mechanism.value) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (told.username, told.password) == ("ann", "secret")
    assert told.ssl_context.check_hostname
    assert told.ssl_context.verify_mode is ssl.CERT_REQUIRED


def test_tls_alone_and_nothing_at_all():
    """What is in the clear was asked for in the clear."""
    assert credentials(Security.from_config({"security.protocol": "ssl"})).protocol.value == "SSL"
    assert credentials(Security.from_config({"linger.ms": "5"})) is None


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ("sasl.username=ann,sasl.password=x", "sasl.*"),
        ("security.protocol=SASL_PLAINTEXT,ssl.ca.location=/ca.pem", "ssl.*"),
        ("security.protocol=SASL_SSL,sasl.mechanism=GSSAPI", "gssapi"),
        ("security.protocol=SSL,enable.ssl=x,ssl.keystore.location=/k", "ssl.keystore.location"),
        ("security.protocol=tls", "'tls'"),
    ],
)
def test_what_it_cannot_heed_is_refused_at_start(config: str, named: str):
    """Never less secure than the other processes, and never silently."""
    with pytest.raises(ConfigurationError) as refused:
        AnalyticsSettings.from_env(REQUIRED | {"BACKSTORY_KAFKA_CONFIG": config})
    assert named in str(refused.value).lower()
    assert "secret" not in str(refused.value)


def test_no_password_is_shown():
    """A repr ends up in logs."""
    assert "secret" not in repr(Security.from_config(SASL))

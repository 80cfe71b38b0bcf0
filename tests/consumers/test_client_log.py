"""A broker that is away for an hour must not fill a disk, nor go unmentioned."""

import logging

import pytest

from consumers.client_log import ClientLog

LINE = "FAIL: connect to 127.0.0.1:9092 failed (after %dms in state CONNECT)"


def test_a_line_is_repeated_once_a_minute(caplog: pytest.LogCaptureFixture):
    """Its numbers may differ; another line is told at once."""
    now = 0.0
    log = ClientLog(logging.getLogger("backstory.kafka"), clock=lambda: now)

    for now in (0.0, 0.05, 0.1, 59.9, 60.0, 60.1):
        log.log(logging.ERROR, LINE, int(now * 20))
    log.log(logging.WARNING, "another line")

    assert [record.getMessage() for record in caplog.records] == [
        LINE % 0,
        LINE % 1200,
        "another line",
    ]

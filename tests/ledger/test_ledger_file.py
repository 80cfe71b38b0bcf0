"""The ledger survives whoever writes it."""

from infra.demo.ledger import Expected, Intent, Ledger, Outcome, read


def an_intent(key="1"):
    expected = Expected(type="page.viewed", path="/companies/1/")
    return Intent(key=key, what="look", expects=(expected,))


def test_settled_intent_is_read_back_as_settled(tmp_path):
    """The file is the ledger; a second process reads what the first wrote."""
    ledger = Ledger(tmp_path / "ledger.jsonl")

    ledger.settle(ledger.note(an_intent()), Outcome.COMMITTED)

    (intent,) = read(tmp_path / "ledger.jsonl")
    assert intent.outcome is Outcome.COMMITTED
    assert intent.expects == an_intent().expects


def test_intent_without_outcome_is_unknown(tmp_path):
    """Whoever died in between leaves an intent, and says nothing about its end."""
    Ledger(tmp_path / "ledger.jsonl").note(an_intent())

    (intent,) = read(tmp_path / "ledger.jsonl")
    assert intent.outcome is Outcome.UNKNOWN


def test_torn_last_line_is_left_out(tmp_path):
    """A kill in the middle of a write must not make the file unreadable."""
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.note(an_intent("1"))
    ledger.note(an_intent("2"))
    path.write_bytes(path.read_bytes()[:-5])

    assert [intent.key for intent in read(path)] == ["1"]

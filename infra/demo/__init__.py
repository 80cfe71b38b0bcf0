"""The demo: believable traffic over HTTP, two kills, and a ledger that says what arrived."""

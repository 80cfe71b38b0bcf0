"""The demo: believable traffic over HTTP, kills, an inbox, and a ledger that says what arrived."""

-- What was proved of the history lives beside it.
CREATE SCHEMA IF NOT EXISTS verify

-- Everything of the history lives in its own schema.
CREATE SCHEMA IF NOT EXISTS history;

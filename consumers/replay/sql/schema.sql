-- Everything of a replay that is under way; dropped when it is swapped in or abandoned.
CREATE SCHEMA IF NOT EXISTS history_replay

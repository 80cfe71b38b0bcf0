-- The replay is over; what it holds goes with it.
DROP SCHEMA IF EXISTS history_replay CASCADE

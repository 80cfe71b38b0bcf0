-- Whether a replay is under way.
SELECT to_regclass('history_replay.state') IS NOT NULL

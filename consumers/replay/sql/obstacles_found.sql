-- Each thing that cannot be carried over to the fresh table.
SELECT * FROM history_replay.obstacles()

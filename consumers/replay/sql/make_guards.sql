-- The triggers of the live table on the fresh one.
SELECT history_replay.copy_guards()

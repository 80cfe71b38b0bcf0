-- The indexes of one fresh table.
SELECT history_replay.build_indexes(%s)

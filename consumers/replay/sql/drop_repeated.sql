-- One row for each event of a partition.
SELECT history_replay.remove_repeated(%s)

-- Partitions of the live table that the fresh one lacks.
SELECT history_replay.add_partitions()

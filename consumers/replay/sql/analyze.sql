-- Statistics, so that the first readers after a swap are planned for well.
ANALYZE history_replay.events

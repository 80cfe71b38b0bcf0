-- The replayer fills the fresh table and moves its own places, nothing else.
GRANT USAGE ON SCHEMA history_replay TO backstory_replayer;
GRANT SELECT, INSERT ON history_replay.rejected TO backstory_replayer;
GRANT SELECT, UPDATE ON history_replay.places, history_replay.state TO backstory_replayer;
GRANT SELECT, INSERT ON history_replay.events TO backstory_replayer

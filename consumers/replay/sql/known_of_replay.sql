-- All that is noted of the replay that is under way, whichever version of the code began it.
SELECT to_jsonb(state) - 'one' FROM history_replay.state

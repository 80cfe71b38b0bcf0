-- Count what has been read of the topic, and what of it became rows.
UPDATE history_replay.state SET read = read + %s, kept = kept + %s

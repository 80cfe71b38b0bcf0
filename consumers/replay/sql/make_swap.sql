-- The fresh table becomes the live one; returns the schema of the former.
SELECT history_replay.swap()

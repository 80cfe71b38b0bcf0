-- The fresh table has been compared with the live one.
UPDATE history_replay.state SET compared_at = now()

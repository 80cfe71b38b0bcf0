-- Keep what somebody did about a dead letter; nothing happens if somebody was faster.
INSERT INTO history.dead_letter_acts (letter, kind, actor, reason, event) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (letter) DO NOTHING

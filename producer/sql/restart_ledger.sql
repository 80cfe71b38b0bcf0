-- A source of another name counts its windows from 1; those in a clone are told of by the source it was cloned from.
DELETE FROM backstory_window;
UPDATE backstory_relay
SET window_number = 1, window_events = 0, window_digest = repeat('0', 32), window_opened_at = NULL

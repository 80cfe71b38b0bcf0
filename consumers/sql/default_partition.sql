-- Takes what no month holds, so that a strange date never stops the writing. A row in it is an alarm: a month
-- cannot be added over its rows.
CREATE TABLE IF NOT EXISTS history.events_default PARTITION OF history.events DEFAULT;

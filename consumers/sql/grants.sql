-- The writer reads and inserts; only offsets move, and acts become published.
GRANT USAGE ON SCHEMA history TO backstory_writer;
GRANT SELECT, INSERT ON history.events, history.dead_letters, history.dead_letter_acts, history.decisions,
    history.decision_events TO backstory_writer;
GRANT SELECT, INSERT, UPDATE ON history.offsets TO backstory_writer;
GRANT UPDATE (published_at) ON history.dead_letter_acts TO backstory_writer;
GRANT UPDATE ON history.decision_events TO backstory_writer;
GRANT SELECT ON history.events_default, history.event_details TO backstory_writer;

-- The writer reads and inserts; only offsets move.
GRANT USAGE ON SCHEMA history TO backstory_writer;
GRANT SELECT, INSERT ON history.events, history.dead_letters TO backstory_writer;
GRANT SELECT, INSERT, UPDATE ON history.offsets TO backstory_writer;
GRANT SELECT ON history.events_default, history.event_details TO backstory_writer;

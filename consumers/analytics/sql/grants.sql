-- Numbers can be made again from the history: they, unlike it, may be deleted.
GRANT USAGE ON SCHEMA analytics TO backstory_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA analytics TO backstory_writer;

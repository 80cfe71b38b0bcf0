-- Consumers write deliveries, and senders move them on; nobody deletes one.
GRANT USAGE ON SCHEMA notify TO backstory_writer;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA notify TO backstory_writer;

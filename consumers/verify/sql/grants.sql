-- Whoever may write the history may say what was proved of it.
GRANT USAGE ON SCHEMA verify TO backstory_writer;
GRANT SELECT, INSERT, UPDATE ON verify.windows, verify.accepted TO backstory_writer;
GRANT SELECT, INSERT ON verify.reports TO backstory_writer

-- Everything that follows sees one moment.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY

-- Give up every right but the writer's for the rest of the session.
SET ROLE backstory_writer

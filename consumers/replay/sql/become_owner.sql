-- The rights of the session's own user again.
SET LOCAL ROLE NONE

-- Whose comments are believed from now on.
UPDATE backstory_source SET believed_roles = %s

-- Stores whose comments are believed, where the source is bound and others were named before.
UPDATE {schema}.backstory_source SET believed_roles = %(roles)s::text[] WHERE believed_roles <> %(roles)s::text[]

-- Notes a deletion.
INSERT INTO {schema}.backstory_deletion (id, kind, context, roots) VALUES (%s, %s, %s, %s)

-- Optional: lets the database itself show and take only the rows of the entity named in backstory.entity.
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY backstory_entity ON {table}
    USING ({condition}) WITH CHECK ({condition});

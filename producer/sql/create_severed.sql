-- The references that a deletion set to another value, as on_delete says; for its restoring.
CREATE TABLE backstory_severed (
    deletion_id uuid NOT NULL,
    model text NOT NULL,
    key jsonb NOT NULL CHECK (jsonb_typeof(key) = 'array'),
    column_name text NOT NULL,
    old_value text,
    new_value text,
    PRIMARY KEY (deletion_id, model, column_name, key)
);

-- A deletion: what one call of delete() took, by whom and why; the flag of void rows names it.
CREATE TABLE backstory_deletion (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL CHECK (kind IN ('void', 'hard')),
    context text,
    roots jsonb NOT NULL CHECK (jsonb_typeof(roots) = 'object'),
    restored_at timestamptz
);

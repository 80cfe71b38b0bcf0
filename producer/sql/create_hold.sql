-- What may not be purged, by whose order and why: a row (a subject), all of an entity, or what one deletion took.
CREATE TABLE backstory_hold (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('subject', 'entity', 'deletion')),
    target text NOT NULL CHECK (target <> ''),
    placed_by text NOT NULL CHECK (placed_by <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    released_by text,
    release_reason text,
    released_at timestamptz
);
CREATE UNIQUE INDEX backstory_hold_in_force ON backstory_hold (kind, target, placed_by, reason) WHERE released_at IS NULL;

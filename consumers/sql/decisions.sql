-- What a person decided about events that are lost, left out or taken from elsewhere: kind says what, facts say of which.
CREATE TABLE IF NOT EXISTS history.decisions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    facts json NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now()
);

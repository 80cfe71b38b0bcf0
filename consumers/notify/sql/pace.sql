-- Every target, when the next message may go there, for all workers together, and how many attempts have failed in a
-- row, whichever delivery led them: the pause grows with that.
CREATE TABLE IF NOT EXISTS notify.pace (
    channel text NOT NULL,
    target text NOT NULL,
    free_at timestamptz NOT NULL DEFAULT '-infinity',
    failures integer NOT NULL DEFAULT 0,
    PRIMARY KEY (channel, target)
);

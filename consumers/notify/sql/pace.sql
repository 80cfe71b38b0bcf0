-- When the next message may go to a target, for all workers together.
CREATE TABLE IF NOT EXISTS notify.pace (
    channel text NOT NULL,
    target text NOT NULL,
    free_at timestamptz NOT NULL,
    PRIMARY KEY (channel, target)
);

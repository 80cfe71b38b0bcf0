-- Every target, and when the next message may go there, for all workers together.
CREATE TABLE IF NOT EXISTS notify.pace (
    channel text NOT NULL,
    target text NOT NULL,
    free_at timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (channel, target)
);

-- One row a message to a target, from the moment a rule says it until somebody has taken it. The row is the truth
-- about a delivery: a task broker may forget, the row does not. priority: 0 low, 1 normal, 2 high, 3 urgent.
-- value is the event as it was published; null, with offset -1, where a watch spoke and no event. queued_until: a
-- task is on its way. digest: the delivery that carries, or carried, this one.
CREATE SCHEMA IF NOT EXISTS notify;
CREATE TABLE IF NOT EXISTS notify.deliveries (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL,
    event_time timestamptz NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    value bytea,
    rule text NOT NULL,
    channel text NOT NULL,
    target text NOT NULL,
    entity text,
    priority smallint NOT NULL,
    group_key text,
    title text NOT NULL,
    content json NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'sent', 'uncertain', 'refused', 'expired', 'digested')),
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    queued_until timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    claimed_by text,
    claimed_until timestamptz,
    sent_at timestamptz,
    provider_id text,
    last_error text,
    digest uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (event_id, rule, channel, target)
);
-- What is to be done next, and what was begun and not noted.
CREATE INDEX IF NOT EXISTS deliveries_due ON notify.deliveries (channel, target, priority DESC, due_at)
    WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS deliveries_expiring ON notify.deliveries (expires_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS deliveries_claimed ON notify.deliveries (claimed_until) WHERE state = 'sending';
CREATE INDEX IF NOT EXISTS deliveries_carried ON notify.deliveries (digest) WHERE digest IS NOT NULL;
-- What watches have told, few among many.
CREATE INDEX IF NOT EXISTS deliveries_watched ON notify.deliveries (rule, entity) WHERE "offset" < 0;

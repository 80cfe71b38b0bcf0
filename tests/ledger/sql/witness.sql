-- Independent truth in the application's own database: each transaction enters its key last, a plain row trigger
-- writes each change down, and both are taken back with the transaction.
CREATE TABLE attempt (key text PRIMARY KEY);
CREATE TABLE witnessed (n bigint GENERATED ALWAYS AS IDENTITY, old json, new json);
CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO witnessed (old, new) VALUES (
        CASE WHEN TG_OP <> 'INSERT' THEN row_to_json(old) END, CASE WHEN TG_OP <> 'DELETE' THEN row_to_json(new) END);
    RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER INSERT OR UPDATE OR DELETE ON cap_certificate
FOR EACH ROW EXECUTE FUNCTION witness();

-- Which outbox rows each ledger window covers: those published where the relay stood when it closed the window.
CREATE TABLE witnessed_window (seq bigint PRIMARY KEY, number bigint NOT NULL);
CREATE FUNCTION witness_window() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO witnessed_window
    SELECT seq, old.window_number FROM backstory_outbox
    WHERE pg_visible_in_snapshot(xid, new.snapshot)
        OR (pg_visible_in_snapshot(xid, new.window_snapshot) AND seq <= new.last_seq)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER UPDATE ON backstory_relay
FOR EACH ROW WHEN (new.window_number > old.window_number) EXECUTE FUNCTION witness_window();

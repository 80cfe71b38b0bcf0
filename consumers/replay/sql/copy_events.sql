-- Rows into the fresh table; recorded_at comes from its default.
COPY history_replay.events (id, occurred_at, type, source, sequence, position, model, object_id, entity, user_id,
    username, action, request_id, method, url_path, ip, browser, user_agent, origin, trace_id, value,
    topic, partition, "offset", ledger_window) FROM STDIN (FORMAT binary)

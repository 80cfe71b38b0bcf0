-- Rows into the stage, in the same columns as into the history.
COPY pg_temp.stage (id, occurred_at, type, source, sequence, position, model, object_id, entity, user_id,
    username, action, request_id, method, url_path, ip, browser, user_agent, origin, trace_id, value,
    topic, partition, "offset", ledger_window) FROM STDIN (FORMAT binary)

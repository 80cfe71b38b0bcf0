-- Each report, and a digest over it and the one before: who keeps the last one can tell whether any was changed.
CREATE TABLE IF NOT EXISTS verify.reports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report json NOT NULL,
    digest text NOT NULL
)

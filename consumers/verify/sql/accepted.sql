-- Faults of windows that a person accepted, as they were then: another fault of the same window is another matter.
CREATE TABLE IF NOT EXISTS verify.accepted (
    source text NOT NULL,
    number bigint NOT NULL,
    fault text NOT NULL,
    decision bigint NOT NULL,
    PRIMARY KEY (source, number)
)

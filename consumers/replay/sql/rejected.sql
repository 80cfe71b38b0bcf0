-- Records of the topic that make no row, and why; their bytes stay in the topic.
CREATE TABLE IF NOT EXISTS history_replay.rejected (
    partition integer,
    "offset" bigint,
    reason text NOT NULL,
    PRIMARY KEY (partition, "offset")
)

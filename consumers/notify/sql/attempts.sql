-- Every attempt to deliver: begun before the provider is asked, ended when it has answered.
CREATE TABLE IF NOT EXISTS notify.attempts (
    delivery uuid NOT NULL REFERENCES notify.deliveries (id),
    number integer NOT NULL,
    began_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    outcome text,
    detail text,
    PRIMARY KEY (delivery, number)
);

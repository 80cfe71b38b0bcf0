-- The functions of ours as backstory_install left them, so that anyone can tell whether they were altered since.
-- The columns hold what pg_proc has in prosrc, prosecdef and proconfig.
CREATE TABLE backstory_function (
    name text PRIMARY KEY,
    body text NOT NULL,
    definer boolean NOT NULL,
    settings text[] NOT NULL
);

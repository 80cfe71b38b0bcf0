"""Backlogs made quickly: real statements on a tracked table, run inside the server."""

from typing import LiteralString

import psycopg

TABLE = "with_backstory_certificate"
ROWS = 10_000
BULK_ROWS = 500

REQUEST = "0199b3d8-6c1a-7cc0-98c2-8e1f2a4b5c6d"
PATH = "%2Fcompanies%2F3%2Fcertificates%2F"

# What a request's statements begin with: the values, and the length, of an ordinary visitor.
CONTEXT = (
    "/*action='certificate.transfer',actor='42',actor_name='wilhelmina',browser='Firefox%20140',"
    "entity='captable.Company%2F3',ip='203.0.113.7',method='POST',origin='web',"
    f"path='{PATH}4%2Fedit%2F',"
    f"request='{REQUEST}',"
    "traceparent='00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',"
    "user_agent='Mozilla%2F5.0%20%28X11%3B%20Linux%20x86_64%3B%20rv%3A140.0%29%20"
    "Gecko%2F20100101%20Firefox%2F140.0'*/ "
)

SEED: LiteralString = """
WITH company AS (
    INSERT INTO with_backstory_company
        (name, registration, country, founded_on, is_active, created_at)
    VALUES ('Meridian Robotics, Inc.', 'HRB 4711', 'DE', '2026-03-31', true, now())
    RETURNING id
)
INSERT INTO with_backstory_certificate
    (company_id, number, holder, share_class, shares, price, currency, status, issued_on, notes,
     is_active, created_at, updated_at)
SELECT id, 'CS-' || i, 'Wilhelmina van der Berg', 'Series A preferred', 1250.5, 3.1415, 'EUR',
       'issued', '2026-03-31', 'Issued under the 2026 subscription agreement, schedule 2.',
       true, now(), now()
FROM company, generate_series(1, %(rows)s) AS i
"""

ONE_ROW_EACH: LiteralString = """DO $$
BEGIN
    FOR i IN 0..{statements} - 1 LOOP
        UPDATE with_backstory_certificate
        SET shares = shares + 1, holder = 'Jonathan Q. Public', updated_at = clock_timestamp()
        WHERE id = i % {rows} + 1;
        COMMIT;
    END LOOP;
END $$"""

MANY_ROWS_EACH: LiteralString = """DO $$
BEGIN
    FOR i IN 0..{statements} - 1 LOOP
        UPDATE with_backstory_certificate
        SET shares = shares + 1, updated_at = clock_timestamp()
        WHERE id BETWEEN i * {bulk} % {rows} + 1 AND i * {bulk} % {rows} + {bulk};
        COMMIT;
    END LOOP;
END $$"""

PACED: LiteralString = """DO $$
DECLARE
    began timestamptz := clock_timestamp();
    ahead interval;
BEGIN
    FOR i IN 0..{statements} - 1 LOOP
        UPDATE with_backstory_certificate
        SET shares = shares + 1, updated_at = clock_timestamp()
        WHERE id = (i + {first}) % {rows} + 1;
        COMMIT;
        ahead := began + (i + 1) * interval '1 second' / {per_second} - clock_timestamp();
        IF ahead > interval '0' THEN
            PERFORM pg_sleep(extract(epoch FROM ahead));
        END IF;
    END LOOP;
END $$"""


# A block is one statement with one comment. Where it is asked for, the outbox puts another
# request's id and path into each row, as if each change came from a request of its own.
OWN_REQUESTS: LiteralString = """
DO $$
DECLARE
    said text := pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE d.adrelid = 'backstory_outbox'::regclass AND a.attname = 'context';
BEGIN
    EXECUTE format(
        'ALTER TABLE backstory_outbox ALTER COLUMN context SET DEFAULT '
        'CASE WHEN current_setting(''bench.own_requests'', true) = ''on'' THEN '
        'replace(replace((%1$s), %2$L, gen_random_uuid()::text), '
        '%3$L, %3$L || (random() * 9999)::int) ELSE (%1$s) END',
        said, '{request}', '{path}');
END $$"""


def seed(url: str) -> None:
    """Fill the tracked table, and leave nothing of it in the outbox."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(OWN_REQUESTS.replace("{request}", REQUEST).replace("{path}", PATH))
        connection.execute(SEED, {"rows": ROWS})
        connection.execute("TRUNCATE backstory_outbox")
        connection.execute("VACUUM (ANALYZE)")


def single_row_changes(url: str, events: int) -> int:
    """Commit ``events`` changes of one row each, a transaction each, as a command does."""
    _run(url, ONE_ROW_EACH.format(statements=events, rows=ROWS))
    return events


def requests(url: str, events: int) -> int:
    """Commit ``events`` changes of one row each, each with a request and a path of its own."""
    _run(url, ONE_ROW_EACH.format(statements=events, rows=ROWS), own_requests="on")
    return events


def bulk_updates(url: str, events: int) -> int:
    """Commit about ``events`` changes in statements of 500 rows; return how many events."""
    statements = max(1, events // BULK_ROWS)
    _run(url, MANY_ROWS_EACH.format(statements=statements, rows=ROWS, bulk=BULK_ROWS))
    return statements * BULK_ROWS


def paced_changes(url: str, *, first: int, per_second: int, seconds: int) -> int:
    """Commit ``per_second`` changes a second, each waiting for the disk; return how many.

    ``first`` is the row to begin with: writers that begin apart do not wait for each other's rows.
    """
    events = per_second * seconds
    block = PACED.format(statements=events, rows=ROWS, per_second=per_second, first=first)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(CONTEXT + block)
    return events


def _run(url: str, block: str, own_requests: str = "off") -> None:
    """Run a block under a request's context, and clear up, so that only the backlog is left to do.

    This is only filling, so no commit waits for the disk.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SELECT set_config('bench.own_requests', %s, false)", [own_requests])
        connection.execute(CONTEXT + block)
        connection.execute(f"VACUUM {TABLE}")
        connection.execute("CHECKPOINT")

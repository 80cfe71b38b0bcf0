"""The report as tables for people."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .report import OutboxState, Report


def show(report: Report, console: Console) -> None:
    """Print the sections that have something to say."""
    servers = _table("Servers", "server", "address", "")
    for server in report.servers:
        mark = "[green]up[/]" if server.up else "[red]down[/]"
        servers.add_row(server.name, server.address or "", f"{mark} {escape(server.detail)}")
    console.print(servers)
    if report.outbox is not None:
        console.print(_outbox(report.outbox))
    if report.groups:
        groups = _table("Consumers", "consumer", "topic", "lag", "oldest", "last kept")
        for group in report.groups:
            ages = (_age(group.lag_s), _ago(group.moved_age_s))
            groups.add_row(group.consumer, group.topic, f"{group.lag_events:,} events", *ages)
        console.print(groups)
    if report.dead_letters:
        dead = _table("Dead letters", "consumer", "count", "last", "reason")
        for each in report.dead_letters:
            dead.add_row(
                each.consumer, f"[red]{each.count:,}[/]", each.last_at, escape(each.last_reason)
            )
        console.print(dead)
    for problem in report.problems:
        console.print(f"[yellow]![/] {escape(problem)}")


def _outbox(state: OutboxState) -> Table:
    table = _table("Outbox and relay", "waiting", "oldest", "size", "set aside", "relay", "rate")
    relay = f"{state.relay or 'none yet'}, {_ago(state.heartbeat_age_s)}"
    size = f"{state.bytes / 2**20:,.1f} MB"
    set_aside = f"[red]{state.set_aside:,}[/]" if state.set_aside else "0"
    rate = f"{state.relay_events_per_s:,.1f} events/s"
    rows = f"{state.rows:,} rows"
    table.add_row(rows, _age(state.oldest_age_s), size, set_aside, relay, rate)
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 3, 0, 0))
    for column in columns:
        table.add_column(column, header_style="dim")
    return table


def _age(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def _ago(seconds: float | None) -> str:
    return "never" if seconds is None else f"{_age(seconds)} ago"

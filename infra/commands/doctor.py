"""``backstory doctor``: what silently loses events, and how to mend it."""

import json
from collections.abc import Mapping
from dataclasses import asdict

import click

from ..doctor import Finding, examine
from ..installation import Installation

_COLOURS = {"error": "red", "warning": "yellow"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Find every setting that silently loses events, and say its fix.

    The exit code is 1 if an error was found; warnings alone leave it at 0.
    """
    env: Mapping[str, str] = ctx.obj
    findings = examine(Installation.from_env(env))
    is_well = all(finding.severity != "error" for finding in findings)
    if as_json:
        found = [asdict(finding) for finding in findings]
        click.echo(json.dumps({"healthy": is_well, "findings": found}))
    else:
        _show(findings)
    ctx.exit(0 if is_well else 1)


def _show(findings: list[Finding]) -> None:
    for finding in findings:
        click.secho(f"{finding.severity}: ", fg=_COLOURS[finding.severity], bold=True, nl=False)
        click.echo(f"[{finding.check}] {finding.problem}\n    fix: {finding.fix}")
    if not findings:
        click.secho("nothing found that loses events", fg="green")

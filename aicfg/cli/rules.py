from __future__ import annotations

import click

from aicfg.cli._options import format_option, write


@click.command("rules", short_help="List all rules.")
@format_option
def command(format_: str) -> None:
    """List every rule: code, default severity, name and what it finds. `aicfg explain CODE` tells more."""
    import json

    from aicfg.lint.registry import rules
    from aicfg.reference.rules import list_lines, listed

    if format_ == "json":
        write(json.dumps([listed(rule) for rule in rules()], indent=2, ensure_ascii=False) + "\n")
    else:
        write("\n".join(list_lines(list(rules()))) + "\n")

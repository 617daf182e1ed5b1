from __future__ import annotations

import click

from aicfg.cli._options import write


@click.command("rules", short_help="List all rules.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(format_: str) -> None:
    """List every rule: code, default severity, name and what it finds. `aicfg explain CODE` tells more."""
    import json

    from aicfg.lint.registry import FAMILIES, rules

    if format_ == "json":
        rows = [
            {"code": rule.code, "name": rule.name, "severity": rule.severity, "summary": rule.documentation.summary}
            for rule in rules()
        ]
        write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return
    width = max(len(rule.name) for rule in rules())
    lines = []
    for letter, about in FAMILIES.items():
        members = [rule for rule in rules() if rule.code[0] == letter]
        lines += [f"{letter}: {about}"] if members else []
        for rule in members:
            lines.append(f"  {rule.code}  {rule.severity:<7}  {rule.name:<{width}}  {rule.documentation.summary}")
    write("\n".join(lines) + "\n")

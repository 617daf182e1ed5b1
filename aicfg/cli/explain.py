from __future__ import annotations

import textwrap

import click

from aicfg.cli._options import write


@click.command("explain", short_help="Tell what a rule finds, why, and what to write instead.")
@click.argument("code")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(code: str, format_: str) -> None:
    """Explain a rule by its CODE (P204) or its name (unknown-provider)."""
    import json

    from aicfg.errors import UsageError
    from aicfg.lint.registry import rules
    from aicfg.words import did_you_mean

    known = {key: rule for rule in rules() for key in (rule.code.lower(), rule.name)}
    if code.lower() not in known:
        hint = did_you_mean(code, [key.upper() if key[1:].isdigit() else key for key in known])
        raise UsageError(f'there is no rule "{code}"', hint=hint or "`aicfg rules` lists them all")
    rule = known[code.lower()]
    about = rule.documentation
    if format_ == "json":
        facts = {"code": rule.code, "name": rule.name, "severity": rule.severity}
        write(json.dumps({**facts, **about._asdict()}, indent=2, ensure_ascii=False) + "\n")
        return
    parts = [f"{rule.code} {rule.name} ({rule.severity})\n", textwrap.fill(about.summary, 100) + "\n"]
    parts += [textwrap.fill(about.why, 100) + "\n"] if about.why else []
    for title, text in (("Example", about.example), ("Use instead", about.instead)):
        parts += [f"{title}:\n\n{textwrap.indent(text, '    ')}"] if text else []
    write("\n".join(parts))

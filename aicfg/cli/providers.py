from __future__ import annotations

import click

from aicfg.cli._options import format_option, offers, write


@click.command("providers", short_help="Show what each provider can do.")
@click.argument("type_", metavar="[TYPE]", required=False, shell_complete=offers("providers"))
@format_option
def command(type_: str | None, format_: str) -> None:
    """Show the capability matrix of all providers, or everything about one TYPE."""
    import json

    from aicfg.catalog.providers import provider, provider_types
    from aicfg.errors import UsageError
    from aicfg.reference.providers import matrix, provider_facts, provider_lines
    from aicfg.words import did_you_mean

    if type_ is not None and type_ not in provider_types():
        hint = did_you_mean(type_, provider_types())
        raise UsageError(f'there is no provider "{type_}"', hint=hint or "`aicfg providers` lists them all")
    chosen = [provider(name) for name in ([type_] if type_ else provider_types())]
    if format_ == "json":
        write(json.dumps([provider_facts(one) for one in chosen], indent=2, ensure_ascii=False) + "\n")
    else:
        write("\n".join(provider_lines(chosen[0]) if type_ else matrix(chosen)) + "\n")

from __future__ import annotations

import click

from aicfg.cli._options import format_option, gateway_options, offers, write


@click.command("explain", short_help="Tell what a rule, a plugin, a field, a provider or a manifest's key is.")
@click.argument("subject", shell_complete=offers("subjects"))
@gateway_options
@format_option
def command(subject: str, gateway_version: str | None, edition: str | None, format_: str) -> None:
    """Explain SUBJECT, which is one of:

    \b
    P204, unknown-provider     a rule: what it finds, why, an example and the corrected one
    P, P2                      the rules of a family, or those whose codes begin so
    ai-proxy                   a plugin: what it is for, where it may be put, its fields
    ai-proxy.model.options.top_p
                               a field: its type, limits and default, since when, who reads it
    mistral                    a provider: its hostings, and what each can do
    mistral/ollama             a hosting of it, with a manifest to start from
    guard, routes.balancer     a part or a key of the manifest, as `aicfg docs` prints it

    Fields are found with and without `config.`. Plugins and fields are told for the target gateway. A word that means
    several things ends with a list of the others: `key:bedrock` is the manifest's key, `provider:bedrock` the provider.
    """
    import json

    from aicfg.reference.explained import Target, explained

    found = explained(subject, Target(gateway_version, edition))
    if format_ == "json":
        also = {"also": found.also} if found.also else {}
        write(json.dumps({"kind": found.kind, **found.facts, **also}, indent=2, ensure_ascii=False) + "\n")
        return
    also_lines = ["", f"Also called so: {', '.join(found.also)}"] if found.also else []
    write("\n".join([*found.lines, *also_lines]) + "\n")

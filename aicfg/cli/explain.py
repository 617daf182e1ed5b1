from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import click

from aicfg.cli._options import gateway_options, write

if TYPE_CHECKING:
    from aicfg.lint.registry import Rule

_KNOWN = {
    "measured": "Kong's own schema code was run",
    "documented": "Kong's published schema says so",
    "carried": "carried over from 3.12, the last version whose schema is published in full",
    "inferred": "inferred: its code is not published",
}


@click.command("explain", short_help="Tell what a rule finds, or what a plugin's field is.")
@click.argument("subject")
@gateway_options
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(subject: str, gateway_version: str | None, edition: str | None, format_: str) -> None:
    """Explain SUBJECT: a rule by its code (P204) or name (unknown-provider), a plugin (ai-proxy), or a field of one
    (ai-proxy.config.model.options.max_tokens) at the target gateway, and how aicfg knows it.
    """
    import json

    from aicfg.catalog.plugins import plugin_names

    name, _, path = subject.partition(".")
    if name in plugin_names():
        facts = plugin_facts(name, path, gateway_version, edition)
        lines = _fact_lines(facts)
    else:
        rule = find_rule(subject)
        facts = {"code": rule.code, "name": rule.name, "severity": rule.severity, **rule.documentation._asdict()}
        lines = _rule_lines(rule)
    text = json.dumps(facts, indent=2, ensure_ascii=False) if format_ == "json" else "\n".join(lines)
    write(text + "\n")


def find_rule(subject: str) -> Rule:
    """The rule of a code or a name. Raises UsageError with the nearest one."""
    from aicfg.catalog.plugins import plugin_names
    from aicfg.errors import UsageError
    from aicfg.lint.registry import rules
    from aicfg.words import did_you_mean

    known = {key: rule for rule in rules() for key in (rule.code.lower(), rule.name)}
    if subject.lower() in known:
        return known[subject.lower()]
    choices = [key.upper() if key[1:].isdigit() else key for key in known]
    hint = did_you_mean(subject, [*choices, *plugin_names()])
    raise UsageError(f'there is no rule or plugin "{subject}"', hint=hint or "`aicfg rules` lists all rules")


def plugin_facts(name: str, path: str, version: str | None, edition: str | None) -> dict[str, Any]:
    """What is known about a plugin, or about the field at `path`. Raises UsageError where there is no such field."""
    from aicfg.catalog.plugins import elsewhere, paths_of, plugin_schema
    from aicfg.catalog.plugins.describe import describe_field, describe_plugin, field_at
    from aicfg.catalog.versions import gateway
    from aicfg.errors import UsageError
    from aicfg.words import either

    schema = plugin_schema(name, gateway(version, edition))
    if not path:
        return describe_plugin(schema)
    path = path if path.split(".")[0] == "config" else f"config.{path}"
    field = field_at(schema, path)
    if field is not None:
        return describe_field(schema, path, field)
    reason = elsewhere(schema, tuple(path.replace("[]", "").split(".")))
    places = paths_of(schema, path.rpartition(".")[2])
    hint = f"there is {either(places)}" if places else f"`aicfg explain {name}` lists its fields"
    if reason is not None:
        hint = " ".join(f"{key} {value}" for key, value in reason._asdict().items() if value)
    raise UsageError(f"{name} has no field {path} in Kong {schema.gateway}", hint=hint)


def _fact_lines(facts: dict[str, Any]) -> list[str]:
    head, *rest = facts.items()
    lines = [str(head[1])]
    for key, value in rest:
        if key == "rules":
            lines += ["  rules", *(textwrap.indent(textwrap.fill(rule, 106), "    ") for rule in value)]
            continue
        if key == "known":
            value = f"{value}: {_KNOWN[value]}"
        elif isinstance(value, dict):
            value = ", ".join(f"{name} {known} ({_KNOWN[known]})" for name, known in value.items())
        elif isinstance(value, list | tuple):
            value = ", ".join(map(str, value))
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        label = key.replace("_", " ")
        lines.append(textwrap.fill(f"{label:<16}{value}", 110, subsequent_indent=" " * 18, initial_indent="  "))
    return lines


def _rule_lines(rule: Rule) -> list[str]:
    about = rule.documentation
    lines = [f"{rule.code} {rule.name} ({rule.severity})", "", textwrap.fill(about.summary, 100)]
    if about.why:
        lines += ["", textwrap.fill(about.why, 100)]
    for title, text in (("Example", about.example), ("Use instead", about.instead)):
        if text:
            lines += ["", f"{title}:", "", textwrap.indent(text, "    ").rstrip("\n")]
    return lines

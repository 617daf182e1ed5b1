from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import click

from aicfg.cli._options import gateway_options, write

if TYPE_CHECKING:
    from aicfg.lint.registry import Rule


@click.command("explain", short_help="Tell what a rule finds, or what a plugin's field or a manifest's key is.")
@click.argument("subject")
@gateway_options
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(subject: str, gateway_version: str | None, edition: str | None, format_: str) -> None:
    """Explain SUBJECT: a rule by its code (P204) or name (unknown-provider), a plugin (ai-proxy), or a field of one
    (ai-proxy.config.model.options.max_tokens) at the target gateway, and how aicfg knows it.

    A part or key of the manifest (guard, routes.balancer) is explained as `aicfg docs` does it.
    """
    import json

    from aicfg.catalog.plugins import plugin_names
    from aicfg.reference.plugins import plugin_facts

    name, _, path = subject.partition(".")
    if name in plugin_names():
        facts = plugin_facts(name, path, gateway_version, edition)
        lines = _fact_lines(facts)
    elif (rule := rule_called(subject)) is not None:
        facts = {"code": rule.code, "name": rule.name, "severity": rule.severity, **rule.documentation._asdict()}
        lines = _rule_lines(rule)
    else:
        facts, lines = _key_facts(subject)
    text = json.dumps(facts, indent=2, ensure_ascii=False) if format_ == "json" else "\n".join(lines)
    write(text + "\n")


def rule_called(subject: str) -> Rule | None:
    """The rule of a code or a name."""
    from aicfg.lint.registry import rules

    return next((rule for rule in rules() if subject.lower() in (rule.code.lower(), rule.name)), None)


def _key_facts(subject: str) -> tuple[dict[str, Any], list[str]]:
    """What the manifest's reference says about a part or a key. Raises UsageError with the nearest subject."""
    from aicfg.errors import UsageError
    from aicfg.reference.lookup import find, known
    from aicfg.reference.markdown import about

    try:
        part, key = find(subject)
    except UsageError as error:
        if subject.partition(".")[0] in known():
            raise
        hint = _near_miss(subject) or error.hint
        raise UsageError(f'there is no rule, plugin or key "{subject}"', hint=hint) from None
    facts = key._asdict() if key else {**part._asdict(), "keys": [inner._asdict() for inner in part.keys]}
    return facts, about(subject).splitlines()


def _near_miss(subject: str) -> str | None:
    from aicfg.catalog.plugins import plugin_names
    from aicfg.lint.registry import rules
    from aicfg.reference.lookup import known
    from aicfg.words import did_you_mean

    codes = [rule.code for rule in rules()]
    return did_you_mean(subject, [*codes, *(rule.name for rule in rules()), *plugin_names(), *known()])


def _fact_lines(facts: dict[str, Any]) -> list[str]:
    from aicfg.reference.plugins import fact_texts

    head, *rest = fact_texts(facts)
    lines = [head[1]]
    for label, text in rest:
        if label == "rules":
            lines += ["  rules", *(textwrap.indent(textwrap.fill(rule, 106), "    ") for rule in text.splitlines())]
            continue
        lines.append(textwrap.fill(f"{label:<16}{text}", 110, subsequent_indent=" " * 18, initial_indent="  "))
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

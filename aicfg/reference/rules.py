"""Rules: their facts as plain data and as lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aicfg.catalog.versions import MINORS
from aicfg.lint.registry import FAMILIES, rules
from aicfg.reference.proof import proof

if TYPE_CHECKING:
    from aicfg.lint.registry import Rule

_WIDTH = 100


def called(name: str) -> Rule | None:
    """The rule of a code or a name."""
    return next((rule for rule in rules() if name.lower() in (rule.code.lower(), rule.name)), None)


def beginning_with(prefix: str) -> list[Rule]:
    """The rules whose codes begin so: `P`, `P2`, `P22`."""
    return [rule for rule in rules() if rule.code.startswith(prefix.upper())]


def facts(rule: Rule) -> dict[str, Any]:
    """Everything that is known about a rule; `gateways` and `fix` are those of its example, None where that is bound
    to none and where nothing mends it."""
    known = {"code": rule.code, "name": rule.name, "severity": rule.severity, **rule.documentation._asdict()}
    return {**known, "gateways": list(proof(rule).gateways) or None, "fix": proof(rule).fix}


def gateway_words(rule: Rule) -> str:
    """For which gateways a rule's example is found, "" where they are all or it says so itself."""
    gateways = proof(rule).gateways
    if not gateways:
        return ""
    if gateways[-1] == MINORS[-1]:
        return f"The example is found for gateways from {gateways[0]} on."
    return f"The example is found for gateways {gateways[0]} to {gateways[-1]}."


def fix_words(rule: Rule) -> str:
    """What mends a rule's example, "" where only a person can."""
    switch = {"safe": "--fix", "unsafe": "--fix --unsafe-fixes", None: ""}[proof(rule).fix]
    return f"`{switch}` mends it." if switch else ""


def lines(rule: Rule) -> Iterator[str]:
    """The same as text."""
    about = rule.documentation
    yield from (f"{rule.code} {rule.name} ({rule.severity})", "", _filled(about.summary))
    if about.why:
        yield from ("", _filled(about.why))
    said = " ".join(filter(None, (gateway_words(rule), fix_words(rule))))
    if said:
        yield from ("", _filled(said))
    for title, text in (("Example", about.example), ("Use instead", about.instead)):
        if text:
            yield from ("", f"{title}:", "", textwrap.indent(text, "    ").rstrip("\n"))


def _filled(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_on_hyphens=False, break_long_words=False)


def listed(rule: Rule) -> dict[str, Any]:
    """What a list of rules says about one."""
    summary = rule.documentation.summary
    return {"code": rule.code, "name": rule.name, "severity": rule.severity, "summary": summary}


def list_lines(chosen: list[Rule]) -> Iterator[str]:
    """A list of rules by family, one line each."""
    width = max(len(rule.name) for rule in chosen)
    for letter, about in FAMILIES.items():
        members = [rule for rule in chosen if rule.code[0] == letter]
        yield from [f"{letter}: {about}"] if members else []
        for rule in members:
            yield f"  {rule.code}  {rule.severity:<7}  {rule.name:<{width}}  {rule.documentation.summary}"

"""All rules as one page of Markdown: by family, each with an anchor, its example, what lint says of it, and what is
right instead.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aicfg.lint.engine import Run
from aicfg.lint.registry import FAMILIES, rules
from aicfg.lint.reporters.text import report
from aicfg.reference.proof import proof
from aicfg.reference.rules import fix_words, gateway_words

if TYPE_CHECKING:
    from aicfg.lint.registry import Rule

_WIDTH = 110
_FILE = "example.yaml"
_INTRODUCTION = (
    "What `aicfg lint` finds. Each rule has a code, whose letter is its family, a name and a severity, which settings "
    "may change. Every example here is linted when aicfg is tested, and so is what is right instead.",
    "`aicfg explain CODE` prints one of them, `# aicfg: ignore[CODE] reason` silences one in a file, and `--select` "
    "and `--ignore` choose by the beginnings of codes. The column `fix` tells what mends the example: `--fix` (safe), "
    "or `--fix --unsafe-fixes` (unsafe). Other cases of a rule may be fixable where its example is not, and the other "
    "way round.",
)
_ALONE = "No text alone shows it: it takes a target to render to, several files, or settings."


def page() -> str:
    """The whole page. The same rules give the same bytes."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Rules"
    for paragraph in _INTRODUCTION:
        yield from ("", *_wrapped(paragraph))
    members = {letter: [rule for rule in rules() if rule.code[0] == letter] for letter in FAMILIES}
    yield from ("", "| family | rules | about |", "|---|---|---|")
    for letter, chosen in members.items():
        yield f"| [{letter}](#{letter}) | {len(chosen)} | {FAMILIES[letter]} |"
    for letter, chosen in members.items():
        yield from ("", f'<a id="{letter}"></a>', "", f"## {letter}: {FAMILIES[letter]}", "")
        yield from ("| code | severity | fix | finds |", "|---|---|---|---|")
        for rule in chosen:
            fix = proof(rule).fix or ""
            summary = rule.documentation.summary.replace("|", "\\|")
            yield f"| [{rule.code}](#{rule.code}) | {rule.severity} | {fix} | {summary} |"
        for rule in chosen:
            yield from _section(rule)


def _section(rule: Rule) -> Iterator[str]:
    about = rule.documentation
    yield from ("", f'<a id="{rule.code}"></a>', "", f"### {rule.code} {rule.name}", "")
    facts = [f"Severity: {rule.severity}.", gateway_words(rule), fix_words(rule)]
    yield from (*_wrapped(about.summary), "", *_wrapped(" ".join(filter(None, facts))))
    if about.why:
        yield from ("", *_wrapped(about.why))
    if about.example is None:
        yield from ("", _ALONE)
        return
    yield from ("", *_fenced(about.example, "yaml"), "", *_fenced(_said(rule, about.example), "text"))
    if about.instead is not None:
        yield from ("", "Use instead:", "", *_fenced(about.instead, "yaml"))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_on_hyphens=False, break_long_words=False)


def _fenced(text: str, language: str) -> Iterator[str]:
    yield f"```{language}"
    yield from text.rstrip("\n").split("\n")
    yield "```"


def _said(rule: Rule, example: str) -> str:
    """What lint says of the example, by this rule alone."""
    run = Run()
    run.read_content(example.encode(), _FILE)
    found = run.report()
    ours = tuple(each for each in found.diagnostics if each.code == rule.code)
    return report(found._replace(diagnostics=ours), run.source_line, quiet=True)

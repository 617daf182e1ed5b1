"""What a rule's own example proves: for which gateways it is found, and whether a fix goes with it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from aicfg.catalog.versions import MINORS
from aicfg.lint.engine import Run
from aicfg.lint.settings import Settings
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.lint.diagnostic import Diagnostic
    from aicfg.lint.registry import Rule

_ALWAYS = "M"
"""The family that says the same for every gateway."""


class Proof(NamedTuple):
    """The gateway versions for which the example of a rule is found, all of them in a row; () where they are all, or
    where the example is about one gateway. `fix` says whether `--fix` mends it, or `--unsafe-fixes` too."""

    gateways: tuple[str, ...] = ()
    fix: Literal["safe", "unsafe"] | None = None


@cache
def proof(rule: Rule) -> Proof:
    """What the example of a rule proves."""
    text = rule.documentation.example
    if text is None:
        return Proof()
    found = _found(rule, text)
    fixes = [each.fix for each in found if each.fix]
    fix: Literal["safe", "unsafe"] | None = None if not fixes else "safe" if all(f.safe for f in fixes) else "unsafe"
    if rule.code[0] == _ALWAYS or "gateway:" in text:
        return Proof(fix=fix)
    gateways = tuple(version for version in MINORS if _found(rule, text, version))
    return Proof(() if len(gateways) == len(MINORS) else gateways, fix)


def _found(rule: Rule, text: str, version: str | None = None) -> list[Diagnostic]:
    run = Run(Settings(version, None if version is None else "enterprise"))
    run.read_content(text.encode(), "example.yaml")
    return [each for each in run.report().diagnostics if each.code == rule.code]

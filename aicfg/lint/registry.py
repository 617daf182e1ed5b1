"""The rule registry: every decorated function in a module of `aicfg.lint.rules` is a rule.

Modules are imported for the first subject that their rules may read: those in `rules` itself for any, those in a
package of it for the few that it is about.

A rule is a generator of findings about one subject: the type of its first parameter says which. Its docstring is its
documentation, in four parts that `aicfg explain` prints and the tests run:

    One line: what it finds.

    Why it matters, in a sentence or two.

    Example:
        a manifest that triggers it
    Use instead:
        the same, corrected
"""

import importlib
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from aicfg.errors import UsageError
from aicfg.lint.diagnostic import Findings, Severity
from aicfg.modules import modules_in
from aicfg.tuples import NamedTuple

Check = Callable[[Any], Findings]
Where = Callable[[Any], bool]
"""Whether a rule can have anything to say about subjects of a kind."""

FAMILIES = {
    "M": "the manifest's syntax, shape and references",
    "P": "providers and hostings",
    "K": "what Kong's own schema of the target version refuses",
    "V": "versions and editions",
    "S": "security",
    "T": "translation",
}
_PACKAGE = "aicfg.lint.rules"
_APART = {
    "balancers": ("Balanced",),
    "manifests": ("Manifest", "Shape", "Reuse"),
    "refusals": ("Refused", "PluginCheck"),
    "targets": ("ForTarget",),
    "texts": ("ConfigTexts",),
}
"""The packages of rules that read these subjects and no others. They are loaded for the first such subject."""
_CODE = re.compile(f"[{''.join(FAMILIES)}][0-9]{{3}}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_rules: "dict[str, Rule]" = {}
_about: "dict[str, list[Rule]]" = {}
_names = set[str]()


class Documentation(NamedTuple):
    """A rule's docstring, taken apart. `example` and `instead` are None where no text can show the case."""

    summary: str
    why: str
    example: str | None
    instead: str | None


class Rule(NamedTuple):
    """A rule: its code and kebab-case name, its default severity, and the check that reads one `subject`.

    `throughout` says that a finding counts only where it holds for a manifest in all of its environments. `where` is
    asked once for each kind of subject, and the check not called where it says no.
    """

    code: str
    name: str
    severity: Severity
    subject: str
    check: Check
    throughout: bool = False
    where: Where | None = None

    @property
    def documentation(self) -> Documentation:
        import textwrap  # only who reads documentation needs it

        first, _, rest = (self.check.__doc__ or "").partition("\n")
        text = f"{first}\n{textwrap.dedent(rest)}"  # inspect.getdoc would turn the tab of an example into spaces
        body, _, examples = text.partition("\nExample:\n")
        example, _, instead = examples.partition("\nUse instead:\n")
        summary, _, why = body.strip().partition("\n\n")
        return Documentation(
            " ".join(summary.split()), " ".join(why.split()), _block(example), _block(instead) if instead else None
        )


def _block(text: str) -> str | None:
    import textwrap

    return textwrap.dedent(text).strip("\n") + "\n" if text.strip() else None


def rule(
    code: str, name: str, severity: Severity, *, throughout: bool = False, where: Where | None = None
) -> Callable[[Check], Check]:
    """Register the decorated function. A malformed or duplicate code or name fails at import.

    `throughout` is for rules that miss something (nobody uses it): what a manifest lacks in one environment may be
    there in another, and what an included file lacks in another manifest that includes it.

    `where` makes a rule cheap. It gets the `kind` of a subject, what many subjects share and a rule can ask about once:
    of an Llm its `Kind`, of Entities the names of all plugins (`aicfg.lint.where` has the common questions). Where it
    says no, the rule must have nothing to say.
    """

    def register(check: Check) -> Check:
        if not _CODE.fullmatch(code) or not _NAME.fullmatch(name) or code in _rules or name in _names:
            raise ValueError(f"{code} {name}: malformed, or taken by another rule")
        subject = next(iter(check.__annotations__.values()))
        subject = subject if isinstance(subject, str) else subject.__name__
        subjects = subject.split(" | ")
        package = check.__module__.rpartition(".")[0].rpartition(".")[2]
        if not set(subjects) <= set(_APART.get(package, subjects)):
            raise ValueError(f"{code} {name} reads {subject}, for which {check.__module__} is not loaded")
        _names.add(name)
        _rules[code] = found = Rule(code, name, severity, subject, check, throughout, where)
        for each in subjects:
            _about.setdefault(each, []).append(found)
        return check

    return register


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, sorted by code."""
    for package in (_PACKAGE, *(f"{_PACKAGE}.{name}" for name in _APART)):
        _load(package)
    return tuple(_rules[code] for code in sorted(_rules))


@cache
def rules_about(subject: str) -> tuple[Rule, ...]:
    """The rules that read a subject, sorted by code. The others need not be loaded."""
    _load(_PACKAGE)
    for name, subjects in _APART.items():
        if subject in subjects:
            _load(f"{_PACKAGE}.{name}")
    return tuple(sorted(_about.get(subject, ()), key=lambda rule: rule.code))


@cache
def _load(package: str) -> None:
    for name in modules_in(importlib.import_module(package).__path__):
        importlib.import_module(f"{package}.{name}")


def selected(select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """The rules that `select` (all, where it is empty) and `ignore` leave on.

    The longest beginning of a code decides, `ignore` where both are as long: ("P", "K101") and ("P2",) leave on P1xx,
    P3xx and K101.
    """
    return tuple(rule for rule in rules() if is_selected(rule, select, ignore))


def is_selected(rule: Rule, select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> bool:
    """Whether `select` and `ignore` leave a rule on."""
    return _fit(rule.code, select or ("",)) > _fit(rule.code, ignore)


def _fit(code: str, prefixes: tuple[str, ...]) -> int:
    """How much of a code the longest of some prefixes names, -1 where none fits."""
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=-1)


def code_prefixes(wanted: str | Iterable[str] | None) -> tuple[str, ...]:
    """The prefixes in "P,K101", or in several such texts; "ALL" is the empty one, of all codes.

    Raises UsageError for one that no rule's code starts with.
    """
    text = wanted if isinstance(wanted, str) else ",".join(wanted or ())
    prefixes = tuple(part.strip().upper() for part in text.split(",") if part.strip())
    prefixes = tuple("" if prefix == "ALL" else prefix for prefix in prefixes)
    for prefix in prefixes:
        if not any(rule.code.startswith(prefix) for rule in rules()):
            raise UsageError(f'no rule has a code that starts with "{prefix}"', hint="`aicfg rules` lists them all")
    return prefixes

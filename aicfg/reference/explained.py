"""What a word can mean to `aicfg explain`: a rule, a family of rules, a plugin, a field, a provider, a hosting, or a
part or key of the manifest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from aicfg.catalog.plugins import plugin_names, plugin_schema
from aicfg.catalog.plugins.history import paths_of
from aicfg.catalog.providers import provider, provider_types
from aicfg.catalog.versions import gateway
from aicfg.errors import UsageError
from aicfg.lint.registry import FAMILIES
from aicfg.lint.registry import rules as registered
from aicfg.reference import hostings, lookup, plugins, providers, rules
from aicfg.reference.markdown import about
from aicfg.tuples import NamedTuple
from aicfg.words import both, did_you_mean

_FEW = 6


class Target(NamedTuple):
    """The gateway that plugins and fields are explained for; what is None is the newest, or enterprise."""

    version: str | None = None
    edition: str | None = None


NEWEST = Target()


class Explained(NamedTuple):
    """What there is to say about a subject: its kind, the name that means nothing else, its facts and the same as text.

    `also` are the other things that go by the word, in the form that `explain` takes.
    """

    kind: str
    name: str
    facts: Mapping[str, Any]
    lines: tuple[str, ...]
    also: tuple[str, ...] = ()


def explained(subject: str, target: Target = NEWEST) -> Explained:
    """What a subject means, of several things the first in the order of KINDS; `KIND:NAME` asks for one of them.

    Raises UsageError, with the nearest name, where it means nothing, and where it means several hostings.
    """
    kind, colon, name = subject.partition(":")
    if not colon or kind not in KINDS:
        kind, name = "", subject
    found, told = list[Explained](), None
    for look in [KINDS[kind]] if kind else KINDS.values():
        try:
            found += look(name, target)
            if found and found[0].kind == "rule":
                break  # nothing else is called as a rule is
        except UsageError as error:
            told = told or error
    if not found:
        if told is not None and name in lookup.known():
            raise told  # a key by itself means the manifest's
        raise _of_plugins(name, target) or told or _nothing(name)
    first, *others = found
    if first.kind == "hosting" and others and all(each.kind == "hosting" for each in others):
        raise UsageError(f'several hostings are called "{name}"', hint=f"there are {both(each.name for each in found)}")
    return first._replace(also=tuple(f"{each.kind}:{each.name}" for each in others))


def _of_plugins(name: str, target: Target) -> UsageError | None:
    """The error for a name that several plugins have as a field; None where none has."""
    last = name.rpartition(".")[2]
    schemas = [plugin_schema(plugin, gateway(*target)) for plugin in plugin_names()]
    places = [f"{schema.name}.{path}" for schema in schemas for path in paths_of(schema, last)]
    places = [place for place in places if place.replace("[]", "").endswith(f".{name}")]
    if not places:
        return None
    more = [f"{len(places) - _FEW} more"] if len(places) > _FEW else []
    hint = f"there {'are' if len(places) > 1 else 'is'} {both([*places[:_FEW], *more])}"
    return UsageError(f'"{name}" is a field of plugins: say of which', hint=hint)


def _nothing(name: str) -> UsageError:
    hint = did_you_mean(name, _names()) or "`aicfg rules`, `aicfg providers` and `aicfg docs` list what there is"
    return UsageError(f'there is no rule, plugin, provider or key "{name}"', hint=hint)


def _names() -> Iterator[str]:
    """What a subject may be, for those who look for a near miss."""
    for rule in registered():
        yield from (rule.code, rule.name)
    yield from plugin_names()
    for one in map(provider, provider_types()):
        yield one.type
        yield from (f"{one.type}/{hosting}" for hosting in one.hostings)
    yield from lookup.known()


def _rule(subject: str, target: Target) -> Iterator[Explained]:
    rule = rules.called(subject)
    if rule is not None:
        yield Explained("rule", rule.code, rules.facts(rule), tuple(rules.lines(rule)))


def _family(subject: str, target: Target) -> Iterator[Explained]:
    if not re.fullmatch(rf"(?i)[{''.join(FAMILIES)}]\d{{0,2}}", subject):
        return
    prefix, chosen = subject.upper(), rules.beginning_with(subject)
    if chosen:
        facts = {"prefix": prefix, "about": FAMILIES[prefix[0]], "rules": [rules.listed(rule) for rule in chosen]}
        lines = (*rules.list_lines(chosen), "", "`aicfg explain CODE` tells more about one of them.")
        yield Explained("family", prefix, facts, lines)


def _plugin(subject: str, target: Target) -> Iterator[Explained]:
    name, _, path = subject.partition(".")
    if name in plugin_names():
        facts = plugins.plugin_facts(name, path, *target)
        yield Explained("plugin", subject, facts, tuple(plugins.lines(facts)))


def _provider(subject: str, target: Target) -> Iterator[Explained]:
    if subject.lower() in provider_types():
        one = provider(subject.lower())
        yield Explained("provider", one.type, providers.provider_facts(one), tuple(providers.provider_lines(one)))


def _hosting(subject: str, target: Target) -> Iterator[Explained]:
    """A hosting by `mistral/ollama`, `mistral.ollama` or its name alone, unless that is its provider's, too."""
    wanted = subject.lower()
    for one in map(provider, provider_types()):
        for hosting in one.hostings.values():
            names = (f"{one.type}/{hosting.name}", f"{one.type}.{hosting.name}")
            if wanted in names or (wanted == hosting.name != one.type):
                yield Explained("hosting", names[0], hostings.facts(one, hosting), tuple(hostings.lines(one, hosting)))


def _key(subject: str, target: Target) -> Iterator[Explained]:
    try:
        part, key = lookup.find(subject)
    except UsageError:
        if subject.partition(".")[0] in lookup.known():
            raise  # it knows what is near
        return
    facts = key._asdict() if key else {**part._asdict(), "keys": [inner._asdict() for inner in part.keys]}
    name = f"{part.name}.{key.path}" if key else part.name
    yield Explained("key", name, facts, tuple(about(subject).splitlines()))


KINDS: Mapping[str, Callable[[str, Target], Iterator[Explained]]] = MappingProxyType(
    {"rule": _rule, "family": _family, "plugin": _plugin, "provider": _provider, "hosting": _hosting, "key": _key}
)
"""What a subject can be, in the order in which one wins over another of the same name."""

"""A plugin that Kong refuses, before that is said in Kong's words: what explains it better reads this.

One mistake often breaks several rules of a schema: a field at the wrong place is unknown there, and missing where it
belongs. Which of Kong's findings have one cause is not guessed but tried: they go when the cause is mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from aicfg.kong.check import Violation, check, inferred
from aicfg.lint.diagnostic import Finding
from aicfg.source import Path
from aicfg.source.changes import Change, Gather, Insert, Move, Proposal, Rename, changed_config, value_at
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field, PluginSchema
    from aicfg.kong.entities import Plugin
    from aicfg.source import Origin

ABOUT_ABSENCE = frozenset({"missing-field", "mutually-required", "conditional", "at-least-one-of", "custom-check"})
"""Kinds of violations that something which was left out, or stands elsewhere, can bring about."""
_CAUSES = frozenset({"unknown-field", "wrong-type", "kong-crash"})


class Refused(NamedTuple):
    """What Kong refuses in a plugin's config, and what mends each violation, or None."""

    plugin: Plugin
    violations: tuple[Violation, ...]
    schema: PluginSchema
    mends: tuple[Proposal | None, ...]

    @property
    def origin(self) -> Origin:
        return self.plugin.origin

    def of_kind(self, *kinds: str) -> Iterator[Violation]:
        return (each for each in self.violations if each.kind in kinds)

    def value(self, path: Path) -> Any:
        """The value at a path in the plugin, None where there is none."""
        return in_config(self.plugin, path)

    def field(self, path: Path) -> Field | None:
        """The field of the schema that stands at a path."""
        field: Field | None = self.schema.root
        for part in path:
            if field is None:
                return None
            field = field.elements if isinstance(part, int) else field.fields.get(str(part))
        return field

    def gone(self, changes: Sequence[Change]) -> tuple[Path, ...] | None:
        """The paths of what Kong would no longer refuse after changes; None where they cannot be made, or where it
        would refuse what they put somewhere."""
        left = self.left(changes)
        if left is None:
            return None
        places = [place for change in changes for place in supplied(change)]
        if any(kind not in ABOUT_ABSENCE and _below(path, place) for kind, path in left for place in places):
            return None
        return tuple(each.path for each in self.violations if (each.kind, each.path) not in left)

    def left(self, changes: Iterable[Change]) -> set[tuple[str, Path]] | None:
        """The kinds and paths of what Kong refuses after changes; None where they cannot be made."""
        try:
            config = changed_config(self.plugin.config, changes)
        except (LookupError, TypeError, AttributeError):
            return None
        return {(each.kind, each.path) for each in check(self.schema, config)}

    def explained(
        self,
        path: Path,
        message: str,
        hint: str | None = None,
        *,
        fix: Proposal | None = None,
        at_key: bool = True,
        explains: tuple[Path, ...] = (),
    ) -> Finding:
        """A finding that stands for all that goes with its fix. The fix is left out where Kong refuses its outcome."""
        gone = self.gone(fix.changes) if fix is not None else ()
        if gone is None:
            fix = None
        if self.plugin.shorthand is not None:
            from aicfg.lint.wording import in_words_of_manifest  # no Kong file has shorthands

            message = in_words_of_manifest(self.plugin, message)
            hint = hint and in_words_of_manifest(self.plugin, hint)
        return Finding(path, message, hint, at_key=at_key, explains=(*explains, *(gone or ())), fix=fix)

    @property
    def moves(self) -> Iterator[Proposal]:
        """What puts to its place whatever stands elsewhere."""
        for each, mend in zip(self.violations, self.mends, strict=True):
            if mend is not None and each.kind in _CAUSES:
                yield mend

    @property
    def supplied(self) -> Iterator[Path]:
        """What only stands at the wrong place, by the place where it belongs."""
        for each, mend in zip(self.violations, self.mends, strict=True):
            if mend is not None and each.kind == "unknown-field":
                for change in mend.changes:
                    yield from supplied(change)


class Beside(NamedTuple):
    """Fields of a plugin's config that stand on the plugin itself, and the paths of what Kong no longer refuses once
    they are in the config."""

    plugin: Plugin
    keys: tuple[str, ...]
    gone: tuple[Path, ...]
    has_config: bool

    @property
    def origin(self) -> Origin:
        return self.plugin.origin


def beside(plugin: Plugin, schema: PluginSchema, problem: Refused | None) -> Beside | None:
    """What of a plugin's config stands beside it; None where that is nothing."""
    if plugin.fields.keys() <= _own_fields():
        return None
    keys = tuple(key for key in plugin.fields if key not in _own_fields() and key in schema.config.fields)
    if not keys:
        return None
    config = plugin.config if isinstance(plugin.config, dict) else {}
    whole = {**{key: plugin.fields[key] for key in keys}, **config}
    left = {(each.kind, each.path) for each in check(schema, whole)}
    before = problem.violations if problem is not None else ()
    gone = tuple(each.path for each in before if (each.kind, each.path) not in left)
    return Beside(plugin, keys, gone, bool(config) or plugin.config not in (None, {}))


@cache
def _own_fields() -> frozenset[str]:
    from aicfg.catalog.entities import entity_kinds, kubernetes_keys

    return entity_kinds()["plugin"].fields | kubernetes_keys()


def supplied(change: Change) -> tuple[Path, ...]:
    """The places that are there after a change, and may not be before."""
    if isinstance(change, Move):
        kept = 1 + sum(1 for one, other in zip(change.path[:-1], change.to, strict=False) if one == other)
        return tuple(change.to[:length] for length in range(min(kept, len(change.to)), len(change.to) + 1))
    if isinstance(change, Rename):
        return ((*change.path[:-1], change.to),)
    return (change.path,) if isinstance(change, Insert | Gather) else ()


def refused(plugin: Plugin, schema: PluginSchema) -> Refused | None:
    """What Kong's schema refuses in a plugin; None where that is nothing."""
    found: Iterator[Violation] = check(schema, plugin.config)
    if plugin.fields.get("partials"):
        found = (one for one in found if not _is_partial(schema, one.path))
    if plugin.incomplete:
        found = (one for one in found if one.kind not in ABOUT_ABSENCE or one.kind == "custom-check")
    violations = tuple(found)
    if not violations:
        return None
    from aicfg.kong.check.mending import mended

    mends = tuple(mended(schema, plugin.config, each) for each in violations)
    return Refused(plugin, violations, schema, mends)


def causes(subject: Refused) -> tuple[Violation, ...]:
    """The violations without those that only follow from another one's cause."""
    following = set[Path]()
    for each, mend in zip(subject.violations, subject.mends, strict=True):
        if mend is not None and each.kind in _CAUSES:
            left = subject.left(mend.changes)
            if left is not None:
                following.update(one.path for one in subject.violations if (one.kind, one.path) not in left)
    return tuple(each for each in subject.violations if each.kind not in ABOUT_ABSENCE or each.path not in following)


def guessed(plugin: Plugin, schema: PluginSchema) -> tuple[Violation, ...]:
    """What Kong most likely refuses in a plugin that its published schema takes."""
    found = () if plugin.incomplete else tuple(inferred(schema, plugin.config))
    if found and plugin.fields.get("partials"):
        return tuple(one for one in found if not _is_partial(schema, one.path))
    return found


def mended_plugin(plugin: Plugin, mends: Iterable[Proposal]) -> Plugin:
    """The plugin after all of some mends that can be made."""
    config = plugin.config
    for mend in mends:
        with suppress(LookupError, TypeError, AttributeError):
            config = changed_config(config, mend.changes)
    return plugin._replace(config=config)


def in_config(plugin: Plugin, path: Path) -> Any:
    """The value at a path in a plugin, None where there is none."""
    try:
        return value_at({"config": plugin.config}, path)
    except (LookupError, TypeError):
        return None


def _is_partial(schema: PluginSchema, path: Path) -> bool:
    """Whether Kong takes this part of the config from elsewhere."""
    parts = (tuple(partial.at.replace("[]", "").split(".")) for partial in schema.partials)
    names = tuple(step for step in path if isinstance(step, str))
    return any(names[: len(part)] == part for part in parts)


def _below(path: Path, place: Path) -> bool:
    return path[: len(place)] == place

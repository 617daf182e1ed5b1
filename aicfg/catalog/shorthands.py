"""The manifest's shorthands: `schemas/shorthands.yaml`, whose head explains the keys."""

from collections.abc import Mapping
from functools import cache

from aicfg.catalog.formats import ByVersion
from aicfg.catalog.versions import Version, parse_version
from aicfg.source import Path
from aicfg.tuples import NamedTuple


class Key(NamedTuple):
    """Where in the config the value of a key goes, and in which form (None: as it is)."""

    to: ByVersion
    form: str | None = None

    def path(self, version: Version) -> Path:
        return tuple((self.to.at(version) or self.to.steps[0][1]).split("."))


class Shorthand(NamedTuple):
    """A key of a route that makes a plugin. What is not among `keys` goes to the config under its own name."""

    name: str
    plugin: str
    keys: Mapping[str, Key]


@cache
def shorthands() -> Mapping[str, Shorthand]:
    """All shorthands by name."""
    from aicfg.catalog.data import load
    from aicfg.resources import schema_file

    return {name: _shorthand(name, **about) for name, about in load(schema_file("shorthands.yaml")).items()}


def _shorthand(name: str, plugin: str, keys: Mapping[str, Mapping[str, object]]) -> Shorthand:
    return Shorthand(name, plugin, {key: _key(**about) for key, about in keys.items()})  # type: ignore[arg-type]


def _key(to: str | Mapping[str, str], **form: str) -> Key:
    steps = {"3.6": to} if isinstance(to, str) else to
    return Key(ByVersion(tuple((parse_version(since), path) for since, path in steps.items())), form.pop("as", None))

"""References to environment variables as Kong's own env vault has them, for targets that nothing substitutes.

`{vault://env/mistral-key}` reads MISTRAL_KEY of the gateway's environment, in fields that are referenceable and only as
the whole of a value. So a text that holds more than the variable needs a variable of its own.
Source: Kong's vaults (3.6 to 3.15): dashes become underscores, letters capitals; kong/pdk/vault.lua, is_reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from aicfg.catalog.plugins import known_schema
from aicfg.kong.entities import Entities, Plugin
from aicfg.kong.references import EnvText, EnvVar
from aicfg.source import Path
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field

Resolves = Literal["yes", "no", "unknown"]
"""Whether Kong resolves references in a field; unknown where aicfg does not know the plugin."""

_ENV_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
_SUFFIXES = {"header_value": "header"}


class Variable(NamedTuple):
    """A variable that the gateway's environment must have, and what it must hold, as parts like an EnvText's."""

    name: str
    holds: tuple[str | EnvVar, ...]

    @property
    def reference(self) -> str:
        return f"{{vault://env/{self.name.lower().replace('_', '-')}}}"

    @property
    def is_plain(self) -> bool:
        """Whether it is the very variable that the manifest names."""
        return self.holds == (EnvVar(self.name),)

    @property
    def words(self) -> str:
        """What it must hold, in words."""
        return "".join(f"<{part.name}>" if isinstance(part, EnvVar) else part for part in self.holds)


class Use(NamedTuple):
    """A text with references in a plugin's config, and the variable that stands for it."""

    plugin: Plugin
    path: Path
    variable: Variable
    resolves: Resolves


class Vaulted(NamedTuple):
    """Every text with references in plugin configs, and the variable that stands for each distinct one."""

    uses: tuple[Use, ...]
    by_parts: Mapping[tuple[str | EnvVar, ...], Variable]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables to set, by name."""
        return tuple(sorted(self.by_parts.values(), key=lambda variable: variable.name))

    def reference(self, text: EnvText) -> str:
        """What stands in the file instead of a text. Raises KeyError for one that stands in no plugin config."""
        return self.by_parts[text.parts].reference


def vaulted(entities: Entities) -> Vaulted:
    """The variables that the plugin configs of `entities` need, each text with its own name."""
    found = [
        (plugin, path, text, resolves)
        for plugin in entities.all_plugins()
        for path, text, resolves in _texts(_schema(plugin, entities), plugin.config, ("config",))
    ]
    names = {part.name for _, _, text, _ in found for part in text.parts if isinstance(part, EnvVar)}
    variables: dict[tuple[str | EnvVar, ...], Variable] = {}
    for _, path, text, _ in found:
        if text.parts not in variables:
            taken = names | {variable.name for variable in variables.values()}
            variables[text.parts] = Variable(_name_for(text, path, taken), text.parts)
    return Vaulted(tuple(Use(plugin, path, variables[text.parts], how) for plugin, path, text, how in found), variables)


def _name_for(text: EnvText, path: Path, taken: set[str]) -> str:
    """The variable that holds a text: the manifest's own where it is the whole text, else one of a new name."""
    first = text.variables[0]
    if text.parts == (EnvVar(first),) and _ENV_NAME.fullmatch(first):
        return first
    field = next((part for part in reversed(path) if isinstance(part, str)), "value")
    wanted = re.sub(r"[^A-Z0-9_]", "_", f"{first}_{_SUFFIXES.get(field, field)}".upper())
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _schema(plugin: Plugin, entities: Entities) -> Field | None:
    schema = known_schema(plugin.name, entities.gateway)
    return schema.config if schema is not None else None


def _texts(
    field: Field | None, value: Any, path: Path, known: bool | None = None
) -> Iterator[tuple[Path, EnvText, Resolves]]:
    """Every text with references in a config, and whether Kong resolves references there."""
    known = field is not None if known is None else known
    if isinstance(value, EnvText):
        yield path, value, "unknown" if not known else "yes" if field is not None and field.referenceable else "no"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            child = None if field is None else field.fields.get(key) or field.values
            yield from _texts(child, item, (*path, key), known)
    elif isinstance(value, list | tuple):
        child = None if field is None else field.elements
        for index, item in enumerate(value):
            yield from _texts(child, item, (*path, index), known)

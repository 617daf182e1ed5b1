"""A plugin's config as a JSON Schema (draft-07), for editors and for tools that know nothing of Kong.

Everything in it comes from the plugin's own table, so it is never ahead of or behind the checker: its verdict is the
checker's, but for what JSON Schema has no words for (`NOT_EXPRESSIBLE`). There the schema takes what Kong refuses,
never the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from aicfg.kong.json_schema.fields import FieldWriter
from aicfg.kong.json_schema.layout import as_text
from aicfg.kong.json_schema.sharing import share
from aicfg.kong.json_schema.texts import used_definitions

if TYPE_CHECKING:
    from aicfg.catalog.plugins import PluginSchema
    from aicfg.kong.json_schema.conditions import Schema

__all__ = ["NOT_EXPRESSIBLE", "as_text", "plugin_json_schema"]

NOT_EXPRESSIBLE: Mapping[str, str] = MappingProxyType(
    {
        "byte-length": "Kong counts the bytes of a text, JSON Schema its characters. A text that is not ASCII can have "
        "few enough characters and too many bytes, or enough bytes in fewer characters.",
    }
)
"""What Kong refuses and the JSON Schema takes, with the reason why no keyword says it."""

_KNOWN = {
    "measured": "measured on Kong's own code",
    "documented": "from Kong's documentation",
    "carried": "carried over from the last version that printed them",
    "inferred": "inferred",
}


def plugin_json_schema(schema: PluginSchema) -> Schema:
    """The JSON Schema of the plugin's `config` at the schema's gateway, as plain data.

    Where the gateway does not have the plugin, it is that of the plugin's first version.
    """
    config, definitions = share(FieldWriter(schema).config())
    definitions = {**definitions, **used_definitions([config, definitions])}
    return {**_head(schema), **config, **({"definitions": definitions} if definitions else {})}


def _head(schema: PluginSchema) -> Schema:
    """The plugin, and how its fields are known where they do not say otherwise themselves."""
    about = f"{schema.about.rstrip('.')}. Since {schema.since}. How this is known: fields {_KNOWN[schema.config.known]}"
    rules = dict.fromkeys(_KNOWN[check.known] for check in (*schema.config.checks, *schema.root.checks))
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"{schema.name} config, Kong Gateway {schema.gateway}",
        "description": f"{about}{''.join(f', rules across fields {rule}' for rule in rules)}.",
    }

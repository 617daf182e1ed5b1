"""Rules that aicfg infers because Kong does not publish their code (`schemas/plugins/shared/inferred.yaml`)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins.resolve import Resolver, build_check
from aicfg.catalog.plugins.rows import inferred_rows
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins.model import Check, Field, PluginSchema


class Inferred(NamedTuple):
    """An inferred rule: either a check like those of a plugin's own schema, or the name of the code that knows it.

    `record` is what the rule is about, the whole config or, where it is `about_llms`, a record that names a model.
    `message` and `hint` say it better than the check could. `route_types` belongs to the rules that are about these.
    """

    id: str
    record: Field
    about_llms: bool
    check: Check | None
    rule: str | None
    confidence: str
    evidence: str
    message: str | None
    hint: str | None
    route_types: Any


@cache
def inferred_rules(schema: PluginSchema) -> tuple[Inferred, ...]:
    """The inferred rules that concern a plugin at the schema's gateway."""
    resolver, rules = Resolver(schema.gateway), []
    for row in inferred_rows():
        record = schema.config if row["on"] == "config" else llm_record(schema)
        if record is None or schema.name not in row.get("plugins", (schema.name,)):
            continue
        if resolver.exists(row, schema.since):
            check = None if "rule" in row else build_check(row, record.fields, "inferred")
            optional = (row.get(key) for key in ("message", "hint", "route_types"))
            rules.append(
                Inferred(
                    row["id"],
                    record,
                    row["on"] == "llm",
                    check,
                    row.get("rule"),
                    row["confidence"],
                    row["evidence"],
                    *optional,
                )
            )
    return tuple(rules)


def llm_record(schema: PluginSchema) -> Field | None:
    """The record that names a model: ai-proxy's config, a target of ai-proxy-advanced, the `llm` of others."""
    fields = schema.config.fields
    if "targets" in fields:
        return fields["targets"].elements
    return schema.config if "model" in fields else fields.get("llm")

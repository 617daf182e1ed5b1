"""What Kong's own schema says about the config of an AI plugin: no more, no less.

`check` agrees with Kong's verdict for every config, and reports all that is wrong at once. What aicfg only concludes
about rules whose code is not published comes from `inferred`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aicfg.kong.check.inference import inferred_violations
from aicfg.kong.check.violation import Kind, Path, Violation
from aicfg.kong.check.walk import Walk, plan

if TYPE_CHECKING:
    from aicfg.catalog.plugins import PluginSchema

__all__ = ["Kind", "Path", "Violation", "check", "inferred"]


def check(schema: PluginSchema, config: object) -> Iterator[Violation]:
    """Everything that Kong refuses in a plugin's config, in the order in which it was found.

    `config` is plain data (dict, list, str, int, float, bool, None), as Kong's Admin API takes it. A text that is
    known at deploy time only (DeployText) may stand for any text, a Placeholder for any scalar.
    """
    if not schema.available:
        wanted = f"since {schema.since}" + (" in Kong Enterprise" if schema.enterprise_only else "")
        message = f"Kong Gateway {schema.gateway} has no plugin {schema.name}"
        return iter((Violation("unknown-plugin", ("config",), message, f"the plugin exists {wanted}"),))
    walk = Walk(schema)
    walk.record(plan(schema.root), {"config": config}, ())
    return iter(walk.found.values())


def inferred(schema: PluginSchema, config: object) -> Iterator[Violation]:
    """What Kong most likely refuses as well, by rules whose code is not published. Each finding says it is inferred."""
    return inferred_violations(schema, config)

"""The balancer of an ai-proxy-advanced: its targets, and how it chooses among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins import plugin_schema
from aicfg.kong.check.scalars import scalar_problem
from aicfg.kong.references import DeployText
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field
    from aicfg.catalog.versions import Gateway
    from aicfg.kong.entities import Plugin
    from aicfg.kong.llm import Llm
    from aicfg.source import Origin, Path

PLUGIN = "ai-proxy-advanced"
BALANCER: Path = ("config", "balancer")

MIXED_FORMATS_SINCE = (3, 10)
"""The version that fails over between formats. Source: Kong's documentation of the load balancer, the changelog."""
CATCHALL = "CATCHALL"
"""The description of a target that takes what fits no other. Source: the description of the field."""
CATCHALL_SINCE = (3, 10)
"""Source: the changelog of ai-proxy-advanced."""
SHARED_DESCRIPTIONS_SINCE = (3, 13)
"""The version in which targets of one description stand in for each other. Source: Kong's documentation."""


class Balanced(NamedTuple):
    """An ai-proxy-advanced that the gateway has: the LLM records of its targets, and its balancer's settings.

    `complete` is False where there may be more targets than these: one is broken, or a partial supplies some.
    `balancer` is None where nobody can tell what it will be. `algorithm` and each of `weights` are what Kong takes,
    its defaults filled in; None where the value is broken or known at deploy time only.
    """

    plugin: Plugin
    gateway: Gateway
    targets: tuple[Llm, ...]
    complete: bool
    balancer: Mapping[str, Any] | None
    algorithm: str | None
    weights: tuple[float | None, ...]

    @property
    def origin(self) -> Origin:
        return self.plugin.origin

    @property
    def several(self) -> bool:
        """Whether there is anything to choose from."""
        return len(self.targets) > 1

    @property
    def has_partials(self) -> bool:
        """Whether Kong takes parts of the config from elsewhere."""
        return bool(self.plugin.fields.get("partials"))

    def gives(self, name: str) -> bool:
        """Whether the config itself has a setting of the balancer."""
        return self.balancer is not None and self.balancer.get(name) is not None

    def setting(self, name: str) -> Any:
        """A setting of the balancer, its default filled in; None as for `algorithm`, or where the gateway lacks it."""
        return _setting(self.plugin, self.gateway, self.balancer, name)

    def keeps(self, name: str) -> bool:
        """Whether a setting of the balancer has, given or not, the value that Kong fills in."""
        return self.setting(name) is not None and not self.changes(name)

    def changes(self, name: str) -> bool:
        """Whether a setting of the balancer has another value than Kong fills in."""
        value = self.setting(name)
        return bool(value is not None and value != _setting(self.plugin, self.gateway, {}, name))

    def part(self, name: str) -> Any:
        """A top-level value of the config, None where it is absent."""
        return self.plugin.config.get(name)


def balanced(plugin: Plugin, targets: tuple[Llm, ...], gateway: Gateway) -> Balanced | None:
    """The balancer of a plugin with these LLM records. None for another plugin, and where the gateway lacks it."""
    if plugin.name != PLUGIN or not isinstance(plugin.config, Mapping):
        return None
    schema = plugin_schema(plugin.name, gateway)
    if not schema.available:
        return None
    balancer, listed = plugin.config.get("balancer", {}), plugin.config.get("targets")
    balancer = balancer if isinstance(balancer, Mapping) else None
    target = schema.config.fields["targets"].elements
    assert target is not None
    return Balanced(
        plugin=plugin,
        gateway=gateway,
        targets=targets,
        complete=isinstance(listed, list) and len(listed) == len(targets) and not plugin.fields.get("partials"),
        balancer=balancer,
        algorithm=_setting(plugin, gateway, balancer, "algorithm"),
        weights=tuple(_value(target.fields["weight"], llm.record) for llm in targets),
    )


def _setting(plugin: Plugin, gateway: Gateway, balancer: Mapping[str, Any] | None, name: str) -> Any:
    field = plugin_schema(plugin.name, gateway).config.fields["balancer"].fields.get(name)
    return None if balancer is None or field is None else _value(field, balancer)


def _value(field: Field, record: Mapping[str, Any]) -> Any:
    """The value of a record's field as Kong takes it, None where it is broken or not known yet."""
    if field.name not in record:
        return field.default
    value = record[field.name]
    if field.elements is not None:
        return value if isinstance(value, list) and all(_plain(field.elements, item) for item in value) else None
    return value if _plain(field, value) else None


def _plain(field: Field, value: Any) -> bool:
    return value is not None and not isinstance(value, DeployText) and scalar_problem(field, value) is None

"""What Kong's Terraform providers take: `schemas/terraform.yaml`."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from aicfg.catalog.data import load
from aicfg.catalog.plugins import plugin_names, plugin_schema
from aicfg.catalog.versions import Gateway
from aicfg.frozen import frozen
from aicfg.resources import schema_file
from aicfg.source import Path
from aicfg.source.values import inside

CUSTOM = "custom_plugin"
"""The resource for any plugin, whose config Terraform does not look into."""

_Tree = Mapping[str, Any] | str | None
"""Fields, and the fields in them, or the name of such in `shared`; None where anything may stand."""


class TerraformProvider(NamedTuple):
    """A provider: where Terraform finds it, and the argument of every resource that says where it lives."""

    name: str
    source: str
    version: str
    prefix: str
    scope: str


class Misfit(NamedTuple):
    """A value of a plugin that the plugin's own resource does not take, and why, as the end of a sentence."""

    path: Path
    why: str


def provider_names() -> tuple[str, ...]:
    return tuple(_rows()["providers"])


@cache
def terraform_provider(name: str) -> TerraformProvider:
    return TerraformProvider(name, **_rows()["providers"][name])


def arguments(resource: str) -> tuple[str, ...]:
    """The arguments that a resource takes and that are an entity's own fields, in the order to write them in.

    All resources of single plugins take the same.
    """
    listed: tuple[str, ...] = _rows()["resources"]["plugin" if resource.startswith("plugin_") else resource]
    return listed


def has_resource(plugin: str) -> bool:
    """Whether aicfg knows a resource of the plugin's own."""
    return plugin in _rows()["plugins"] or plugin in plugin_names()


def misfits(
    provider: str, plugin: str, scopes: set[str], config: Mapping[str, Any], gateway: Gateway
) -> Iterator[Misfit]:
    """What keeps a plugin with a resource of its own from being written as one."""
    if plugin in _rows()["plugins"]:
        row = _rows()["plugins"][plugin]
        taken = set(row["scopes"])
        wrong = _unknown(config, row["config"], ("config",))
    else:
        taken = {scope for scope, may in plugin_schema(plugin, gateway).scopes.items() if may}
        wrong = _exceptions(provider, plugin, config)
    for scope in sorted(scopes - taken):
        yield Misfit((scope,), f"takes no `{scope}`")
    yield from wrong


def is_json(provider: str, plugin: str, path: Path) -> bool:
    """Whether the value at a path below `config` is JSON text in the plugin's resource."""
    return plugin in plugin_names() and _listed(_rows()["ai_plugins"]["json"], provider, pattern(path))


def pattern(path: Path) -> str:
    """A path as the table has it: `targets[].metadata`."""
    text = ""
    for part in path:
        text += "[]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _exceptions(provider: str, plugin: str, config: Mapping[str, Any]) -> Iterator[Misfit]:
    rows = _rows()["ai_plugins"]
    values = rows["values"].get(plugin, {})
    members = rows["members"].get(provider, {})
    for path, value in inside(config):
        if not path:
            continue
        where, here = pattern(path), ("config", *path)
        if _listed(rows["lacks"], provider, where):
            yield Misfit(here, f"has no config.{where}")
        elif _ends_with(where, rows["lists"]) and not isinstance(value, list | tuple):
            yield Misfit(here, f"takes a list as config.{where}")
        elif where in values and value not in values[where]:
            yield Misfit(here, f"does not take this config.{where}")
        for end, tree in members.items():
            if _ends_with(where, (end,)):
                yield from _unknown(value, tree, here)


def _unknown(value: Any, tree: _Tree, path: Path) -> Iterator[Misfit]:
    """The fields in a value that are not in the tree."""
    if isinstance(tree, str):
        tree = _rows()["shared"][tree]
    if tree is None:
        return
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name not in tree:
                yield Misfit((*path, name), f"has no {pattern((*path, name))}")
            else:
                yield from _unknown(item, tree[name], (*path, name))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _unknown(item, tree, (*path, index))


def _listed(rows: Mapping[str, Any], provider: str, where: str) -> bool:
    return _ends_with(where, (*rows["both"], *rows.get(provider, ())))


def _ends_with(where: str, ends: tuple[str, ...]) -> bool:
    return any(where == end or where.endswith(f".{end}") for end in ends)


@cache
def _rows() -> Mapping[str, Any]:
    rows: Mapping[str, Any] = frozen(load(schema_file("terraform.yaml")))
    return rows

"""What the manifest's schema says about a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.errors import UsageError
from aicfg.manifest.shape_tables import Node, manifest_node
from aicfg.source import Path

if TYPE_CHECKING:
    from aicfg.reference.lookup import Found


def node_at(path: Path) -> Node | None:
    """What the schema says about the value at a path, None where it says nothing."""
    node: Node | None = manifest_node()
    for part in path:
        if node is None:
            return None
        if isinstance(part, int):
            node = node.items
        elif part in node.about.get("properties", ()):
            node = node.properties[part]
        else:
            node = node.rest
    return node


def described(path: Path) -> Found | None:
    """The part or key of the manifest's reference that a path leads to, None where the reference has none."""
    from aicfg.reference.lookup import find

    steps, node = [], manifest_node()
    for index, part in enumerate(path):
        is_key = part in node.about.get("properties", ())
        if not isinstance(part, int):
            steps.append(part if is_key else "<name>")
        inner = node_at(path[: index + 1])
        if inner is None:
            return None
        node = inner
    if not steps or steps[-1] == "<name>":
        return None
    try:
        return find(".".join(steps))
    except UsageError:
        return None


def takes_boolean(node: Node) -> bool:
    """Whether a boolean may stand there, and not just any scalar."""
    return node.kinds.wants_boolean and "number" not in node.about.get("type", ())


def choices(node: Node) -> tuple[str, ...]:
    """The values that the schema lists."""
    about = node.about
    listed = [about["const"]] if "const" in about else about.get("enum", ())
    return tuple(str(each) for each in listed if each is not None)


def type_of(node: Node) -> str:
    """Which type of value the schema wants: "object", "array", or another one."""
    types = node.about.get("type", ())
    names = (types,) if isinstance(types, str) else tuple(types)
    noted = {"record": "object", "map": "object"}.get(
        node.about.get("x-aicfg-type", ""), node.about.get("x-aicfg-type")
    )
    if noted:
        return str(noted)
    if "object" in names:
        return "object"
    return next((name for name in names if name != "null"), "object" if node.about.get("properties") else "")

"""Which names in a document stand for something that is defined elsewhere in it, or in a file that it includes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aicfg.catalog.entities import entity_kinds
from aicfg.lsp.configs import entity_at
from aicfg.source import Path
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.lsp.view import View

_VARIABLE = re.compile(r"\$\{var:([A-Za-z_][A-Za-z0-9_]*)\}")
_VAULT = re.compile(r"\{vault://([a-z][a-z0-9-]*)")
_SECTIONS = {
    "provider": "providers",
    "service": "services",
    "redis": "redis",
    "consumer": "consumers",
    "consumer_group": "consumer_groups",
    "groups": "consumer_groups",
    "route": "routes",
}


class Reference(NamedTuple):
    """A name that stands for an entry of a section of a manifest, or of a list of entities of a Kong file.

    `field` is what the entities there are called by, None in a manifest.
    """

    section: str
    name: str
    field: str | None = None


def section_for(view: View, path: Path) -> tuple[str, str | None] | None:
    """The section whose names the value at a path takes, with the field that names its entities; None without one."""
    if view.form == "manifest":
        return _of_manifest(path)
    kind = entity_at(view, path[:-1]) if path else None
    referred = entity_kinds()[kind].refers.get(str(path[-1])) if kind else None
    if referred is None:
        return None
    return entity_kinds()[referred].list, entity_kinds()[referred].name


def _of_manifest(path: Path) -> tuple[str, str | None] | None:
    inner = path[2:] if path[:1] == ("environments",) else path
    while inner and isinstance(inner[-1], int):
        inner = inner[:-1]
    inside = not any(part in ("config", "plugin_config", "options", "auth") for part in inner)
    if len(inner) < 2 or not inside or inner[0] in ("vaults", "variables", "redis", "providers"):
        return None
    if inner[0] == "routes" and len(inner) == 2:
        return None
    section = _SECTIONS.get(str(inner[-1]))
    if inner[-1] == "route" and inner[0] != "plugins":
        return None
    return (section, None) if section else None


def references_in(view: View, path: Path, text: str) -> Iterator[tuple[Reference, int, int]]:
    """What the scalar at a path refers to, each with the range of the name in the scalar's text."""
    for pattern, section in ((_VARIABLE, "variables"), (_VAULT, "vaults")):
        for match in pattern.finditer(text) if view.form == "manifest" or section == "vaults" else ():
            field = None if view.form == "manifest" else entity_kinds()["vault"].name
            yield Reference(section, match[1], field), *match.span(1)
    known = section_for(view, path)
    name = text.strip("\"'")
    if known is not None and name:
        start = len(text) - len(text.lstrip("\"'"))
        yield Reference(known[0], name, known[1]), start, start + len(name)


def defined_at(view: View, path: Path) -> Reference | None:
    """What the key at a path of a manifest, or the name of an entity at a path of a Kong file, defines."""
    if view.form == "manifest":
        inner = path[2:] if path[:1] == ("environments",) else path
        known = len(inner) == 2 and inner[0] in ("variables", "vaults", *_SECTIONS.values())
        return Reference(str(inner[0]), str(inner[1])) if known else None
    kind = entity_at(view, path[:-1]) if path else None
    if kind is None or path[-1] != entity_kinds()[kind].name:
        return None
    name = view.string(path)
    return Reference(entity_kinds()[kind].list, name, entity_kinds()[kind].name) if name else None

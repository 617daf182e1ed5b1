"""The Kong route of a manifest's route: what clients call."""

import re
from typing import Any

from aicfg.catalog.formats import route_types
from aicfg.kong.draft import Draft
from aicfg.kong.lower.records import route_type_of
from aicfg.manifest.model import ROUTE_FIELDS, Manifest, Route
from aicfg.source import Origin

_REGEX_SPECIAL = re.compile(r"[^A-Za-z0-9_~/-]")


def default_path(name: str) -> str:
    """The path of a route that names none: the route's name and nothing else."""
    return f"~/{_REGEX_SPECIAL.sub(lambda match: chr(92) + match.group(), name)}$"


def route_fields(manifest: Manifest, entry: Route) -> tuple[dict[str, Any], Origin]:
    """The fields of the Kong route and where each comes from: defaults, then the route's own, then aicfg's."""
    place = manifest.place(entry.path)
    draft = Draft()
    for path in manifest.layers(("defaults",), entry.path):
        said = manifest.said(path)
        draft.merge({key: said[key] for key in ROUTE_FIELDS if key in said}, manifest.place(path))
    path = manifest.said((*entry.path, "path"))
    if isinstance(path, str) and not manifest.says((*entry.path, "paths")):
        draft.values["paths"] = [path]
        draft.inner |= {("paths", 0): place / "path", ("paths",): place / "path"}
    uses = entry.uses
    route_type = route_types().get(route_type_of(manifest, entry, uses[0])) if uses else None
    fields: dict[str, Any] = {"protocols": list(route_type.protocols) if route_type else ["http", "https"]}
    if "expression" not in draft.values:  # an expression says which requests are meant
        fields["paths"] = [default_path(entry.name)]
        fields["methods"] = list(route_type.methods) if route_type else ["POST"]
    fields |= draft.values
    ordered = {key: fields[key] for key in ROUTE_FIELDS if key in fields}
    return ordered, Origin(place, draft.inner)

"""How to mend what Kong's schema refuses: a proposal for a violation, where its cause can be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aicfg.catalog.formats import route_types
from aicfg.catalog.mistakes import dimensions
from aicfg.catalog.plugins.history import elsewhere, paths_of, value_elsewhere
from aicfg.catalog.providers import provider
from aicfg.kong.references import DeployText
from aicfg.kong.upstream import expected_path
from aicfg.kong.urls import parse_url
from aicfg.proposals import listed, moved_to, quoted, removed, respelt_key, respelt_value, unlisted, without_quotes
from aicfg.source.changes import Proposal, Remove, common, insert, put, value_at
from aicfg.source.scalars import resolve

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field, PluginSchema
    from aicfg.kong.check.violation import Path, Violation

_PLACE = re.compile(r"([^.\[{]+)|(\[\])|(\{\})")
_MOST_TOP_K = 500
_MOST_OFTEN = {"route_type": "llm/v1/chat", "distance_metric": "cosine"}


class _Case:
    """A violation with what stands around it."""

    def __init__(self, schema: PluginSchema, config: object, violation: Violation) -> None:
        self.schema = schema
        self.data = {"config": config}
        self.path: Path = violation.path

    @property
    def value(self) -> Any:
        return self.at(self.path)

    @property
    def siblings(self) -> Mapping[str, Any]:
        around = self.at(self.path[:-1])
        return around if isinstance(around, dict) else {}

    def at(self, path: Path) -> Any:
        """The value at a path, None where there is none."""
        try:
            return value_at(self.data, path)
        except (LookupError, TypeError):
            return None

    def field(self, path: Path) -> Field | None:
        """The field that stands at a path."""
        field: Field | None = self.schema.root
        for part in path:
            if field is None:
                return None
            inner = field.elements if isinstance(part, int) else field.fields.get(part)
            field = inner or (field.values if field.type == "map" else None)
        return field


def mended(schema: PluginSchema, config: object, violation: Violation) -> Proposal | None:
    """What mends a violation of a plugin's schema; None where nobody can tell."""
    mend = _MENDERS.get(violation.kind)
    return mend(_Case(schema, config, violation)) if mend else None


def _unknown_field(case: _Case) -> Proposal | None:
    path, schema = case.path, case.schema
    if elsewhere(schema, path) is not None:
        return removed(path)
    places = list(_places(schema, path))
    if places:
        ranks = [common(path, place) for place in places]
        nearest = [place for place, rank in zip(places, ranks, strict=True) if rank == max(ranks)]
        if len(nearest) != 1:
            return None
        holder = case.at(nearest[0][:-1])
        fits = holder is None or isinstance(holder, dict)
        in_item = any(isinstance(part, int) for part in path[: max(ranks)])  # the others lead out of the item
        return moved_to(path, nearest[0], safe=len(places) == 1 or in_item) if fits else None
    around = case.field(path[:-1])
    return respelt_key(path, case.siblings, around.fields) if around else None


def _places(schema: PluginSchema, path: Path) -> Iterator[Path]:
    """Where else a field of this name stands, in the items of lists that the path goes through."""
    for text in paths_of(schema, str(path[-1])):
        place: Path = ()
        for match in _PLACE.finditer(text):
            if match[1]:
                place = (*place, match[1])
            elif len(place) < len(path) and place == path[: len(place)]:
                place = (*place, path[len(place)])
            else:
                break
        else:
            if len(place) > 1 and place[: len(path)] != path:
                yield place


def _wrong_type(case: _Case) -> Proposal | None:
    field, value = case.field(case.path), case.value
    if field is None or isinstance(value, DeployText):
        return None
    if case.path[-1] in ("top_p", "top_k"):
        return _swapped(case)
    if field.type == "record":
        return _model(case, value) if case.path[-1] == "model" and isinstance(value, str) else None
    if field.type in ("array", "set"):
        inner = field.elements.type if field.elements else ""
        if isinstance(value, str) and inner in ("number", "integer") and isinstance(resolve(value), int | float):
            value = resolve(value)
        return listed(case.path, value) if isinstance(value, str | int | float) else None
    if isinstance(value, list):
        return unlisted(case.path, value)
    if field.type == "string":
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return quoted(case.path, str(value)) if is_whole else None
    return _unquoted(field, case.path, value) if isinstance(value, str) else None


def _unquoted(field: Field, path: Path, value: str) -> Proposal | None:
    proposal = without_quotes(path, value)
    is_switch = value.strip().lower() in ("true", "false")
    return proposal if is_switch is (field.type == "boolean") else None


def _model(case: _Case, value: str) -> Proposal | None:
    """`model: gpt-4o` with the provider beside it, or before a slash."""
    path, beside = case.path, case.siblings.get("provider")
    field = case.field((*path, "provider"))
    known = field.enum if field else ()
    before, slash, name = value.partition("/")
    if isinstance(beside, str) and beside in known:
        provider = (*path[:-1], "provider")
        changes = (put(path, {"provider": beside, "name": value}), Remove(provider))
        return Proposal(f"write `model: {{provider: {beside}, name: …}}`", changes)
    if beside is None and slash and before in known:
        return Proposal(
            f"write `model: {{provider: {before}, name: …}}`", (put(path, {"provider": before, "name": name}),)
        )
    return None


def _not_allowed(case: _Case) -> Proposal | None:
    field, value = case.field(case.path), case.value
    if field is None or isinstance(value, DeployText) or value_elsewhere(case.schema, case.path, value) is not None:
        return None
    return respelt_value(case.path, value, [choice for choice in field.enum if isinstance(choice, str)])


def _swapped(case: _Case) -> Proposal | None:
    """top_p and top_k have each other's values."""
    around = case.path[:-1]
    top_p, top_k = case.at((*around, "top_p")), case.at((*around, "top_k"))
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in (top_p, top_k)):
        return None
    if not (0 <= top_k <= 1 < top_p <= _MOST_TOP_K and float(top_p).is_integer()):
        return None
    changes = (put((*around, "top_p"), top_k), put((*around, "top_k"), top_p))
    return Proposal("swap top_p and top_k", changes, safe=False)


def _missing(case: _Case) -> Proposal | None:
    """What is left out most often, and means one thing most often."""
    name, field = case.path[-1], case.field(case.path)
    if field is None or name in case.siblings or not isinstance(case.at(case.path[:-1]), dict):
        return None
    value = _MOST_OFTEN.get(str(name)) if field.enum else _dimensions(case) if name == "dimensions" else None
    if value is None or (field.enum and value not in field.enum):
        return None
    return Proposal(f"add `{name}: {value}`", (insert(case.path, value),), safe=False)


def _dimensions(case: _Case) -> int | None:
    """The length of the vectors that the plugin's embedding model answers with."""
    model = case.at(("config", "embeddings", "model"))
    options = model.get("options") if isinstance(model, dict) else None
    asked = options.get("embeddings_dimensions") if isinstance(options, dict) else None
    if isinstance(asked, int):
        return asked
    name = model.get("name") if isinstance(model, dict) else model
    return dimensions().get(name) if isinstance(name, str) else None


def _conditional(case: _Case) -> Proposal | None:
    name = str(case.path[-1])
    if name in ("genai_category", "route_type"):
        return _category(case)
    return _format(case, name.removesuffix("_format")) if name in ("mistral_format", "llama2_format") else None


def _format(case: _Case, type_: str) -> Proposal | None:
    """The format that the URL gives away; without a URL, that of the provider's own service."""
    options, record = case.path[:-1], case.path[:-3]
    url, route_type = case.at((*options, "upstream_url")), case.at((*record, "route_type"))
    if case.at(case.path) is not None or isinstance(url, DeployText):
        return None
    fitting, known = set[str | None](), provider(type_)
    for hosting in known.hostings.values():
        if url is None:
            fitting |= {hosting.format} if hosting.name == known.default_hosting else set()
            continue
        for each in hosting.formats:
            served = expected_path(type_, hosting.name, each, str(route_type), case.schema.gateway.version)
            if served and isinstance(url, str) and (parse_url(url).path or "").rstrip("/").endswith(served):
                fitting.add(each)
    if len(fitting) != 1 or None in fitting:
        return None
    [chosen] = fitting
    return Proposal(f"add `{case.path[-1]}: {chosen}`", (insert(case.path, chosen),))


def _category(case: _Case) -> Proposal | None:
    """The category that all route types belong to."""
    if case.path[-1] not in ("route_type", "genai_category"):
        return None
    targets = case.at(("config", "targets"))
    records = targets if isinstance(targets, list) else [case.at(("config",))]
    asked = [record.get("route_type") if isinstance(record, dict) else None for record in records]
    known = [route_types().get(each) if isinstance(each, str) else None for each in asked]
    categories = {each.genai_category if each else None for each in known}
    place = ("config", "genai_category")
    if len(categories) != 1 or None in categories:
        return None
    [category] = categories
    given = case.at(place) is not None
    return Proposal(f"set `genai_category: {category}`", (put(place, category) if given else insert(place, category),))


_MENDERS: Mapping[str, Callable[[_Case], Proposal | None]] = {
    "unknown-field": _unknown_field,
    "wrong-type": _wrong_type,
    "value-not-allowed": _not_allowed,
    "out-of-range": lambda case: _swapped(case) if case.path[-1] in ("top_p", "top_k") else None,
    "missing-field": _missing,
    "kong-crash": _wrong_type,
    "conditional": _conditional,
    "inferred": _category,
}

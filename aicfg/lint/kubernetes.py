"""How objects of Kubernetes name the plugins that they use. Source: Kong's documentation of the Ingress Controller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aicfg.kong.detect import form_of

if TYPE_CHECKING:
    from aicfg.source import Document

ANNOTATION = "konghq.com/plugins"
ROUTES = frozenset(("Ingress", "HTTPRoute", "GRPCRoute"))
"""Kinds of objects that are routes."""


def is_plugin(document: Document) -> bool:
    return form_of(document.data) == "kubernetes"


def name_of(data: Any) -> str | None:
    name = _metadata(data).get("name")
    return name if isinstance(name, str) else None


def has_global_label(data: Any) -> bool:
    labels = _metadata(data).get("labels")
    return isinstance(labels, dict) and str(labels.get("global")).lower() == "true"


def annotated(documents: Iterable[Document]) -> Iterator[tuple[Document, list[str]]]:
    """The objects that name plugins in their annotation, with the names, what stands before a `:` or `/` left out."""
    for document in documents:
        annotations = _metadata(document.data).get("annotations")
        value = annotations.get(ANNOTATION) if isinstance(annotations, dict) else None
        if isinstance(value, str):
            names = (name.strip().rpartition(":")[2].rpartition("/")[2] for name in value.split(","))
            yield document, [name for name in names if name]


def refers_by_filter(data: Mapping[str, Any]) -> bool:
    """Whether an HTTPRoute refers to plugins by an ExtensionRef instead."""
    return "ExtensionRef" in str(data.get("spec"))


def _metadata(data: Any) -> Mapping[str, Any]:
    metadata = data.get("metadata") if isinstance(data, dict) else None
    return metadata if isinstance(metadata, dict) else {}

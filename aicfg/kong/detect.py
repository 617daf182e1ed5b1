"""What a document is, told by its content: an aicfg manifest, one of Kong's forms, or something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from aicfg.catalog.entities import lists
from aicfg.catalog.plugins import plugin_names
from aicfg.source.reader import one_document

if TYPE_CHECKING:
    from aicfg.source import Document

Form = Literal["manifest", "state", "kubernetes", "route", "plugin", "plugins", "other"]
"""state: a decK or DB-less file; kubernetes: a KongPlugin or KongClusterPlugin; route, plugin, plugins: a fragment, as
guides print them (a route with its plugins, one plugin, a list of plugins)."""

KUBERNETES_GROUP = "configuration.konghq.com/"
KUBERNETES_KINDS = ("KongPlugin", "KongClusterPlugin")

_BESIDE_CONFIG = frozenset(("route_type", "model", "targets"))
"""Fields of configs by which a plugin is known that has none."""


def form_of(data: Any) -> Form:
    """The form of a document's data."""
    if isinstance(data, list):
        return "plugins" if data and all(_is_plugin(item) for item in data) else "other"
    if not isinstance(data, dict):
        return "other"
    if is_kubernetes(data):
        known = str(data.get("apiVersion")).startswith(KUBERNETES_GROUP) and data.get("kind") in KUBERNETES_KINDS
        return "kubernetes" if known else "other"
    if "_format_version" in data:
        return "state"
    if _is_manifest(data):
        return "manifest"
    if _is_plugin(data):
        return "plugin"
    if isinstance(data.get("plugins"), list) and ({"name", "paths", "hosts", "methods"} & data.keys()):
        return "route"
    return "state" if any(isinstance(data.get(key), list) for key in lists()) else "other"


def _is_manifest(data: dict[str, Any]) -> bool:
    """A manifest says `version`, or has its providers and routes by name where Kong's files have lists."""
    if isinstance(data.get("providers"), dict) or isinstance(data.get("routes"), dict):
        return True
    return "version" in data and not any(isinstance(data.get(key), list) for key in ("services", "routes"))


def _is_plugin(data: Any) -> bool:
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        return False
    if data["name"] in plugin_names():
        return "config" in data or not _BESIDE_CONFIG.isdisjoint(data)
    return isinstance(data.get("config"), dict) and "plugin" in data


def is_kubernetes(data: Any) -> bool:
    """Whether a document is a Kubernetes object of any kind."""
    return isinstance(data, dict) and "apiVersion" in data and "kind" in data


def looks_like_kong(text: str) -> bool:
    """Whether a text that cannot be read was most likely meant as one of Kong's files or as a manifest."""
    return any(sign in text for sign in ("_format_version", KUBERNETES_GROUP, "upstream_url", "ai-proxy"))


def wanted(documents: list[Document], file: str) -> list[Document]:
    """The documents of a file that anyone looks into. Only Kubernetes puts several into one file."""
    if any(is_kubernetes(document.data) for document in documents):
        return [document for document in documents if form_of(document.data) != "other"] or documents[:1]
    return [one_document(documents, file)]

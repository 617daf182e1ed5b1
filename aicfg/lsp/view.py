"""An open document as the answers look at it: its outline, what kind of file it is, and the gateway it is for."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from aicfg.catalog.entities import entity_kinds
from aicfg.catalog.plugins import plugin_names
from aicfg.catalog.versions import Gateway, gateway
from aicfg.errors import UsageError
from aicfg.kong.detect import Form, form_of
from aicfg.lint.discovery import is_ours
from aicfg.lint.settings import Settings
from aicfg.lsp.cursor import outline_at
from aicfg.lsp.outline import Outline, outlines
from aicfg.source import Path
from aicfg.tuples import NamedTuple


class Context(NamedTuple):
    """What counts for a text besides it: the settings, and the texts of the other files of its manifest."""

    settings: Settings = Settings()
    others: tuple[str, ...] = ()


ALONE = Context()


class View:
    """A document of a text, at an offset."""

    def __init__(self, outline: Outline, context: Context = ALONE) -> None:
        self.outline = outline
        self.settings = context.settings
        self.others = context.others

    @cached_property
    def form(self) -> Form:
        """What the document is; of one that is hardly begun, what it may become: a manifest."""
        data = self.outline.data
        if is_ours(data):
            return form_of(data)
        if _is_plugin(data):
            return "plugin"
        return "manifest" if _is_begun(data) else "other"

    @cached_property
    def gateway(self) -> Gateway:
        """The target, as lint sees it. What nobody can tell is the default."""
        said: dict[str, Any] = {}
        for key in ("version", "edition") if self.form == "manifest" else ():
            for outline in self.all:
                node = outline.find(("gateway", key))
                if node is not None and node.kind == "scalar" and node.text:
                    said.setdefault(key, node.text)
        version, edition = self.settings.target(said)
        try:
            return gateway(version or said.get("version"), edition or said.get("edition"))
        except UsageError:
            return gateway()

    @cached_property
    def all(self) -> tuple[Outline, ...]:
        """The documents of the manifest, the one at hand first."""
        return (self.outline, *(outlines(text)[0] for text in self.others if self.form == "manifest"))

    def names(self, section: str) -> list[str]:
        """The names in a section of the manifest, in all of its files."""
        return list(dict.fromkeys(name for outline in self.all for name in outline.names(section)))

    def named(self, section: str, name: str, key: str) -> str | None:
        """The text at a key of an entry of a section, in whatever file of the manifest it stands."""
        values = (outline.value_at((section, name, key)) for outline in self.all)
        return next((value for value in values if isinstance(value, str)), None)

    def string(self, path: Path) -> str | None:
        """The text at a path, None where there is none."""
        value = self.outline.value_at(path)
        return value if isinstance(value, str) else None


def view_at(text: str, offset: int, context: Context = ALONE) -> View:
    return View(outline_at(text, offset), context)


def _is_plugin(data: Any) -> bool:
    """Whether a document is a plugin that has no config yet."""
    if not isinstance(data, dict) or data.get("name") not in plugin_names() or "version" in data:
        return False
    return data.keys() <= entity_kinds()["plugin"].fields


def _is_begun(data: Any) -> bool:
    """Whether a document has only keys of a manifest, or nothing yet."""
    from aicfg.manifest.shape_tables import manifest_node

    keys = manifest_node().about["properties"].keys()
    if isinstance(data, str):
        return any(key.startswith(data) for key in (*keys, "_format_version"))
    return data is None or (isinstance(data, dict) and data.get("version", 1) == 1 and data.keys() <= keys)

"""Whether a text still means what it meant before it was formatted."""

from __future__ import annotations

from typing import Any

from aicfg.fmt.order import child
from aicfg.manifest.shape import normalise
from aicfg.manifest.shape_tables import Node as SchemaNode
from aicfg.manifest.shape_tables import manifest_node
from aicfg.source import Document, SourceError, one_document, read_text
from aicfg.source.changes import same
from aicfg.source.comments import Gaps


class MeaningChanged(Exception):
    """Formatting would change what a file means: a bug in aicfg, and the file stays as it is."""


def check(before: Document, text: str, *, has_aliases: bool) -> None:
    """Raises MeaningChanged unless a text reads to the same values as a document, with the same comments.

    Where the order of keys is the user's it has to be the same, too, unless the document has aliases: one may repeat a
    map that the schema orders in a place where it does not.
    """
    try:
        after = one_document(read_text(text, before.file), before.file)
    except SourceError as error:
        raise MeaningChanged(before.file) from error
    old, new = (normalise(one.data, one.source_text) for one in (before, after))
    if after.problems or not same(old, new) or _comments(before) != _comments(after):
        raise MeaningChanged(before.file)
    if not has_aliases and not same(_ordered(old, manifest_node()), _ordered(new, manifest_node())):
        raise MeaningChanged(before.file)


def _ordered(value: Any, node: SchemaNode | None) -> Any:
    """The value with the keys that the schema orders sorted by name, and the others in their own order."""
    if isinstance(value, list):
        return [_ordered(item, child(node, None)) for item in value]
    if not isinstance(value, dict):
        return value
    known = node.about.get("properties", ()) if node is not None else ()
    pairs = [(key, _ordered(item, child(node, key))) for key, item in value.items()]
    return sorted(pair for pair in pairs if pair[0] in known), [pair for pair in pairs if pair[0] not in known]


def _comments(document: Document) -> list[str]:
    """All comments, sorted."""
    text, gaps, found, at = document.source.text, Gaps(document.source), list[str](), 0
    while (at := text.find("#", at)) >= 0:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if gaps.has(at):
            found.append(text[at:end].rstrip())
            at = end
        at += 1
    return sorted(found)

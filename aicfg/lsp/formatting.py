"""A text in the canonical form of `aicfg fmt`."""

from __future__ import annotations

from aicfg.errors import AicfgError
from aicfg.lsp.actions import Change, changed
from aicfg.lsp.workspace import Buffer


def formatted(buffer: Buffer) -> Change | None:
    """What makes a manifest canonical; None where it is so, and for what is no manifest, or none that can be read."""
    from aicfg.fmt import format_bytes

    try:
        content = format_bytes(buffer.body.encode("utf-8", "replace"), buffer.name, named=False)
    except AicfgError:
        return None
    text = buffer.body if content is None else content.decode("utf-8")
    return None if text == buffer.body else changed(buffer.name, buffer.body, text)

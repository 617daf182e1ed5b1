"""Questions about a kind of subjects, for rules that say `where` they apply: each is asked once for a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aicfg.kong.llm import Kind
    from aicfg.lint.registry import Where


def with_plugin(*names: str) -> Where:
    """For rules that read Entities: one of these plugins is there."""
    return lambda kind: not kind.isdisjoint(names)


def with_option(*names: str) -> Where:
    """For rules that read an Llm: one of these model options is given."""
    return lambda kind: any(name in kind.options for name in names)


def with_auth(*names: str) -> Where:
    """For rules that read an Llm: one of these fields of `auth` is given; any of them where none is named."""
    return lambda kind: any(name in kind.auth for name in names) if names else bool(kind.auth)


def from_manifest(kind: Kind) -> bool:
    """For rules that read an Llm: it was made from a manifest."""
    return kind.from_manifest

"""The forms that a preview is printed in. Each module has `write(previews, paint) -> text`; its name is the form's."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from aicfg.modules import modules_in
from aicfg.preview.paint import Paint
from aicfg.preview.run import Preview


def formats() -> tuple[str, ...]:
    return tuple(modules_in(__path__))


def written(previews: Sequence[Preview], name: str, paint: Paint) -> str:
    """The previews of some targets in one form."""
    text: str = import_module(f"{__name__}.{name}").write(previews, paint)
    return text

"""Entities -> files. One module per target; a module in this package that has a `render` function is a target."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from aicfg.errors import UsageError
from aicfg.modules import modules_in

if TYPE_CHECKING:
    from aicfg.kong.entities import Entities

Render = Callable[..., dict[str, str]]


@cache
def targets() -> tuple[str, ...]:
    """The names of all targets."""
    return modules_in(__path__)


def check_target(name: str) -> None:
    """Raises UsageError for a target that there is not."""
    if name not in targets():
        raise UsageError(f'"{name}" is not a target', hint=f"use one of {', '.join(targets())}")


def render(entities: Entities, target: str, **options: Any) -> dict[str, str]:
    """The files of a target: relative name -> text. Raises UsageError for an unknown target or option."""
    check_target(target)
    function: Render = importlib.import_module(f"{__name__}.{target}").render
    try:
        return function(entities, **options)
    except TypeError as error:
        if "unexpected keyword argument" not in str(error):
            raise
        raise UsageError(f"the target {target} has no such option: {', '.join(options)}") from None

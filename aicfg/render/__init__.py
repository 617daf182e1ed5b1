"""Entities -> files. One module per target; a module in this package that has a `render` function is a target.

A folder of the user's with a subfolder of templates adds a target of that name (`_custom`), and one in the name of a
target here replaces single templates of it.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from aicfg.errors import UsageError
from aicfg.modules import modules_in
from aicfg.render._option import Option
from aicfg.words import both, did_you_mean

if TYPE_CHECKING:
    from aicfg.kong.entities import Entities

Render = Callable[..., dict[str, str]]

ALL = "all"
"""Not a target of its own: every target of aicfg's, each in a folder of its name."""


@cache
def targets() -> tuple[str, ...]:
    """The names of all targets."""
    return modules_in(__path__)


def targets_with(templates: str | None) -> tuple[str, ...]:
    """The names of all targets, those included that a folder of templates adds."""
    if templates is None:
        return targets()
    added = {entry.name for entry in os.scandir(templates) if entry.is_dir() and not entry.name.startswith(".")}
    return tuple(sorted({*targets(), *added}))


@cache
def options() -> dict[str, tuple[Option, ...]]:
    """The options of each target."""
    return {name: tuple(getattr(_module(name), "OPTIONS", ())) for name in targets()}


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")


def render(entities: Entities, target: str, *, templates: str | None = None, **given: Any) -> dict[str, str]:
    """The files of a target: relative name -> text.

    `templates` is a folder of the user's. Raises UsageError for an unknown target or option, TemplateError for a
    template that cannot be used.
    """
    if templates is not None:
        from aicfg.render._skeleton import check_folder

        check_folder(templates)
    if target == ALL or "," in target:
        return _several(entities, names_in(target), templates, given)
    known = targets_with(templates)
    if target not in known:
        hint = did_you_mean(target, (*known, ALL)) or f"use one of {', '.join((*known, ALL))}"
        raise UsageError(f'"{target}" is not a target', hint=hint)
    taken = options().get(target, ())
    _check_options(target, given, taken)
    if target not in targets():
        from aicfg.render import _custom

        return _custom.render(entities, target, templates or "")
    function: Render = _module(target).render
    if templates is not None:
        given["templates"] = templates
    return function(entities, **given)


def names_in(target: str) -> tuple[str, ...]:
    """The targets that a text asks for: one, several with commas between them, or all of aicfg's."""
    return targets() if target == ALL else tuple(dict.fromkeys(name.strip() for name in target.split(",")))


def _several(entities: Entities, names: Iterable[str], templates: str | None, given: dict[str, Any]) -> dict[str, str]:
    """The files of several targets, each under its own folder; an option goes to the targets that have it."""
    _check_options("", given, [option for name in names for option in options().get(name, ())])
    files: dict[str, str] = {}
    for name in names:
        taken = {option.argument for option in options().get(name, ())}
        mine = {key: value for key, value in given.items() if key in taken}
        made = render(entities, name, templates=templates, **mine)
        files |= {f"{name}/{file}": text for file, text in made.items()}
    return files


def _check_options(target: str, given: dict[str, Any], taken: Iterable[Option]) -> None:
    """Raises UsageError for an option that a target does not have, or a value that it does not take."""
    known = {option.argument: option for option in taken}
    for argument, value in given.items():
        name = argument.replace("_", "-")
        if argument not in known:
            which = f"the target {target} has" if target else "these targets have"
            owners = [owner for owner, owned in options().items() if name in {option.name for option in owned}]
            others = both(option.name for option in known.values()) if known else "none"
            hint = f"it is for {both(owners)}" if owners else f"there is {others}"
            raise UsageError(f"{which} no such option: {name}", hint=hint)
        choices = known[argument].choices
        if choices and value not in choices:
            raise UsageError(f'{name} cannot be "{value}"', hint=f"use one of {', '.join(choices)}")

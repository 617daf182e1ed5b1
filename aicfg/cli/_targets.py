"""The options that targets declare, as options of `aicfg render`."""

from __future__ import annotations

from typing import Any

import click

from aicfg.cli._options import import_yaml


class RenderCommand(click.Command):
    """A command that has the options of every target besides its own. They are gathered when it runs, not before."""

    def get_params(self, context: click.Context) -> list[click.Parameter]:
        own = super().get_params(context)
        last = [param for param in own if param.name == "help"]
        return [*(param for param in own if param not in last), *_options(), *last]


def _options() -> list[click.Parameter]:
    import_yaml()  # the targets load it
    from aicfg.render import options

    users: dict[str, list[str]] = {}
    declared = {}
    for target, taken in options().items():
        for option in taken:
            users.setdefault(option.name, []).append(target)
            declared[option.name] = option
    return [_click_option(option, users[name]) for name, option in declared.items()]


def _click_option(option: Any, users: list[str]) -> click.Option:
    help_ = f"{option.help} For {' and '.join(users)}."
    if isinstance(option.default, bool):
        return click.Option([f"--{option.name}"], is_flag=True, default=None, help=help_)
    shown = f" Default: {option.default}." if option.default is not None else ""
    kind = click.Choice(option.choices) if option.choices else click.STRING
    metavar = None if option.choices else "TEXT"
    return click.Option([f"--{option.name}"], type=kind, metavar=metavar, default=None, help=help_ + shown)

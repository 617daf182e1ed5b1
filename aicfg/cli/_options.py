"""What several commands share: options, input and output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aicfg.errors import AicfgError
from aicfg.patterns import import_uncompiled

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from aicfg.lint.settings import SettingsFile
    from aicfg.manifest.choice import Given

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(allow_dash=True)


class OneOf(click.ParamType[Any]):
    """One of the names that a registry finds. It is asked only when the option is used or its help shown."""

    name = "name"

    def __init__(self, names: Callable[[], tuple[str, ...]]) -> None:
        self.names = names

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        return f"[{'|'.join(self.names())}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from aicfg.words import did_you_mean

        if value not in self.names():
            hint = did_you_mean(value, self.names()) or f"use one of {', '.join(self.names())}"
            self.fail(f"there is no {value!r}: {hint}", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in self.names() if name.startswith(incomplete)]


def offers(name: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """What a shell offers for a parameter: a function of `aicfg.cli._completing`, loaded when a shell asks."""

    def complete(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        found: list[CompletionItem] = getattr(import_module("aicfg.cli._completing"), name)(context, typed)
        return found

    return complete


def gateway_options(function: F) -> F:
    """`--gateway-version` and `--edition`: the target, over what the file says."""
    function = click.option(
        "--edition", type=click.Choice(["enterprise", "oss"]), help="Edition of the target gateway."
    )(function)
    return click.option(
        "--gateway-version", metavar="VERSION", help="Target gateway, such as 3.10. Overrides the file's own."
    )(function)


def reuse_options(function: F) -> F:
    """`--env` and `--var`: what is chosen from outside a manifest."""
    function = click.option(
        "--var",
        "variables",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_variables,
        help="A value for a variable of the manifest. Repeatable.",
    )(function)
    return click.option(
        "--env",
        "environment",
        metavar="NAME",
        shell_complete=offers("environments"),
        help="The environment of the manifest to merge over it.",
    )(function)


def _variables(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, Given]:
    """`NAME=VALUE` options by name, each value as YAML would read it."""
    if not values:
        return {}
    from aicfg.manifest.choice import read_variables

    return read_variables(values)


def format_option(function: F) -> F:
    """`--format` of a command that prints what aicfg knows, for people or for programs."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Form of the output: for people, or for programs.",
    )(function)


def settings_options(function: F) -> F:
    """`--config` and `--isolated`: which settings file counts."""
    function = click.option("--isolated", is_flag=True, help="Read no settings file.")(function)
    return click.option(
        "--config",
        metavar="FILE",
        help="The settings file. Default: the nearest aicfg.toml, or pyproject.toml with [tool.aicfg], upward.",
    )(function)


def settings_file(path: str, config: str | None, isolated: bool) -> SettingsFile:
    """What the settings file says that counts for a path argument. Raises AicfgError where it cannot be used."""
    from aicfg.lint.discovery import start_of
    from aicfg.lint.settings import find_settings

    file = fixed_settings(config, isolated)
    return find_settings(start_of(path)) if file is None else file


def fixed_settings(config: str | None, isolated: bool) -> SettingsFile | None:
    """The settings file that the options name for all files; None where the nearest one of each counts."""
    from aicfg.lint.settings import SettingsFile, read_settings

    if config is not None and isolated:
        raise click.UsageError("--config and --isolated exclude each other")
    if config is not None:
        return read_settings(config)
    return SettingsFile() if isolated else None


def import_yaml() -> None:
    """Import PyYAML without the patterns of its parser in Python: libyaml does the parsing."""
    import_uncompiled("yaml")


def color_option(function: F) -> F:
    return click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colour the report. `auto` colours on a terminal, unless NO_COLOR is set.",
    )(function)


def wants_color(choice: str, stream: Any = None) -> bool:
    if choice != "auto":
        return choice == "always"
    stream = stream or sys.stdout
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write(text: str) -> None:
    """Write to standard output. That its reader has gone, as `head` does, is no error."""
    try:
        click.echo(text, nl=False, color=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show_error(error: AicfgError) -> None:
    """An error and its hint on standard error."""
    from aicfg.lint.reporters.text import printable

    click.echo(f"error: {printable(str(error))}", err=True)
    if error.hint:
        click.echo(f"  = help: {printable(error.hint)}", err=True)


def read_input(path: str) -> tuple[bytes, str]:
    """The bytes of a file, or of standard input for `-`, and the name to report it by. Raises FileError."""
    from aicfg.source import FileError, load_bytes

    if path == "-" and sys.stdin is None:
        raise FileError("standard input is closed", hint="give the text with `<`, or name a file")
    if path == "-":
        from aicfg.lint.reporters import STDIN

        return sys.stdin.buffer.read(), STDIN
    return load_bytes(path), path

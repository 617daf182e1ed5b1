"""The command line. One module per command, loaded when it is called; a module in this package is a command.

Exit status: 0 clean, 1 findings at or above `--fail-on`, 2 could not run, 3 a bug in aicfg.
"""

from __future__ import annotations

import errno
import gc
import importlib
import io
import os
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NoReturn

import click

from aicfg import __version__
from aicfg.errors import AicfgError
from aicfg.modules import modules_in

_OF_OTHER_TOOLS: Mapping[str, str] = MappingProxyType(
    {
        "check": "lint",
        "validate": "lint",
        "compile": "render",
        "build": "render",
        "generate": "render",
        "format": "fmt",
        "preview": "translate",
    }
)
"""What other tools call a command of aicfg."""


class _Commands(click.Group):
    """Finds commands by their module names, so that one command does not pay for the imports of another."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(modules_in(__path__))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{name}").command
        return command

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(context, args)
        except click.UsageError as error:
            from aicfg.words import did_you_mean

            ours = _OF_OTHER_TOOLS.get(args[0])
            hint = did_you_mean(ours or args[0], self.list_commands(context))
            raise click.UsageError(f"{error.message.rstrip('.')}{': ' + hint if hint else ''}", context) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="aicfg %(version)s")
def cli() -> None:
    """Check, compile and preview configs for Kong's AI Gateway."""


def main() -> NoReturn:
    """Runs the command line and ends the process with its exit status."""
    gc.disable()  # the process is short, and what it builds lives to its end
    if sys.stdout is None:  # it was closed: what nobody reads goes nowhere, and no file that is opened takes its place
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    _set_encoding()
    try:
        sys.exit(_status())
    finally:
        gc.freeze()  # the interpreter's last collection would only walk what goes away anyway


def _status() -> int:
    """Run the command, and show why it could not where that is so. Gives the exit status."""
    try:
        code = cli.main(prog_name="aicfg", standalone_mode=False)
        if sys.stdout is not None and not sys.stdout.closed:
            sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return 2
    except click.exceptions.Abort:
        return 130
    except AicfgError as error:
        from aicfg.cli._options import show_error

        show_error(error)
        return error.exit_code
    except OSError as error:
        if error.errno != errno.EPIPE:  # who reads no further knows that
            click.echo(f"error: {error.strerror or error}", err=True)
        return 2
    except Exception as error:
        return _report_bug(error)


def _set_encoding() -> None:
    """What is piped on is UTF-8, whatever the locale; a terminal gets what it can show."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")


def _report_bug(error: Exception) -> int:
    from aicfg.lint.reporters.text import printable

    if os.environ.get("AICFG_TRACEBACK"):
        import traceback

        traceback.print_exception(error)
    kind, file = getattr(error, "kind", type(error).__name__), getattr(error, "file", None)
    where = f" in {printable(file)}" if file else ""
    click.echo(f"aicfg: internal error ({kind}){where}. This is a bug in aicfg, not in your file.", err=True)
    click.echo("Set AICFG_TRACEBACK=1 to see where it happened, and report it with the command you ran.", err=True)
    return 3

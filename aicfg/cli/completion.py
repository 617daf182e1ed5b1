from __future__ import annotations

import click

from aicfg.cli._options import write

VARIABLE = "_AICFG_COMPLETE"
"""The environment variable by which a shell's script asks for completions: click's name for a program `aicfg`."""


@click.command("completion", short_help="Print a script that lets your shell complete commands, options and names.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script for SHELL that completes commands, options, codes, providers, targets, routes and files.

    \b
    bash   eval "$(aicfg completion bash)"            in ~/.bashrc
    zsh    eval "$(aicfg completion zsh)"             in ~/.zshrc
    fish   aicfg completion fish > ~/.config/fish/completions/aicfg.fish
    """
    from click.shell_completion import get_completion_class

    from aicfg.cli import cli

    found = get_completion_class(shell)
    assert found is not None
    write(found(cli, {}, "aicfg", VARIABLE).source() + "\n")

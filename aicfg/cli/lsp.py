from __future__ import annotations

from importlib.util import find_spec

import click

from aicfg.cli._options import import_yaml
from aicfg.errors import UsageError


@click.command("lsp", short_help="The language server: findings, hover and completion in editors.")
@click.option("--stdio", is_flag=True, hidden=True, help="What some editors add; there is no other way.")
def command(stdio: bool) -> None:
    """Talk to an editor over standard input and output: what lint finds as you type, what a field means, since when
    and with which default, completion, definitions, fixes, and the outline of a file.

    Manifests and Kong files are told by their content; other YAML files are left alone. Settings come from aicfg.toml
    as for `aicfg lint`. Needs `pip install 'aicfg[lsp]'`.

    \b
    VS Code   in an extension that starts any language server: command aicfg, argument lsp, languages yaml and json
    Neovim    vim.lsp.config("aicfg", {cmd = {"aicfg", "lsp"}, filetypes = {"yaml"}}); vim.lsp.enable("aicfg")
    Helix     in languages.toml: language-server.aicfg = {command = "aicfg", args = ["lsp"]}, and "aicfg" among the
              language-servers of the language yaml
    """
    import_yaml()
    if find_spec("pygls") is None:
        raise UsageError("aicfg lsp needs pygls, which is not installed", hint="pip install 'aicfg[lsp]'")
    from aicfg.lsp.server import serve

    serve()

from __future__ import annotations

from importlib.util import find_spec

import click

from aicfg.cli._options import import_yaml
from aicfg.errors import UsageError


@click.command("lsp", short_help="The language server: findings, hover and completion in editors.")
def command() -> None:
    """Talk to an editor over standard input and output: what lint finds as you type, what a field means, since when
    and with which default, completion, definitions, fixes, and the outline of a file.

    Manifests and Kong files are told by their content; other YAML files are left alone. Settings come from aicfg.toml
    as for `aicfg lint`. Needs `pip install 'aicfg[lsp]'`.

    \b
    VS Code   an extension for any server ("Generic LSP Client"): command `aicfg lsp`, languages yaml and json
    Neovim    vim.lsp.config.aicfg = {cmd = {"aicfg", "lsp"}, filetypes = {"yaml"}}; vim.lsp.enable("aicfg")
    Helix     languages.toml: [language-server.aicfg] command = "aicfg", args = ["lsp"]; add "aicfg" to the
              language-servers of [[language]] name = "yaml"
    """
    import_yaml()
    if find_spec("pygls") is None:
        raise UsageError("aicfg lsp needs pygls, which is not installed", hint="pip install 'aicfg[lsp]'")
    from aicfg.lsp.server import serve

    serve()

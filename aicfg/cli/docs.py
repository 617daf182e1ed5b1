from __future__ import annotations

from pathlib import Path

import click

from aicfg.cli._options import offers, write

RULES = "rules"
"""The one key that is no part of the manifest."""


@click.command("docs", short_help="Print the reference of the manifest, one part of it, or that of all rules.")
@click.argument("key", required=False, shell_complete=offers("keys"))
@click.option("-o", "--output", metavar="FILE", help="A file to write to. Default: standard output.")
def command(key: str | None, output: str | None) -> None:
    """Print what each key of the manifest is, in Markdown: its type, what it does, since when, and an example.

    KEY is a part (guard, routes.balancer) or a key (targets.weight, max_tokens) to print alone. Shorthands stand
    beside the plugin config that they give. `rules` prints all rules instead, each with its example, what lint says of
    it and what is right; every code is an anchor of the page (#P204).
    """
    text = _text(key)
    if output in (None, "-"):
        write(text)
        return
    from aicfg.files import write_files

    write_files({Path(str(output)): text})


def _text(key: str | None) -> str:
    if key == RULES:
        from aicfg.reference.rules_page import page

        return page()
    from aicfg.reference.markdown import about, whole

    return whole() if key is None else about(key)

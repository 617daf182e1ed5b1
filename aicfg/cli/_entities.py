"""What a command works on that needs configs which Kong takes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from aicfg.cli._options import read_input, wants_color

if TYPE_CHECKING:
    from aicfg.kong.entities import Entities
    from aicfg.lint.settings import Settings


def entities_of(context: click.Context, file: str, settings: Settings, color: str) -> tuple[str, Entities]:
    """A file's name and entities. Where Kong would refuse its configs, the findings are shown; the exit status is 1."""
    from aicfg.lint.reporters import report
    from aicfg.preview.loading import read_entities

    content, name = read_input(file)
    entities, run = read_entities(content, name, None if file == "-" else file, settings)
    if entities is None:
        found = run.report()
        errors = tuple(each for each in found.diagnostics if each.severity == "error")
        text = report(found._replace(diagnostics=errors), "text", run.source_line, color=wants_color(color, sys.stderr))
        click.echo(text, err=True, nl=False, color=True)
        context.exit(1)
    return name, entities

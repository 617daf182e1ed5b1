from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import click

from aicfg.cli._options import (
    FILE,
    OneOf,
    color_option,
    gateway_options,
    import_yaml,
    read_input,
    reuse_options,
    settings_file,
    settings_options,
    wants_color,
    write,
)

if TYPE_CHECKING:
    from aicfg.kong.entities import Entities
    from aicfg.lint.settings import Settings
    from aicfg.manifest.choice import Given
    from aicfg.preview.request import ClientRequest
    from aicfg.preview.run import Preview


def _formats() -> tuple[str, ...]:
    from aicfg.preview.formats import formats

    return formats()


@click.command("translate", short_help="Show what Kong sends to the provider for a client's request.")
@click.argument("file", metavar="FILE", type=FILE)
@click.option("--request", "request_file", metavar="REQ", type=FILE, help="The client's request. Default: a sample.")
@click.option("--route", metavar="NAME", help="The route. Default: the only one, or the one that takes REQ's path.")
@click.option("--all-routes", is_flag=True, help="Show every route, and every target that --target does not leave out.")
@click.option(
    "--target",
    "targets",
    metavar="N",
    multiple=True,
    type=click.IntRange(min=1),
    help="Which of several targets, from 1. Given twice, it compares the two.",
)
@click.option(
    "--against", metavar="FILE", type=FILE, help="Compare with what another manifest or Kong file makes of it."
)
@click.option("--diff", "as_diff", is_flag=True, help="Show the client's body and the upstream one side by side.")
@click.option("--unified", is_flag=True, help="Write a diff or a comparison as a unified one.")
@click.option(
    "--format", "format_", type=OneOf(_formats), default="text", show_default=True, help="Form of the output."
)
@reuse_options
@gateway_options
@settings_options
@color_option
@click.pass_context
def command(
    context: click.Context,
    file: str,
    request_file: str | None,
    route: str | None,
    all_routes: bool,
    targets: tuple[int, ...],
    against: str | None,
    as_diff: bool,
    unified: bool,
    format_: str,
    environment: str | None,
    variables: dict[str, Given],
    gateway_version: str | None,
    edition: str | None,
    config: str | None,
    isolated: bool,
    color: str,
) -> None:
    """Show the request that Kong's AI Proxy sends upstream when a client sends REQ to a route of FILE.

    FILE is a manifest or a Kong file. REQ is a JSON body, a saved curl command, or an HTTP message (`-` is standard
    input). Nothing is sent and no secret is read: `<NAME>` stands for the environment variable NAME.

    Exit status: 0 Kong sends it, 1 Kong would refuse the request or the config, 2 a file or option cannot be used.
    """
    import_yaml()
    from aicfg.manifest.choice import Choice
    from aicfg.preview import diff
    from aicfg.preview.formats import written
    from aicfg.preview.paint import Paint

    _check_usage(file, request_file, against, route, all_routes, targets, as_diff or unified, format_)
    settings = settings_file(file, config, isolated).settings(gateway_version, edition)
    settings = settings._replace(choice=Choice(environment, variables, every=False))
    files = [_entities(context, each, settings, color) for each in (file, against) if each is not None]
    request = _request(request_file)
    previews = _previews(files, request, route, all_routes, targets, named=against is not None)
    paint = Paint(wants_color(color))
    width = None if unified else shutil.get_terminal_size((100, 24)).columns
    if format_ == "text" and (against is not None or len(targets) == 2):
        write(diff.requests(previews[0], previews[1], paint, width))
    elif as_diff or (unified and format_ == "text"):
        write("\n".join(diff.bodies(preview, paint, width) for preview in previews))
    else:
        write(written(previews, format_, paint))
    context.exit(1 if any(preview.refusal is not None for preview in previews) else 0)


def _check_usage(
    file: str,
    request_file: str | None,
    against: str | None,
    route: str | None,
    all_routes: bool,
    targets: tuple[int, ...],
    as_diff: bool,
    format_: str,
) -> None:
    if [file, request_file, against].count("-") > 1:
        raise click.UsageError("standard input can be read once only")
    if all_routes and (route is not None or targets or against is not None):
        raise click.UsageError("--all-routes goes with neither --route, --target nor --against")
    if len(targets) > 2 or (len(targets) == 2 and against is not None):
        raise click.UsageError("two are compared, no more: give --target twice, or --against")
    if as_diff and format_ != "text":
        raise click.UsageError("--diff and --unified are forms of text: leave --format out")


def _entities(context: click.Context, file: str, settings: Settings, color: str) -> tuple[str, Entities]:
    """A file's entities. Where Kong would refuse its configs, the findings are shown and the exit status is 1."""
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


def _request(file: str | None) -> ClientRequest | None:
    from aicfg.preview.request import read_request

    return None if file is None else read_request(*read_input(file))


def _previews(
    files: list[tuple[str, Entities]],
    request: ClientRequest | None,
    route: str | None,
    all_routes: bool,
    targets: tuple[int, ...],
    named: bool,
) -> list[Preview]:
    from aicfg.preview.places import choose, places
    from aicfg.preview.run import preview, preview_all

    if all_routes:
        return preview_all(places(files[0][1]), files[0][1].gateway, request)
    found: list[Preview] = []
    for file, entities in files:
        place = choose(places(entities), route, request.path if request else None)
        for number in targets or (1,):
            sent = request or (found[0].sent._replace(path=None) if found else None)
            found.append(preview(place, number, entities.gateway, sent, file=file if named else ""))
    return found

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import click

from aicfg.cli._entities import entities_of
from aicfg.cli._options import (
    FILE,
    OneOf,
    color_option,
    gateway_options,
    import_yaml,
    offers,
    read_input,
    reuse_options,
    settings_file,
    settings_options,
    wants_color,
    write,
)

if TYPE_CHECKING:
    from aicfg.kong.entities import Entities
    from aicfg.manifest.choice import Given
    from aicfg.preview.answer import AnswerPreview
    from aicfg.preview.paint import Paint
    from aicfg.preview.request import ClientRequest
    from aicfg.preview.run import Preview


_PIPED = 100
"""Columns of what stands side by side where there is no terminal to ask."""


def _formats() -> tuple[str, ...]:
    from aicfg.preview.formats import formats

    return formats()


def _record_help(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from aicfg.preview.record_help import RECORD_HELP

        write(RECORD_HELP)
        context.exit(0)


@click.command("translate", short_help="Show what Kong sends to the provider for a client's request.")
@click.argument("file", metavar="FILE", type=FILE)
@click.option("--request", "request_file", metavar="REQ", type=FILE, help="The client's request. Default: a sample.")
@click.option(
    "--route",
    metavar="NAME",
    shell_complete=offers("routes"),
    help="The route. Default: the only one, or the one that takes REQ's path.",
)
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
@click.option("--response", metavar="RESP", type=FILE, help="A provider's recorded answer: show what the client gets.")
@click.option("--stream", metavar="FILE", type=FILE, help="The same for a stream: .sse, .ndjson, .bin, or .json.")
@click.option("--status", metavar="N", type=click.IntRange(100, 599), help="The status of that answer. Default: 200.")
@click.option("--usage", is_flag=True, help="Print the answer's tokens, and what they cost by the config's prices.")
@click.option(
    "--record-help",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_record_help,
    help="Explain how to record an answer or a stream with curl, and exit.",
)
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
    response: str | None,
    stream: str | None,
    status: int | None,
    usage: bool,
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

    With --response or --stream, show what the client gets when the provider answers so.

    Exit status: 0 Kong sends it, 1 Kong would refuse the request or the config, or fails over the answer, 2 a file or
    option cannot be used.
    """
    import_yaml()
    from aicfg.manifest.choice import Choice
    from aicfg.preview.paint import Paint

    _check_usage((file, request_file, against, response, stream), route, all_routes, targets, against)
    if (as_diff or unified) and format_ != "text":
        raise click.UsageError("--diff and --unified are forms of text: leave --format out")
    _check_answer(response, stream, status, usage, all_routes)
    settings = settings_file(file, config, isolated).settings(gateway_version, edition)
    settings = settings._replace(choice=Choice(environment, variables, every=False))
    files = [entities_of(context, each, settings, color) for each in (file, against) if each is not None]
    request = _request(request_file)
    previews = _previews(files, request, route, all_routes, targets, named=against is not None)
    paint = Paint(wants_color(color))
    width = None if unified else shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPED
    if response is not None or stream is not None:
        found = _answers(previews, request, response, stream, status)
        write(_answer_text(found, format_, paint, width, as_diff or unified or len(found) == 2, usage))
        context.exit(1 if any(each.refusal is not None for each in found) else 0)
    write(
        _request_text(previews, format_, paint, width, as_diff or unified, compare=len(targets) == 2 or bool(against))
    )
    context.exit(1 if any(preview.refusal is not None for preview in previews) else 0)


def _request_text(
    previews: list[Preview], format_: str, paint: Paint, width: int | None, as_diff: bool, compare: bool
) -> str:
    from aicfg.preview import diff
    from aicfg.preview.formats import written

    if format_ != "text":
        return written(previews, format_, paint)
    if compare:
        return diff.requests(previews[0], previews[1], paint, width)
    if as_diff:
        return "\n".join(diff.bodies(preview, paint, width) for preview in previews)
    return written(previews, format_, paint)


def _answers(
    previews: list[Preview],
    request: ClientRequest | None,
    response: str | None,
    stream: str | None,
    status: int | None,
) -> list[AnswerPreview]:
    """What the client gets, at one target or two."""
    from aicfg.preview.answer import answer_preview
    from aicfg.preview.recording import read_recording

    streamed = stream is not None
    recorded = read_recording(*read_input(stream or response or ""), streamed=streamed, status=status)
    body = request.body if request else None
    return [answer_preview(about, recorded, streamed=streamed, request=body) for about in previews]


def _answer_text(
    answers: list[AnswerPreview], format_: str, paint: Paint, width: int | None, as_diff: bool, usage: bool
) -> str:
    from aicfg.preview import answer_forms

    if format_ == "text" and as_diff:
        return answer_forms.diff(answers, paint, width, usage=usage)
    return answer_forms.written(answers, format_, paint, usage=usage)


def _check_usage(
    files: tuple[str | None, ...], route: str | None, all_routes: bool, targets: tuple[int, ...], against: str | None
) -> None:
    if files.count("-") > 1:
        raise click.UsageError("standard input can be read once only")
    if all_routes and (route is not None or targets or against is not None):
        raise click.UsageError("--all-routes goes with neither --route, --target nor --against")
    if len(targets) > 2 or (len(targets) == 2 and against is not None):
        raise click.UsageError("two are compared, no more: give --target twice, or --against")


def _check_answer(response: str | None, stream: str | None, status: int | None, usage: bool, all_routes: bool) -> None:
    if response is not None and stream is not None:
        raise click.UsageError("--response and --stream exclude each other")
    if response is None and stream is None and (usage or status is not None):
        raise click.UsageError("--usage and --status are about an answer: give one with --response or --stream")
    if all_routes and (response is not None or stream is not None):
        raise click.UsageError("an answer is one provider's: name the route with --route, in place of --all-routes")


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

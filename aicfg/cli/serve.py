from __future__ import annotations

import gc
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from aicfg.cli._entities import entities_of
from aicfg.cli._options import FILE, gateway_options, import_yaml, reuse_options, settings_file, settings_options
from aicfg.errors import UsageError

if TYPE_CHECKING:
    from aicfg.manifest.choice import Given


@click.command("serve", short_help="Answer real clients as Kong would, without any gateway or network.")
@click.argument("file", metavar="FILE", type=FILE)
@click.option(
    "--port",
    metavar="PORT",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="The port to answer on; 0 takes a free one.",
)
@click.option("--replies", metavar="DIR", type=click.Path(), help="A folder of recorded provider answers, see above.")
@click.option(
    "--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="The address to answer on: loopback only."
)
@click.option(
    "--allow-host", "hosts", metavar="NAME", multiple=True, help="A name that clients call this machine by. Repeatable."
)
@click.option("--quiet", is_flag=True, help="Do not print a line for each request.")
@reuse_options
@gateway_options
@settings_options
@click.pass_context
def command(
    context: click.Context,
    file: str,
    port: int,
    replies: str | None,
    host: str,
    hosts: tuple[str, ...],
    quiet: bool,
    environment: str | None,
    variables: dict[str, Given],
    gateway_version: str | None,
    edition: str | None,
    config: str | None,
    isolated: bool,
) -> None:
    """Answer real clients on the routes of FILE, as Kong's AI Proxy would: point an unchanged client at it.

    A client gets the translated request as JSON; with --replies, what Kong makes of a recorded provider answer. The
    provider is never called. http://localhost:8000/_aicfg/ shows the routes, and client and upstream side by side.

    \b
    DIR/<route>.json                   the provider's answer, as `aicfg translate --record-help` tells to record it
    DIR/<route>.sse, .ndjson, .bin     its stream, for requests that ask for one; .stream.json for a JSON array
    DIR/<route>.http, .stream.http     the same with status line and headers
    DIR/<route>/<name>.json, …         several, one after the other; the header X-Aicfg-Reply: <name> chooses one

    Of several targets, the first is called; the header X-Aicfg-Target: 2 chooses. DIR/<route>.target-2.json is for
    that one only. Needs the extra `serve`.
    """
    import_yaml()
    _check_installed()
    from aicfg.manifest.choice import Choice
    from aicfg.serve.gateway import Gateway
    from aicfg.serve.replies import Replies
    from aicfg.serve.server import is_loopback, serve

    settings = settings_file(file, config, isolated).settings(gateway_version, edition)
    settings = settings._replace(choice=Choice(environment, variables, every=False))
    name, entities = entities_of(context, file, settings, "auto")
    gateway = Gateway(entities, None if replies is None else Replies(replies))
    if not is_loopback(host):
        click.echo("warning: everyone who reaches this address can call it, and read what others sent", err=True)
    gc.enable()  # the command line switches it off, for commands that end soon
    serve(gateway, name, host, port, hosts=hosts, say=_say, log=_nothing if quiet else _say_on_the_side)


def _check_installed() -> None:
    missing = [name for name in ("starlette", "uvicorn") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"aicfg serve needs {' and '.join(missing)}, which {'are' if len(missing) > 1 else 'is'} not installed",
            hint="install aicfg with its extra: pip install '.[serve]' in its checkout",
        )


def _say(text: str) -> None:
    click.echo(text)


def _say_on_the_side(text: str) -> None:
    click.echo(text, err=True)


def _nothing(text: str) -> None:
    pass

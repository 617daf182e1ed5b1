"""`lint --watch`: round after round, each when a file has changed that the one before looked at.

Files are looked at again and again, by time, size and number: that works on every file system, with editors that write
in place and those that put a new file in the place of the old one, and for files that come and go.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import click

from aicfg.cli._options import show_error
from aicfg.errors import AicfgError

if TYPE_CHECKING:
    from aicfg.cli._checking import Round

PAUSE = 0.3
"""Seconds between two looks; more where a look takes long, so that watching costs a tenth of a core at most."""

_SETTLED = 0.05
"""Seconds in which nothing may change, so that a file is not read while it is being written."""

_NEW = (0,)
"""The state of a file that turned up while a round went on, which nobody has looked at."""

Seen = dict[str, tuple[int, ...] | None]
"""What tells one state of a file from another, by its path; None for one that is not there."""


def watch(context: click.Context, one: Round) -> NoReturn:
    """Go through rounds until Ctrl-C, which ends with the status 130. Raises UsageError for what cannot be repeated."""
    fixing, asked = one.fixing, one.asked
    if "-" in one.wanted.paths:
        raise click.UsageError("--watch looks at files: standard input is none")
    if fixing.fix or fixing.diff or any(value for value in asked._replace(baseline=None)):
        raise click.UsageError("--watch reports, and changes nothing: give it without --fix, --diff and the like")
    gc.enable()  # a process that goes on has to give back what a round took
    with suppress(AicfgError):
        one.look_anew()
    while True:
        before = _look(one)
        click.clear()  # does nothing unless it is a terminal
        _round(context, one)
        read = {os.path.realpath(path) for path in _read(one)}
        now = _look(one)
        click.echo("watching for changes (Ctrl-C ends)", err=True)
        _wait(one, {path: before.get(path, now[path] if path in read else _NEW) for path in now})


def _round(context: click.Context, one: Round) -> None:
    """One round, whatever comes of it: what cannot be used now may be mended in a minute."""
    try:
        one.run(context)
    except click.exceptions.Exit:
        pass
    except click.ClickException as error:
        error.show()
    except AicfgError as error:
        show_error(error)


def _wait(one: Round, seen: Seen) -> None:
    """Return once something is not as it was, and has settled."""
    took = 0.0
    while True:
        time.sleep(max(PAUSE, 9 * took))
        start = time.monotonic()
        now = _look(one)
        took = time.monotonic() - start
        if now != seen:
            break
    while True:
        time.sleep(_SETTLED)
        later = _look(one)
        if later == now:
            return
        now = later


def _look(one: Round) -> Seen:
    """The state of each file that the findings depend on, and of those that would be linted now."""
    ours = {os.path.realpath(report.file) for report in one.show.reports if report.file is not None}
    return {path: _state(path) for path in {*map(os.path.realpath, _files(one))} - ours}


def _files(one: Round) -> Iterator[str]:
    yield from _read(one)
    if one.nearest is None:
        yield from one.wanted.paths
        return
    with suppress(AicfgError):  # settings that cannot be used are looked at themselves
        yield from (found.path for found in one.wanted.discover(one.nearest).files)


def _read(one: Round) -> Iterator[str]:
    """What the last round read, or would have read if it were there."""
    wanted = one.wanted
    yield from (each for each in (wanted.config, one.asked.baseline, *wanted.schemas.values()) if each is not None)
    yield from () if one.nearest is None else one.nearest.looked_at
    for run in one.runs:
        yield from run.sources
        yield from run.sought
        yield from (schema.file for schema in run.settings.schemas.values())


def _state(path: str) -> tuple[int, ...] | None:
    try:
        about = os.stat(path)
    except (OSError, ValueError):
        return None
    return about.st_mtime_ns, about.st_size, about.st_ino

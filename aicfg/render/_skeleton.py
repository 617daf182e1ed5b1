"""The jinja2 skeletons of a target: one per output file, in `templates/<target>/`, or in a folder of the user's.

A template places values and never quotes them: what it prints has to come out of a filter that does (`yaml`, `json`,
`sh`, `hcl`, or one of the target's own). A bare text is an error. Templates run in jinja2's sandbox, and what they
include comes from the template folders, so that they read no files and run no code.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import jinja2
import jinja2.sandbox

from aicfg.errors import AicfgError, UsageError
from aicfg.resources import folder

Filter = Callable[..., str]


class TemplateError(AicfgError):
    """A template of the user's is wrong, or asks for what there is not."""


class Quoted(str):
    """A text that may stand where a template puts it: quoting made it."""

    __slots__ = ()


class Skeletons:
    """The templates of one target, with the filters that it needs. `templates` is a folder of the user's, looked into
    first. What the target has not itself comes from another one that it is `based_on`."""

    def __init__(
        self, target: str, templates: str | None, filters: Mapping[str, Filter], based_on: str | None = None
    ) -> None:
        folders = [place for place in (templates, folder("templates")) if place is not None]
        places = [os.path.join(place, name) for name in (target, based_on) if name for place in folders]
        self._environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader(places),
            undefined=jinja2.StrictUndefined,
            finalize=_only_quoted,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {name: _quoting(filter_) for name, filter_ in filters.items()}

    def fill(self, template: str, **values: Any) -> str:
        """The text of a template. Raises TemplateError with the template's file and line."""
        try:
            return self._environment.get_template(f"{template}.j2").render(values)
        except jinja2.TemplateNotFound as error:
            raise TemplateError(f"there is no template {error.name}", hint="check the folder of --templates") from None
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(str(error.message), file=error.filename, line=error.lineno, column=1) from None
        except (jinja2.TemplateError, _Unquoted, TypeError, ValueError, ArithmeticError, LookupError) as error:
            file, line = _place_of(error)
            raise TemplateError(str(error), file=file, line=line, column=1) from None


class _Unquoted(Exception):
    """A template prints a text that no filter has quoted."""


def _only_quoted(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Quoted):
        raise _Unquoted("a template prints a text as it is: put it through a filter such as yaml, json, sh or hcl")
    if isinstance(value, Mapping | list | tuple) or value is None:
        raise _Unquoted("a template prints a map, a list or nothing: put it through a filter such as yaml or json")
    return value


def _quoting(filter_: Filter) -> Filter:
    def quote(*args: Any, **options: Any) -> Quoted:
        return Quoted(filter_(*args, **options))

    return quote


def _place_of(error: BaseException) -> tuple[str | None, int | None]:
    """The file and line of the template in which an error arose."""
    found: tuple[str | None, int | None] = (None, None)
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.endswith(".j2"):
            found = name, trace.tb_lineno
        trace = trace.tb_next
    return found


def check_folder(templates: str) -> None:
    """Raises UsageError where the user's folder of templates is none."""
    if not os.path.isdir(templates):
        raise UsageError(
            "this is no folder of templates", file=templates, hint="name a folder that holds one per target"
        )

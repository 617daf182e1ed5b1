"""M44x: what the scripts for Kong's Admin API and Konnect's cannot say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aicfg.kong.entities import Route, Service
from aicfg.kong.references import EnvText
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.targets import ForTarget
from aicfg.source import format_path
from aicfg.source.values import inside

if TYPE_CHECKING:
    from aicfg.render._admin import Call

_TARGETS = ("curl", "konnect")


def _calls(going: ForTarget) -> Iterator[Call]:
    from aicfg.render._admin import sections

    for section in sections(going.entities):
        yield from section.calls


@rule("M441", "number-not-in-json", "error")
def number_not_in_json(going: ForTarget) -> Findings:
    """A number that JSON has no word for, in a script that sends JSON.

    YAML knows infinity (`.inf`) and what is no number (`.nan`); no Admin API can be told of them.
    """
    if going.target not in _TARGETS:
        return
    for call in _calls(going):
        for path, value in inside(call.body, call.at):
            if not isinstance(value, float) or math.isfinite(value):
                continue
            message = f"JSON has no infinity and no NaN, which {format_path(path)} would need"
            yield Finding(path, message, "write a number", about=call.about)


@rule("M442", "name-from-variable", "error")
def name_from_variable(going: ForTarget) -> Findings:
    """The name of a consumer or of a group comes from a variable, in a script that finds entities by name.

    Names stand in the URLs of the script, and are known when it is written.
    """
    if going.target not in _TARGETS:
        return
    message, hint = "the script finds a {} by its name, which no variable can hold", "write the name, or render to deck"
    for consumer in going.entities.consumers:
        if isinstance(consumer.username, EnvText):
            yield Finding(("username",), message.format("consumer"), hint, about=consumer)
        for index, group in enumerate(consumer.groups):
            if isinstance(group, EnvText):
                yield Finding(("groups", index), message.format("group"), hint, about=consumer)


@rule("M443", "not-in-admin-script", "error")
def not_in_admin_script(going: ForTarget) -> Findings:
    """Something that the script for an Admin API does not make, or that its gateway does not have.

    Filter chains are entities of their own there. The open-source edition has no consumer groups.
    """
    if going.target not in _TARGETS:
        return
    holders: tuple[Service | Route, ...] = (*going.entities.services, *going.entities.all_routes())
    for holder in holders:
        if holder.fields.get("filter_chains"):
            message = "the script does not make filter chains"
            yield Finding(("filter_chains",), message, "remove them, or render to deck", about=holder)
    if going.target == "curl" and going.entities.gateway.edition == "oss":
        for group in going.entities.consumer_groups:
            message = f'the open-source edition has no consumer groups, and so no "{group.name}"'
            hint = "remove it, or set `gateway.edition: enterprise`"
            yield Finding((), message, hint, at_key=True, about=group)


@rule("M444", "not-in-form", "error")
def not_in_form(going: ForTarget) -> Findings:
    """A value that `--form` cannot send.

    A form has texts under names, and Kong makes the rest of them by its schema. It has no null, no empty text, map or
    list, and no list of maps such as the targets of ai-proxy-advanced; Kong reads 100 fields of one, unless it is set
    up for more (`lua_max_post_args`). Without the option the script sends JSON, which can say all of that.
    """
    if going.target != "curl" or not going.options.get("form"):
        return
    from aicfg.render._form import MOST_FIELDS, pairs

    for call in _calls(going):
        fields = list(pairs(call.body or {}))
        for pair in fields:
            if pair.problem is not None:
                path = (*call.at, *pair.path)
                message = f"a form {pair.problem} ({format_path(path)})"
                yield Finding(path, message, "leave --form out: JSON has this", about=call.about)
        if len(fields) > MOST_FIELDS:
            message = f"a form of {len(fields)} fields: Kong reads the first {MOST_FIELDS}"
            yield Finding(call.at, message, "leave --form out: JSON has no such limit", about=call.about)

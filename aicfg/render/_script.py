"""The skeletons of the targets curl and konnect, filled: the calls, and the requests that test the routes.

In the texts of a body `${NAME}` is an environment variable, which the script's own tool fills in, and `$$` is a `$`. So
the shell sees neither texts nor secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from aicfg.kong.entities import Entities
from aicfg.kong.references import EnvText, EnvVar
from aicfg.render._admin import Section, sections
from aicfg.render._form import pairs
from aicfg.render._skeleton import Filter, Skeletons
from aicfg.render._trial import Trial, trials
from aicfg.render.quoting import json
from aicfg.render.quoting.sh import command
from aicfg.render.quoting.yaml import UNSEEN, comment

NAME = "apply.sh"

_DOLLAR = re.compile(r"\$(?=[${])")
_DOLLAR_BEFORE_MORE = re.compile(r"\$(?=[${]|\Z)")
_RAW = re.compile(r'[^"\s](?:.*\S)?')
"""What a line of a form holds as it is, if all of it can be seen."""


def script(target: str, entities: Entities, templates: str | None, *, form: bool = False) -> dict[str, str]:
    """One file, `apply.sh`. With `form` the bodies are forms; what these cannot say is left to a rule."""
    parts, tests = sections(entities), trials(entities)
    body = form_body if form else json_body
    filters: dict[str, Filter] = {"command": command, "comment": comment, "json": json_body, "body": body}
    skeletons = Skeletons(target, templates, filters, based_on="curl")
    used = {call.words[0] for part in parts for call in part.calls} | {"try" for test in tests if test.request}
    text = skeletons.fill(
        NAME,
        sections=parts,
        tests=tests,
        used=sorted(used),
        variables=_variables(parts, tests),
        form=form,
        tag="FORM" if form else "JSON",
    )
    return {NAME: text}


def json_body(body: Mapping[str, Any]) -> str:
    """A body as JSON, with `${NAME}` for each reference in its texts."""
    return json.block(_templated(body))


def form_body(body: Mapping[str, Any]) -> str:
    """The same as lines of a form, `name=value`; what no form can say is left out."""
    lines = ((pair.name, _template(pair.value)) for pair in pairs(body) if pair.problem is None)
    return "".join(f"{name}={_line(value)}\n" for name, value in lines)


def _line(value: str) -> str:
    """A value behind `name=`: as it is, or as a JSON string where a line could not hold it or could be misread."""
    return value if _RAW.fullmatch(value) and not UNSEEN.search(value) else json.text(value)


def _templated(value: Any) -> Any:
    """A value with its texts as the script's tool reads them."""
    if isinstance(value, str):
        return _template(value)
    if isinstance(value, Mapping):
        return {key: _templated(item) for key, item in value.items()}
    return [_templated(item) for item in value] if isinstance(value, list | tuple) else value


def _template(text: str) -> str:
    """A text with `${NAME}` for each reference. A `$` is doubled only where it could be taken for more."""
    parts = text.parts if isinstance(text, EnvText) else (text,)
    written = []
    for index, part in enumerate(parts, 1):
        if isinstance(part, EnvVar):
            written.append(f"${{{part.name}}}")
        else:
            doubled = _DOLLAR if index == len(parts) else _DOLLAR_BEFORE_MORE
            written.append(doubled.sub("$$", part))
    return "".join(written)


def _variables(parts: Iterable[Section], tests: Iterable[Trial]) -> list[str]:
    """The names of all variables in the bodies, sorted."""
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, EnvText):
            found.update(value.variables)
        elif isinstance(value, Mapping):
            for item in value.values():
                look(item)
        elif isinstance(value, list | tuple):
            for item in value:
                look(item)

    for part in parts:
        for call in part.calls:
            look(call.body)
    for test in tests:
        look(test.request)
    return sorted(found)

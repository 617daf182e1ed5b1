"""P325, P327-P331: values of another shape than Kong's plugins take, and records that are left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aicfg.catalog.formats import route_types
from aicfg.catalog.mistakes import example_of, mistaken_field
from aicfg.kong.references import DeployText
from aicfg.lint.diagnostic import Findings
from aicfg.lint.refused import Refused
from aicfg.lint.registry import rule
from aicfg.source import Path, format_path
from aicfg.source.changes import Listed, Proposal, Unlisted, Unwrap, put
from aicfg.words import both

_TEMPLATES = "ai-prompt-template"


@rule("P325", "needless-level", "error")
def needless_level(refused: Refused) -> Findings:
    """A key around fields that stand without it.

    Options of a model stand in `options` by themselves, not under the name of the provider. Kong does not know the key,
    and refuses the plugin.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          model: {provider: openai, name: gpt-4o, options: {openai: {max_tokens: 512}}}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          model: {provider: openai, name: gpt-4o, options: {max_tokens: 512}}
    """
    for each in refused.of_kind("unknown-field"):
        value, around = refused.value(each.path), refused.field(each.path[:-1])
        is_item = not isinstance(each.path[-1], str) or each.path[-1].isdigit()
        if (
            isinstance(value, Mapping)
            and value
            and not is_item
            and around is not None
            and value.keys() <= around.fields.keys()
        ):
            names = both([f"`{name}`" for name in value])
            message = f"{format_path(each.path)}: Kong knows no such level, and refuses the plugin"
            hint = f"write {names} one level up, in `{_last_name(each.path[:-1])}`"
            fix = Proposal(f"remove the level `{each.path[-1]}`", (Unwrap(each.path),))
            explains = (each.path, *((*each.path[:-1], name) for name in value))
            yield refused.explained(each.path, message, hint, fix=fix, explains=explains)


@rule("P327", "map-for-a-list", "error")
def map_for_a_list(refused: Refused) -> Findings:
    """A map where Kong wants a list of maps.

    Terraform and other gateways have blocks or names there. Kong refuses the plugin.

    Example:
        name: ai-prompt-template
        config:
          templates:
            greet: '{"messages": [{"role": "user", "content": "Say hello to {{name}}"}]}'
    Use instead:
        name: ai-prompt-template
        config:
          templates:
            - name: greet
              template: '{"messages": [{"role": "user", "content": "Say hello to {{name}}"}]}'
    """
    for each in refused.of_kind("wrong-type"):
        field, value = refused.field(each.path), refused.value(each.path)
        if field is None or field.type != "array" or not isinstance(value, Mapping) or not value:
            continue
        if field.elements is None or field.elements.type != "record":
            continue
        fields, name = field.elements.fields, each.path[-1]
        fix: Proposal | None = None
        message = f"{format_path(each.path)} is a list: Kong refuses the plugin with a map here"
        if value.keys() <= fields.keys():
            hint = "put a dash before its first key, so that it is the first item"
            fix = Proposal("make it the first item of a list", (Listed(each.path),))
            yield refused.explained(each.path, message, hint, fix=fix)
            continue
        others = [key for key, one in fields.items() if key != "name" and one.required]
        inner = others[0] if len(others) == 1 else ""
        if "name" in fields:
            about = ", ".join(f"{key}: …" for key in others)
            hint = f"write one item for each: `{name}: [{{name: {_key(value)}, {about}}}]`"
            fits = all(isinstance(one, Mapping) or inner for one in value.values())
            fix = Proposal("make a list of it", (Listed(each.path, "name", inner),)) if fits else None
        else:
            hint = f"write one item for each, without names: `{name}: [{{…}}]`"
        yield refused.explained(each.path, message, hint, fix=fix)


@rule("P328", "partial-as-text", "error")
def partial_as_text(refused: Refused) -> Findings:
    """A partial that is referred to by a text.

    A plugin names its partials in `partials`, beside its config; there are no references to them inside values. Kong
    refuses the text, since it wants a map there.

    Example:
        name: ai-semantic-cache
        config:
          embeddings:
            auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
            model: {provider: openai, name: text-embedding-3-small}
          vectordb: "${partial://team-vectors}"
    Use instead:
        name: ai-semantic-cache
        partials: [{name: team-vectors, path: config.vectordb}]
        config:
          embeddings:
            auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
            model: {provider: openai, name: text-embedding-3-small}
    """
    for each in refused.of_kind("wrong-type", "kong-crash"):
        value = refused.value(each.path)
        if isinstance(value, str) and "partial" in value and "{" in value:
            message = f"{format_path(each.path)}: no text refers to a partial; Kong wants a map here"
            path = format_path(each.path)
            hint = f"remove it, and write `partials: [{{name: …, path: {path}}}]` beside `config`"
            yield refused.explained(each.path, message, hint, at_key=False)


@rule("P329", "missing-part", "error")
def missing_part(refused: Refused) -> Findings:
    """A part of the config that Kong demands, and that is not there at all.

    Kong refuses the plugin, and complains about each field of the part by itself.

    Example:
        name: ai-request-transformer
        config: {prompt: "Translate the request into English"}
    Use instead:
        name: ai-request-transformer
        config:
          prompt: "Translate the request into English"
          llm:
            route_type: llm/v1/chat
            auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
            model: {provider: openai, name: gpt-4o}
    """
    groups: dict[Path, list[Path]] = {}
    for each in refused.of_kind("missing-field"):
        absent = next((n for n in range(2, len(each.path)) if refused.value(each.path[:n]) is None), None)
        if absent is not None and each.path[-1] not in _siblings(refused, each.path[:absent]):
            groups.setdefault(each.path[:absent], []).append(each.path)
    for path, missing in groups.items():
        if _is_misplaced(refused, path):
            continue
        needed = both([f"`{format_path(one[len(path) :])}`" for one in missing])
        message = f"{format_path(path)} is missing: {refused.plugin.name} needs {needed} in it"
        example = example_of(str(path[-1]))
        yield refused.explained(path, message, f"add `{example}`" if example else "add it", explains=tuple(missing))


def _siblings(refused: Refused, path: Path) -> Mapping[str, Any]:
    around = refused.value(path[:-1])
    return around if isinstance(around, Mapping) else {}


def _is_misplaced(refused: Refused, path: Path) -> bool:
    """Whether a part is there, only elsewhere: other rules say so."""
    if any(place[: len(path)] == path for place in refused.supplied):
        return True
    for each in refused.of_kind("unknown-field"):
        record = format_path(each.path[:-1])
        known = mistaken_field(refused.plugin.name, record, str(each.path[-1]))
        if any((*each.path[:-1], *to.split("."))[: len(path)] == path for one in known for to in one.to):
            return True
    return False


@rule("P331", "category-of-route-type", "error")
def category_of_route_type(refused: Refused) -> Findings:
    """A route type that does not belong to the plugin's `genai_category`.

    Without a category, Kong takes text/generation, and refuses a plugin with route types of another one.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/embeddings
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          model: {provider: openai, name: text-embedding-3-small}
    Use instead:
        name: ai-proxy
        config:
          genai_category: text/embeddings
          route_type: llm/v1/embeddings
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          model: {provider: openai, name: text-embedding-3-small}
    """
    for each, mend in zip(refused.violations, refused.mends, strict=True):
        if each.kind != "conditional" or each.path != ("config", "route_type"):
            continue
        asked, said = refused.value(each.path), refused.value(("config", "genai_category"))
        known = route_types().get(asked) if isinstance(asked, str) else None
        if known is None or known.genai_category is None or isinstance(asked, DeployText):
            continue
        wrong = f"and `genai_category` is {said}" if said else "and Kong takes text/generation where none is written"
        message = f"{asked} belongs to the category {known.genai_category}, {wrong}"
        hint = f"write `genai_category: {known.genai_category}`"
        yield refused.explained(each.path, message, hint, fix=mend, at_key=False)


def _key(value: Mapping[str, Any]) -> str:
    key = next(iter(value))
    return key if len(key) <= 40 and key.isprintable() else "…"


def _last_name(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "config")


def as_json(value: Any) -> str:
    """A map as the text that a template is."""
    import json

    return json.dumps(value, ensure_ascii=False)


@rule("P332", "template-as-map", "error")
def template_as_map(refused: Refused) -> Findings:
    """A prompt template that is a map, where Kong wants a text.

    The text holds JSON, with `{{variables}}` in it. Kong refuses the plugin.

    Example:
        name: ai-prompt-template
        config:
          templates:
            - name: greet
              template: {messages: [{role: user, content: "Say hello to {{name}}"}]}
    Use instead:
        name: ai-prompt-template
        config:
          templates:
            - name: greet
              template: '{"messages": [{"role": "user", "content": "Say hello to {{name}}"}]}'
    """
    if refused.plugin.name != _TEMPLATES:
        return
    for each in refused.of_kind("wrong-type"):
        value = refused.value(each.path)
        if each.path[-1] == "template" and isinstance(value, dict | list):
            message = f"{format_path(each.path)} is a text of JSON: Kong refuses the plugin with a map here"
            body = value if isinstance(value, dict) else {"messages": value}
            hint = 'put it in quotes, as JSON: template: \'{"messages": [{"role": "user", "content": "…"}]}\''
            fix = Proposal("write it as a text of JSON", (put(each.path, as_json(body)),))
            yield refused.explained(each.path, message, hint, fix=fix, at_key=False)


@rule("P333", "messages-not-listed", "error")
def messages_not_listed(refused: Refused) -> Findings:
    """Messages of ai-prompt-decorator that are no list of `role` and `content`.

    Kong refuses the plugin. `prompts` has two lists: what stands in `prepend` comes before the client's messages, what
    stands in `append` after them.

    Example:
        name: ai-prompt-decorator
        config: {prompts: {prepend: Answer in one sentence}}
    Use instead:
        name: ai-prompt-decorator
        config: {prompts: {prepend: [{role: system, content: Answer in one sentence}]}}
    """
    if refused.plugin.name != "ai-prompt-decorator":
        return
    prompts = refused.value(("config", "prompts"))
    shape = "`prompts: {prepend: [{role: system, content: …}]}`"
    if isinstance(prompts, list | str) and prompts and not isinstance(prompts, DeployText):
        made = _messages(prompts)
        fix = (
            Proposal("put it into `prepend`", (put(("config", "prompts"), {"prepend": made}),), False) if made else None
        )
        explains = tuple(each.path for each in refused.violations if each.path[:2] == ("config", "prompts"))
        message = "config.prompts is a map of `prepend` and `append`: Kong refuses the plugin with anything else here"
        yield refused.explained(("config", "prompts"), message, f"write {shape}", fix=fix, explains=explains)
    for name in ("prepend", "append") if isinstance(prompts, Mapping) else ():
        path: Path = ("config", "prompts", name)
        value = refused.value(path)
        first = value[0] if isinstance(value, list) and value else value
        bad = [each.path for each in refused.violations if each.path[:3] == path and each.kind == "wrong-type"]
        if not bad or isinstance(first, DeployText) or isinstance(value, Mapping):  # of which P327 says enough
            continue
        made = _messages(value)
        fix = Proposal("make messages of it", (put(path, made),), False) if made else None
        message = f"{format_path(path)} is a list of messages: Kong refuses the plugin with anything else here"
        yield refused.explained(path, message, f"write {shape}", fix=fix, explains=tuple(bad))


@rule("P334", "list-for-a-map", "error")
def list_for_a_map(refused: Refused) -> Findings:
    """A list where Kong wants a map of fields.

    A plugin has one `model`, one `auth` and one `embeddings`: a dash before their fields makes a list of them, which
    Kong refuses.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          model:
            - provider: openai
              name: gpt-4o
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          model:
            provider: openai
            name: gpt-4o
    """
    for path in dict.fromkeys(each.path[:-1] for each in refused.of_kind("unknown-field")):
        value, field = refused.value(path), refused.field(path)
        if not isinstance(value, list) or not value or field is None or field.type != "record" or len(path) < 2:
            continue
        if refused.plugin.name == "ai-prompt-decorator":  # P333 knows better
            continue
        message = f"{format_path(path)} is a map of fields: Kong refuses the plugin with a list here"
        hint = "write its fields without a dash" if len(value) == 1 else "write one of them, without a dash"
        fits = len(value) == 1 and isinstance(value[0], Mapping)
        fix = Proposal("remove the dash", (Unlisted(path),)) if fits else None
        explains = tuple(each.path for each in refused.violations if each.path[: len(path)] == path)
        yield refused.explained(path, message, hint, fix=fix, explains=explains)


def _messages(value: Any) -> list[Any] | None:
    """A list of messages out of texts or a single message."""
    items = value if isinstance(value, list) else [value]
    made = [{"role": "system", "content": item} if isinstance(item, str) else item for item in items]
    fits = all(isinstance(item, Mapping) and item.keys() <= {"role", "content"} for item in made)
    return made if fits and not any(isinstance(item, DeployText) for item in items) else None

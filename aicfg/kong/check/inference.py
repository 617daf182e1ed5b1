"""Checks the rules that aicfg infers (`schemas/plugins/shared/inferred.yaml`): Kong has them, but not their code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins.inferred import Inferred, inferred_rules
from aicfg.kong.check.reading import is_set
from aicfg.kong.check.rules import Trigger, compile_rules
from aicfg.kong.check.violation import Violation, dotted
from aicfg.kong.check.walk import Walk
from aicfg.tuples import NamedTuple
from aicfg.words import either

if TYPE_CHECKING:
    from aicfg.catalog.plugins import PluginSchema
    from aicfg.kong.check.violation import Path

Found = tuple["Path", str]
"""Where a rule is broken, and what is wrong there."""

_CONFIG: Path = ("config",)
_DEFAULT_CATEGORY = "text/generation"


def inferred_violations(schema: PluginSchema, config: object) -> Iterator[Violation]:
    """The violations of inferred rules in a plugin's config, in the order of the rules."""
    if not isinstance(config, dict) or not _may_be_broken(schema, config):
        return
    whole, llms = [(config, _CONFIG)], list(_llms(config))
    for rule, triggers in _rules(schema):
        if rule.rule:
            found: Iterable[Found] = _CODE[rule.rule](rule, config)
        else:
            found = _by_check(schema, triggers, whole if rule.record is schema.config else llms)
        for path, message in found:
            said, why = rule.message or message, f"inferred: {rule.evidence}"
            yield Violation("inferred", path, said, f"{rule.hint} ({why})" if rule.hint else why)


class _Subjects(NamedTuple):
    """What the rules of a plugin look at first, to tell quickly that they have nothing to say about a config: any, the
    triggers of those written like Kong's own, by what they run on, and the route types of those in code about LLMs."""

    any_config: bool
    configs: tuple[Trigger, ...]
    llms: tuple[Trigger, ...]
    route_types: frozenset[str]


@cache
def _subjects(schema: PluginSchema) -> _Subjects:
    rules = inferred_rules(schema)
    in_code = [rule for rule in rules if rule.check is None]
    return _Subjects(
        any(not rule.about_llms for rule in in_code),
        _triggers([rule for rule in rules if rule.record is schema.config]),
        _triggers([rule for rule in rules if rule.record is not schema.config]),
        frozenset(route_type for rule in in_code if rule.about_llms for route_type in rule.route_types),
    )


def _triggers(rules: Sequence[Inferred]) -> tuple[Trigger, ...]:
    """What runs the rules, of one record, that are written like Kong's own."""
    checks = tuple(rule.check for rule in rules if rule.check is not None)
    return compile_rules(rules[0].record._replace(checks=checks))[1] if checks else ()


def _may_be_broken(schema: PluginSchema, config: dict[str, Any]) -> bool:
    any_config, configs, of_llms, route_types = _subjects(schema)
    if any_config:
        return True
    for trigger in configs:
        if trigger.concerns(config):
            return True
    for llm, _ in _llms(config):
        route_type = llm.get("route_type")
        if isinstance(route_type, str) and route_type in route_types:
            return True
        for trigger in of_llms:
            if trigger.concerns(llm):
                return True
    return False


def _by_check(
    schema: PluginSchema, triggers: tuple[Trigger, ...], records: list[tuple[dict[str, Any], Path]]
) -> Iterator[Found]:
    """Runs a rule that is written like one of Kong's own on the records that it concerns."""
    for record, path in records:
        for trigger in triggers:
            if trigger.concerns(record):
                walk = Walk(schema)
                trigger.run(walk, record, path)
                yield from ((found.path, found.message) for found in walk.found.values())


@cache
def _rules(schema: PluginSchema) -> tuple[tuple[Inferred, tuple[Trigger, ...]], ...]:
    """The inferred rules of a plugin, with what runs those that are written like Kong's own."""
    return tuple((rule, _triggers([rule])) for rule in inferred_rules(schema))


def _llms(config: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Path]]:
    """The records of a config that name a model, with their paths."""
    if "targets" in config:
        yield from _targets(config)
    elif isinstance(config.get("llm"), dict):
        yield config["llm"], (*_CONFIG, "llm")
    else:
        yield config, _CONFIG


def _targets(config: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Path]]:
    targets = config.get("targets")
    for index, target in enumerate(targets if isinstance(targets, list) else ()):
        if isinstance(target, dict):
            yield target, (*_CONFIG, "targets", index)


def _descriptions(rule: Inferred, config: dict[str, Any]) -> Iterator[Found]:
    """Semantic balancing compares a prompt with each target's description."""
    if _get(config, "balancer", "algorithm") != "semantic":
        return
    for target, path in _targets(config):
        if not is_set(target.get("description")):
            place = (*path, "description")
            yield place, f"{dotted(place)} must be set where config.balancer.algorithm is semantic"


def _native_format(rule: Inferred, config: dict[str, Any]) -> Iterator[Found]:
    """A provider's own format goes to that provider only. Anthropic's is bound to nothing."""
    wanted = config.get("llm_format")
    if wanted not in ("bedrock", "gemini", "cohere", "huggingface"):
        return
    for target, path in _targets(config):
        provider = _get(target, "model", "provider")
        if isinstance(provider, str) and provider != wanted:
            place = (*path, "model", "provider")
            yield place, f"{dotted(place)} must be {wanted} where config.llm_format is {wanted}"


def _category(rule: Inferred, config: dict[str, Any]) -> Iterator[Found]:
    """Every target's route type belongs to the category."""
    category = config.get("genai_category", _DEFAULT_CATEGORY)
    wanted = rule.route_types.get(category, ()) if isinstance(category, str) else ()
    for target, path in _targets(config) if wanted else ():
        route_type = target.get("route_type")
        if isinstance(route_type, str) and route_type not in wanted:
            place = (*path, "route_type")
            yield place, f"{dotted(place)} must be {either(wanted)} where config.genai_category is {category}"


def _model_name_header(rule: Inferred, config: dict[str, Any]) -> Iterator[Found]:
    """Some operations name no model that a header could tell."""
    place = (*_CONFIG, "model_name_header")
    used = [target.get("route_type") for target, _ in _targets(config) if target.get("route_type") in rule.route_types]
    if used and config.get("model_name_header", True) is True:
        yield place, f"{dotted(place)} must be false where a target's route type is {used[0]}"


def _one_format(rule: Inferred, config: dict[str, Any]) -> Iterator[Found]:
    """All targets speak one wire format."""
    formats = {_format(target): path for target, path in reversed(list(_targets(config)))}
    for path in sorted(formats.values())[1:]:
        yield (*path, "model", "provider"), f"{dotted(path)} speaks another format than the first target"


def _format(target: dict[str, Any]) -> str:
    provider = str(_get(target, "model", "provider"))
    written = _get(target, "model", "options", f"{provider}_format")
    return written if isinstance(written, str) else "openai" if provider == "azure" else provider


def _video_bucket(rule: Inferred, config: dict[str, Any]) -> Iterator[Found]:
    """Bedrock leaves generated videos in a bucket."""
    for llm, path in _llms(config):
        if llm.get("route_type") not in rule.route_types or _get(llm, "model", "provider") != "bedrock":
            continue
        if not is_set(_get(llm, "model", "options", "bedrock", "video_output_s3_uri")):
            place = (*path, "model", "options", "bedrock", "video_output_s3_uri")
            yield place, f"{dotted(place)} must be set for videos by bedrock"


def _get(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


_CODE: Mapping[str, Callable[[Inferred, dict[str, Any]], Iterator[Found]]] = MappingProxyType(
    {
        "descriptions": _descriptions,
        "native-format": _native_format,
        "category": _category,
        "model-name-header": _model_name_header,
        "one-format": _one_format,
        "video-bucket": _video_bucket,
    }
)

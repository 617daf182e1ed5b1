"""P321, P322: what ai-proxy has and ai-proxy-advanced has not, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aicfg.catalog.plugins import plugin_schema
from aicfg.kong.check import check
from aicfg.kong.detect import is_kubernetes
from aicfg.lint.diagnostic import Findings
from aicfg.lint.refused import Refused
from aicfg.lint.registry import rule
from aicfg.source.changes import Change, Proposal, Remove, insert, put
from aicfg.words import both

if TYPE_CHECKING:
    from aicfg.source import Path

_ONE, _SEVERAL = "ai-proxy", "ai-proxy-advanced"


@rule("P321", "field-of-one-model", "error")
def field_of_one_model(refused: Refused) -> Findings:
    """A field of a target in the config of ai-proxy-advanced, as ai-proxy has it.

    ai-proxy-advanced chooses among targets: each has its own `route_type`, `auth`, `model` and `logging`. Kong does not
    know them beside `targets`, and refuses the plugin.

    Example:
        name: ai-proxy-advanced
        config:
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          targets:
            - {route_type: llm/v1/chat, model: {provider: openai, name: gpt-4o}}
            - {route_type: llm/v1/chat, model: {provider: openai, name: gpt-4o-mini}}
    Use instead:
        name: ai-proxy-advanced
        config:
          targets:
            - route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
            - route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o-mini}
    """
    if refused.plugin.name != _SEVERAL:
        return
    targets = refused.field(("config", "targets"))
    element = targets.elements if targets else None
    keys = [key for key in _unknown(refused) if element is not None and key in element.fields]
    if not keys:
        return
    explains: tuple[Path, ...] = tuple(("config", key) for key in keys)
    names, each = both([f"`{key}`" for key in keys]), "it" if len(keys) == 1 else "them"
    message = f"{_SEVERAL} has {names} in each target, not beside `targets`: Kong refuses the plugin"
    listed = refused.value(("config", "targets"))
    if isinstance(listed, list) and listed:
        hint = f"write {each} into each item of `targets`"
        missing = [("config", "targets", n, key) for n in range(len(listed)) for key in keys]
        yield refused.explained(
            ("config", keys[0]), message, hint, fix=_copies(refused, keys), explains=(*explains, *missing)
        )
        return
    hint = f"make one target of {each}, `targets: [{{…}}]`, or write `name: {_ONE}`, which has a single model"
    title = f"write {_ONE}, which has a single model"
    fix = Proposal(title, (put(_name(refused), _ONE),), safe=False) if _takes(refused, _ONE) else None
    yield refused.explained(("config", keys[0]), message, hint, explains=(*explains, ("config", "targets")))._replace(
        fix=fix
    )


def _copies(refused: Refused, keys: list[str]) -> Proposal | None:
    """The fields in each target, where none has them."""
    targets = refused.value(("config", "targets"))
    if not all(isinstance(target, Mapping) and not target.keys() & set(keys) for target in targets):
        return None
    changes: list[Change] = []
    for key in keys:
        value = refused.value(("config", key))
        changes += [insert(("config", "targets", number, key), value) for number in range(len(targets))]
        changes.append(Remove(("config", key)))
    return Proposal(f"write {both([f'`{key}`' for key in keys])} into each target", tuple(changes), safe=False)


@rule("P322", "field-of-several-models", "error")
def field_of_several_models(refused: Refused) -> Findings:
    """`targets` or `balancer` in the config of ai-proxy.

    ai-proxy has a single model, and Kong refuses the plugin. Several are targets of ai-proxy-advanced, a plugin of Kong
    Enterprise.

    Example:
        name: ai-proxy
        config:
          targets:
            - route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
    Use instead:
        name: ai-proxy-advanced
        config:
          targets:
            - route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
    """
    if refused.plugin.name != _ONE:
        return
    other = plugin_schema(_SEVERAL, refused.schema.gateway)
    fields = other.config.fields if other.available else {"targets": None, "balancer": None}
    keys = [key for key in _unknown(refused) if key in fields]
    if not keys:
        return
    names = both([f"`{key}`" for key in keys])
    message = f"{_ONE} has a single model, and Kong refuses {names} here"
    hint = f"write `name: {_SEVERAL}`, which chooses among targets (Kong Enterprise), or keep one model"
    title = f"write {_SEVERAL}, a plugin of Kong Enterprise"
    fix = Proposal(title, (put(_name(refused), _SEVERAL),), safe=False) if _takes(refused, _SEVERAL) else None
    explains: list[Path] = [("config", key) for key in keys]
    if "targets" in keys:  # which hold what is missing
        explains += [("config", "model"), ("config", "auth"), *(each.path for each in refused.of_kind("missing-field"))]
    yield refused.explained(("config", keys[0]), message, hint, explains=tuple(explains))._replace(fix=fix)


def _unknown(refused: Refused) -> list[str]:
    """The fields of the config itself that the plugin does not have."""
    return [str(each.path[1]) for each in refused.of_kind("unknown-field") if len(each.path) == 2]


def _takes(refused: Refused, name: str) -> bool:
    """Whether another plugin takes the config as it stands."""
    schema = plugin_schema(name, refused.schema.gateway)
    written_by_user = not refused.plugin.hostings and not refused.plugin.shorthand
    return written_by_user and schema.available and not list(check(schema, refused.plugin.config))


def _name(refused: Refused) -> Path:
    """The path of the plugin's name."""
    return ("plugin",) if is_kubernetes(refused.origin.place.document.data) else ("name",)

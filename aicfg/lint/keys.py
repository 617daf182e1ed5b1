"""How a key has to be written in a header, and whether it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aicfg.kong.llm import embedder, llms
from aicfg.kong.references import DeployText, holds_vault_reference
from aicfg.lint.blanks import SCHEME, is_blank
from aicfg.lint.config_texts import TEMPLATE, VARIABLE
from aicfg.patterns import later

if TYPE_CHECKING:
    from aicfg.catalog.providers import Header
    from aicfg.catalog.versions import Gateway
    from aicfg.kong.entities import Plugin
    from aicfg.kong.llm import Llm
    from aicfg.source import Path

_BLANK = later(r"<[^<>]+>")


def header_in_use(llm: Llm) -> Header | None:
    """The header that an auth record sets, of those that the provider's own service reads."""
    name, hosting = llm.auth.get("header_name"), llm.hosting
    if hosting is None or hosting.self_hosted or not isinstance(name, str):
        return None
    return next((each for each in hosting.auth.headers if each.name.lower() == name.lower()), None)


def lacks_prefix(header: Header, value: Any) -> bool:
    """Whether a value is the key itself, or `<a blank for it>`, without the prefix that belongs before it.

    What a variable or a vault holds may begin with the prefix, and other blanks are told of as such.
    """
    if not header.prefix or not isinstance(value, str) or isinstance(value, DeployText) or SCHEME.match(value):
        return False
    if _BLANK.fullmatch(value.strip()):
        return True
    if not value.strip() or "vault:" in value.lower() or holds_vault_reference(value):
        return False
    return not (is_blank(value) or VARIABLE.search(value) or TEMPLATE.search(value))


def wanted_header(plugin: Plugin, gateway: Gateway, path: Path) -> Header | None:
    """The header that a `header_value` at a path is for; None where the provider reads no such header, or may."""
    if path[-1:] != ("header_value",):
        return None
    records = [*llms(plugin, gateway), *(each for each in [embedder(plugin, gateway)] if each)]
    return next((header_in_use(llm) for llm in records if llm.at("auth") == path[:-1]), None)

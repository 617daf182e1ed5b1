"""Texts in a plugin's config that are not what they seem: what nothing resolves, what is to be filled in, secrets.

All of them are looked at once, and each is of one kind, so that one mistake is one finding whatever rule tells of it.

What Kong and decK resolve: `{vault://…}` as the whole value of a field that takes it (FORMATS of the gateway; PDK,
kong/pdk/vault.lua), decK `${{ env "DECK_…" }}` in the text of its files, Kong's AI drivers `$(headers.…)` and the like
under `config.model` alone (the 3.10 tree, read and run: auth is never templated).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from aicfg.catalog.plugins import plugin_names
from aicfg.kong.hosts import belongs_to_provider
from aicfg.kong.references import DeployText, EnvText, holds_vault_reference, is_vault_reference
from aicfg.lint.blanks import blank_in, is_blank, is_blank_password, is_dummy, variable_in_blank, without_scheme
from aicfg.lint.readers import reads_by
from aicfg.lint.secrets import may_hold_secret, names_secret
from aicfg.patterns import later
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field, PluginSchema
    from aicfg.catalog.versions import Gateway
    from aicfg.kong.entities import Plugin
    from aicfg.source import Origin, Path

Kind = Literal["variable", "template", "broken-vault", "partial-vault", "unread-vault", "blank", "dummy", "secret"]
"""variable: `${NAME}` and its like; template: `$(…)` where no template runs; the three of vault references: malformed,
only a part of the value, in a field that takes none; blank: a place to fill in; dummy: a word for no key; secret: one
in plain text."""


class OddText(NamedTuple):
    """A text of one kind at `path`. `part` is the piece that is odd; `names` are the variables that it names."""

    kind: Kind
    path: Path
    text: str
    part: str = ""
    names: tuple[str, ...] = ()
    field: Field | None = None
    secret: bool = False


class ConfigTexts(NamedTuple):
    """The odd texts in the config of a plugin."""

    plugin: Plugin
    gateway: Gateway
    odd: tuple[OddText, ...]

    @property
    def origin(self) -> Origin:
        return self.plugin.origin

    def of_kind(self, *kinds: Kind) -> Iterator[OddText]:
        return (each for each in self.odd if each.kind in kinds)


VARIABLE = later(
    r"\$\{\{[^{}\n]{0,200}\}\}|\$\{(?!partial:)[^{}\n]{0,100}\}|\$[A-Z][A-Z0-9_]{2,}(?![A-Za-z0-9_])"
    r"|(?<!\$)\{\{[^{}\n]{1,100}\}\}"
)
_NAME = later(r"[A-Za-z_][A-Za-z0-9_]*(?=[^A-Za-z0-9_]*(?::?[-=?+].*)?$)")
_OF_DECK = later(r"""\$\{\{-?\s*env\s+["'`]DECK_\w+["'`]\s*(?:\|[^{}]*)?-?\}\}""")
TEMPLATE = later(r"\$\([^()\n]{0,100}\)")
_VAULT = later(r"vault:", re.IGNORECASE)
_FREE = frozenset(
    {"content", "template", "templates", "prompt", "description", "inject_template", "stop", "text", "message"}
    | {"allow_patterns", "deny_patterns", "allow_prompts", "deny_prompts", "allow_responses", "deny_responses"}
    | {"functions", "access"}
)
"""Keys of texts for people and models, in which anything may be meant."""
_NAMES_OWN = frozenset(("ai-custom-guardrail", "ai-mcp-proxy"))
"""Plugins that have templates of their own."""
_PLACES = later(r"(?:url|uri|endpoint|host|region|_id|instance|version|^name)$")
_CONTAINERS = frozenset(("options", "redis", "pgvector", "auth", "gemini", "bedrock", "azure"))
_HOLDS = later(r"(?:password|secret|secret_key|secret_access_key|api_key)$")
"""Secrets of plugins whose fields aicfg does not know."""
_OPEN = later(r"(?:arn|name|url|host|region|user|(?<!key)_id)$")
"""What Kong encrypts, and is no secret all the same."""
_LONG = 2_000


def config_texts(plugin: Plugin, gateway: Gateway, schema: PluginSchema | None) -> ConfigTexts | None:
    """The odd texts of a plugin, whose schema is None where aicfg does not know it; None where it has none."""
    if not isinstance(plugin.config, dict):
        return None
    field = schema.config if schema is not None else None
    texts: list[tuple[Path, str, Field | None]] = []
    _gather(texts, plugin.config, field, ("config",), field is not None)
    odd = [found for path, text, its in texts if (found := _classified(plugin, text, its, path)) is not None]
    return ConfigTexts(plugin, gateway, tuple(odd)) if odd else None


def _gather(
    texts: list[tuple[Path, str, Field | None]], value: Any, field: Field | None, path: Path, known: bool
) -> None:
    """Adds each text in a map or a list that may be odd, with its path and what Kong's schema says of it."""
    items: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(item, _LOOKED_INTO):
            inner = field and (field.elements or field.fields.get(key) or field.values)
            if not isinstance(item, str):
                _gather(texts, item, inner, (*path, key), known)
            elif _may_be_odd(str(key), item, inner, known):
                texts.append(((*path, key), item, inner))


_LOOKED_INTO = (str, dict, list)
_SIGNS = ("$", "<", "{", "your", "insert", "replace", "change", "vault:")
"""What stands in every odd text that is no secret, whatever the case."""


def _may_be_odd(key: str, text: str, field: Field | None, known: bool) -> bool:
    """The cheap question: most texts are no secrets and have no sign of anything."""
    if field is None:
        return _has_sign(text) or _is_secret(key, field, known)
    if field.referenceable and text.startswith("{vault://") and text.endswith("}") and text.count("/") > 2:
        return "$" in text or text.count("{") > 1
    return _has_sign(text) or ((field.encrypted or field.referenceable) and _is_secret(key, field, known))


@lru_cache(maxsize=4096)
def _has_sign(text: str) -> bool:
    text = text.lower()
    return any(sign in text for sign in _SIGNS)


def _classified(plugin: Plugin, text: str, field: Field | None, path: Path) -> OddText | None:
    known = plugin.name in plugin_names()
    secret = _is_secret(str(path[-1]), field, known)
    if not known and not (secret or "redis" in path):
        return None
    if len(text) > _LONG or _FREE.intersection(path):
        return None
    made = OddText("secret", path, text, "", (), field, secret)
    if isinstance(text, DeployText):
        return _of_deploy(plugin, made)
    if _VAULT.search(text):
        return _of_vault(made, known)
    bare = without_scheme(text)
    if (variables := VARIABLE.findall(bare)) and _is_one_word(bare):
        return made._replace(kind="variable", part=variables[0], names=tuple(map(variable_name, variables)))
    template = TEMPLATE.search(bare)
    if template and _untemplated(plugin, path, secret):
        return made._replace(kind="template", part=template.group(), names=(variable_name(template.group()),))
    if template or not secret:
        blank = blank_in(text) if known and not template and _may_be_blank(path) else None
        return made._replace(kind="blank", part=blank) if blank else None
    return _of_secret(made, bare) if may_hold_secret(text) else None


def _of_secret(made: OddText, bare: str) -> OddText | None:
    """Whether the text of a secret is a dummy, a blank or in fact a secret."""
    if is_dummy(bare) and "auth" in made.path:
        is_setting = made.path[-1] == "param_value" and bare.lower() in ("true", "false")
        return None if is_setting else made._replace(kind="dummy", part=bare)
    if is_blank_password(bare) if "passw" in str(made.path[-1]) else is_blank(bare):
        name = variable_in_blank(bare)
        return made._replace(kind="blank", part=bare, names=(name,) if name else ())
    return made


@lru_cache(maxsize=1024)
def _is_secret(key: str, field: Field | None, known: bool) -> bool:
    if field is not None:
        return (field.encrypted and not _OPEN.search(key)) or (field.referenceable and names_secret(key))
    return names_secret(key) if known else bool(_HOLDS.search(key))


def _may_be_blank(path: Path) -> bool:
    return bool(_CONTAINERS.intersection(path) or _PLACES.search(str(path[-1])))


def _is_one_word(text: str) -> bool:
    """Whether nothing but the variables has a space in it: this is no text for people."""
    return not re.search(r"\s", VARIABLE.sub("", text).strip())


def _untemplated(plugin: Plugin, path: Path, secret: bool) -> bool:
    return plugin.name not in _NAMES_OWN and (secret or bool({"auth", "redis", "pgvector"}.intersection(path)))


def variable_name(written: str) -> str:
    """The variable that is meant: OPENAI_API_KEY for `${OPENAI_API_KEY}`, `$(env.OPENAI_API_KEY)`, `{{ env "…" }}`."""
    match = _NAME.search(written.split(":-")[0].split("|")[0])
    return match.group() if match else ""


def _of_deploy(plugin: Plugin, made: OddText) -> OddText | None:
    """What is wrong with a text that a tool is to fill in: only decK knows such variables, and only its own."""
    text = made.text
    if isinstance(text, EnvText) or "${{" not in text:
        return made._replace(kind="partial-vault") if _is_partial(text) else None
    wanted = [each for each in VARIABLE.findall(text) if each.startswith("${{") and not _OF_DECK.fullmatch(each)]
    if reads_by(plugin.origin.place.document) in ("kubernetes", "dbless"):
        wanted = [each for each in VARIABLE.findall(text) if each.startswith("${{")]
    if wanted:
        return made._replace(kind="variable", part=wanted[0], names=tuple(map(variable_name, wanted)))
    return made._replace(kind="partial-vault") if _is_partial(text) else None


def _is_partial(text: str) -> bool:
    return holds_vault_reference(text) and not is_vault_reference(text)


_RIGHT = later(r"\{vault://([^{}\s]*)\}")
_MEANT = later(r"vault:/{0,3}([^{}()\s\"']+)", re.IGNORECASE)


def _of_vault(made: OddText, known: bool) -> OddText | None:
    text = made.text
    right = _RIGHT.fullmatch(text)
    if right:
        parts = [part for part in right[1].partition("?")[0].split("/") if part]
        if len(parts) < 2:
            return made._replace(kind="broken-vault", part=text)
        takes = made.field is None or made.field.referenceable
        return None if takes or not known else made._replace(kind="unread-vault", part=text)
    meant = _MEANT.search(text)
    if meant is None:
        return None
    proper = "{vault://" + meant[1].strip("/") + "}"
    if holds_vault_reference(text) and not re.search(r"\$\{vault://|\{\{vault://", text):
        return made._replace(kind="partial-vault", part=proper)
    if not (made.secret or "{" in text or made.text.lower().startswith("vault:")):
        return None
    return made._replace(kind="broken-vault", part=proper)


def calls_own_server(plugin: Plugin, path: Path) -> bool:
    """Whether the auth record around a path is for a server of one's own: an upstream_url leads there."""
    if "auth" not in path:
        return False
    record: Any = {"config": plugin.config}
    for part in path[: path.index("auth")]:
        record = record[part]
    model = record.get("model") if isinstance(record, Mapping) else None
    options = model.get("options") if isinstance(model, Mapping) else None
    url = options.get("upstream_url") if isinstance(options, Mapping) else None
    return isinstance(url, str) and not belongs_to_provider(url)

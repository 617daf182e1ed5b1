"""References to secrets: `${env:NAME}` in a manifest, `{vault://…}` anywhere that Kong resolves one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aicfg.patterns import later
from aicfg.source import Path
from aicfg.source.values import inside
from aicfg.tuples import NamedTuple

_PIECE = later(r"\$\$\{|\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_SUSPECT = later(
    r"(?<!\$)\$\{(?!env:[A-Za-z_][A-Za-z0-9_]*\})"
    r"(?:\{[\w \"'`|.()-]{0,100}\}{0,2}| ?[\w.:/-]{0,100} ?\}?)"  # short: it is shown, and a secret may follow
)
_VAULT = later(r"\{vault://[^{}]*\}")


VAULT_BACKENDS = ("env", "hcv", "aws", "gcp", "azure", "konnect")
"""Kong's own vaults, which references can name without a vault entity."""


class EnvVar(NamedTuple):
    """A reference to an environment variable, to be written in the idiom of each target."""

    name: str


class DeployText(str):
    """A text whose final value is known at deploy time only."""


class Placeholder(DeployText):
    """A placeholder that some tool replaces in the text of the file, such as decK's `${{ env "DECK_N" | toInt }}`.

    What comes out may be a text, a number, a boolean, and even a list or a map.
    """


class EnvText(DeployText):
    """A text with references to environment variables in it.

    As a string it is what the manifest says; `parts` holds its literal pieces and its references in order.
    """

    parts: tuple[str | EnvVar, ...]

    def __new__(cls, text: str, parts: tuple[str | EnvVar, ...]) -> EnvText:
        self = super().__new__(cls, text)
        self.parts = parts
        return self

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(part.name for part in self.parts if isinstance(part, EnvVar))


def read_references(text: str) -> str:
    """The text with its references recognised: an EnvText where it has any, else a plain string.

    `$${` is a literal `${`. Anything else behind `${` stays as it is.
    """
    if "${" not in text or isinstance(text, DeployText):
        return text
    parts: list[str | EnvVar] = []
    literal, at = "", 0
    for match in _PIECE.finditer(text):
        literal += text[at : match.start()]
        at = match.end()
        if match.group(1) is None:
            literal += "${"
            continue
        if literal:
            parts.append(literal)
        parts.append(EnvVar(match.group(1)))
        literal = ""
    literal += text[at:]
    if not parts:
        return literal
    return EnvText(text, (*parts, literal) if literal else tuple(parts))


def with_references(value: Any) -> Any:
    """A copy of a config value in which every string has its references recognised."""
    if isinstance(value, str):
        return read_references(value)
    if isinstance(value, dict):
        return {key: with_references(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_references(item) for item in value]
    return value


def prefixed(prefix: str, text: str) -> str:
    """`prefix` before a text that may hold references."""
    if not isinstance(text, EnvText):
        return prefix + text
    first, *others = text.parts
    if not prefix:
        return text
    return EnvText(prefix + text, (prefix + first, *others) if isinstance(first, str) else (prefix, *text.parts))


def with_texts(value: Any, write: Callable[[EnvText], str]) -> Any:
    """A copy of a value in which every text that holds references is what `write` makes of it."""
    if isinstance(value, EnvText):
        return write(value)
    if isinstance(value, Mapping):
        return {key: with_texts(item, write) for key, item in value.items()}
    return [with_texts(item, write) for item in value] if isinstance(value, list | tuple) else value


def env_texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, EnvText]]:
    """The texts in a value that hold references, each with its path, which begins with `path`."""
    return ((place, text) for place, text in inside(value, path) if isinstance(text, EnvText))


def variables_in(value: Any) -> tuple[str, ...]:
    """The names of the environment variables that a value refers to, each once, in the order in which they come."""
    return tuple(dict.fromkeys(name for _, text in env_texts(value) for name in text.variables))


def suspects(text: str) -> Iterator[str]:
    """What looks like a reference in a manifest's text and is none, such as `${OPENAI_KEY}`."""
    for match in _SUSPECT.finditer(text):
        yield match.group()


def is_vault_reference(value: object) -> bool:
    """Whether Kong resolves the value as a vault reference: only the whole of a value is one.

    Source: kong/pdk/vault.lua, is_reference (3.6 to 3.10).
    """
    return isinstance(value, str) and value.startswith("{vault://") and value.endswith("}")


def vault_prefix(value: str) -> str | None:
    """The vault that a vault reference names; None where the text is no such reference."""
    if not is_vault_reference(value):
        return None
    return value.removeprefix("{vault://").partition("/")[0].rstrip("}")


def holds_vault_reference(value: object) -> bool:
    """Whether a vault reference stands somewhere in the value, whole or not."""
    return isinstance(value, str) and _VAULT.search(value) is not None


def vault_references(value: str) -> list[str]:
    """The vault references in a value, whole or not."""
    return _VAULT.findall(value)


def is_reference(value: object) -> bool:
    """Whether the value comes from elsewhere, so that no secret stands in the file."""
    return isinstance(value, DeployText) or is_vault_reference(value)

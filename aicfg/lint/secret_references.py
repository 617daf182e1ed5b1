"""What to write instead of a secret in plain text: a reference in the idiom of the file that it stands in.

A proposal never holds the secret, not even a part of it: only a scheme such as `Bearer ` stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from aicfg.kong.entities import Plugin
from aicfg.kong.references import is_vault_reference
from aicfg.lint.blanks import SCHEME
from aicfg.lint.config_texts import TEMPLATE, VARIABLE, OddText, variable_name
from aicfg.lint.readers import reads_by
from aicfg.lint.secrets import names_secret
from aicfg.patterns import later
from aicfg.source import Document, Path
from aicfg.source.changes import Proposal, put, value_at
from aicfg.source.document import texts_in
from aicfg.tuples import NamedTuple

_SCHEME = re.compile(r"(?:Bearer|Basic) +")
_KEYS = ("api_key", "header_value", "param_value")


class Advice(NamedTuple):
    """What to write in place of a text, and which variable to set to what; `text` is None where no text will do.

    `otherwise` is what to do where another program reads the file.
    """

    text: str | None
    told: str
    otherwise: str = ""

    @property
    def hint(self) -> str:
        told = f"write {self.text} and {self.told}" if self.text else self.told
        return f"{told}; {self.otherwise}" if self.otherwise else told

    @property
    def title(self) -> str:
        return f"write {self.text}, and {self.told}"


def advice(odd: OddText, document: Document, prefix: str | None = None) -> Advice:
    """What to write in a file instead of variables that nothing resolves there, or instead of a blank that names one.

    `prefix` is the scheme that the provider wants before the key, where the text has none.
    """
    scheme = SCHEME.match(odd.text)
    before = scheme.group() if scheme else prefix or ""
    name, reader = odd.names[0], reads_by(document)
    if not name:
        return Advice(None, "write the value itself")
    if reader == "manifest":
        return Advice(_filled(odd, before, "${env:NAME}"), f"set {_bare_name(name)}")
    vault = _in_vault(odd, before)
    if reader in ("deck", "either"):
        otherwise = f"in a DB-less file, {vault.hint}" if reader == "either" and vault else ""
        told = f"set {_deck_name(name)} where decK runs"
        return Advice(_filled(odd, before, '${{ env "DECK_NAME" }}'), told, otherwise)
    if reader == "kubernetes":
        whole = f', which holds the whole value, "{before}" included' if before else ""
        secret = f"take it from a Secret by configPatches{whole}"
        return vault._replace(otherwise=f"or {secret}") if vault else Advice(None, secret)
    return vault or Advice(None, "write the value itself: only decK fills in variables, and a vault only whole secrets")


def _in_vault(odd: OddText, prefix: str) -> Advice | None:
    bare = odd.text[len(prefix) :] if odd.text.startswith(prefix) else odd.text
    if (odd.field is not None and not odd.field.referenceable) or bare.strip() != odd.part:
        return None
    name = _bare_name(odd.names[0])
    whole = f' to the whole value, "{prefix}" included' if prefix else ""
    return Advice(vault_reference(name), f"set {name} in the gateway's environment{whole}")


def _filled(odd: OddText, prefix: str, idiom: str) -> str:
    def named(name: str) -> str:
        return idiom.replace("DECK_NAME", _deck_name(name)).replace("NAME", _bare_name(name))

    if odd.kind == "blank":
        return prefix + named(odd.names[0])
    text = odd.text if odd.text.startswith(prefix) else prefix + odd.text
    for pattern in (VARIABLE, TEMPLATE):
        text = pattern.sub(lambda match: named(variable_name(match.group())), text)
    return text


def vault_reference(variable: str) -> str:
    """A reference to a variable of the gateway's own environment."""
    return "{vault://env/" + variable.lower().replace("_", "-") + "}"


def _deck_name(name: str) -> str:
    return name if name.startswith("DECK_") else f"DECK_{name.upper()}"


def _bare_name(name: str) -> str:
    return name.removeprefix("DECK_").upper()


def referring(plugin: Plugin, path: Path) -> Proposal | None:
    """A reference in place of a secret in a plugin's config. It says which variable to set."""
    document, place = plugin.origin.find(path)
    document, place = document.stands_at(place)
    try:
        value = value_at(document.data, place)
    except (LookupError, TypeError):
        return None
    if not isinstance(value, str) or type(document) is not Document:
        return None
    name = _names(document).get(place)
    if name is None:
        return None
    scheme = _SCHEME.match(value)  # an `api_key` has its prefix from elsewhere
    prefix = scheme.group() if scheme else ""
    idiom = _idiom(document)
    if idiom == "vault":
        told = f', to the whole value, "{prefix}" included' if prefix else ""
        reference = vault_reference(name)
    elif idiom == "deck":
        name, told = f"DECK_{name}", ""
        reference = f'{prefix}${{{{ env "{name}" }}}}'
    else:
        told, reference = "", f"{prefix}${{env:{name}}}"
    return Proposal(f"write {reference} instead, and set {name}{told}", (put(path, reference),), safe=False)


def _idiom(document: Document) -> str:
    """How a file refers to secrets: as an aicfg manifest, as a decK file, or by a vault. A file that has vault
    references and no placeholder may be either decK's or Kong's own."""
    reader = reads_by(document)
    if reader == "either":
        return "vault" if "{vault://" in document.source.text else "deck"
    return reader if reader in ("manifest", "deck") else "vault"


_WORD = later(r"[A-Za-z0-9_-]+")


@lru_cache(maxsize=1)
def _names(document: Document) -> Mapping[Path, str]:
    """A variable for each secret of a document: equal secrets share one, and none is taken that the text names."""
    names, taken = dict[Path, str](), dict[str, tuple[str, str]]()
    words = frozenset(_WORD.findall(document.source.text))
    for path, value in texts_in(document.data, ()):
        if is_vault_reference(value) or "${" in value or not path or not names_secret(path[-1]):
            continue
        base = _name(document.data, path)
        number, name = 1, base
        while (name in taken and taken[name] != (base, value)) or (name not in taken and _mentions(words, name)):
            number += 1
            name = f"{base}_{number}"
        taken[name] = base, value
        names[path] = name
    return names


def _mentions(words: frozenset[str], name: str) -> bool:
    """Whether a text of these words refers to a variable already, in any idiom: its value may be another one."""
    forms = name, name.lower().replace("_", "-")
    return not words.isdisjoint((*forms, *(f"DECK_{form}" for form in forms)))


def _name(data: Any, path: Path) -> str:
    """What a variable for a secret is called, after the provider that it is for."""
    key = str(path[-1])
    what = "API_KEY" if key in _KEYS else key.upper()
    if len(path) > 1 and path[-2] in ("redis", "pgvector"):
        what = f"{path[-2]}_{what}"
    return re.sub(r"[^A-Z0-9_]+", "_", f"{_provider(data, path)}_{what}".upper()).lstrip("_0123456789") or "API_KEY"


def _provider(data: Any, path: Path) -> str:
    """The provider of the record, or of the entry of a manifest, that a value stands in."""
    for length in range(len(path) - 1, 0, -1):
        record = value_at(data, path[:length])
        model = record.get("model") if isinstance(record, dict) else None
        if isinstance(model, dict) and isinstance(model.get("provider"), str):
            return str(model["provider"])
        if length == 2 and path[0] == "providers" and isinstance(record, dict) and isinstance(record.get("type"), str):
            return str(record["type"])
    return ""

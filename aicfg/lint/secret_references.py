"""What to write instead of a secret in plain text: a reference in the idiom of the file that it stands in.

A proposal never holds the secret, not even a part of it: only a scheme such as `Bearer ` stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from aicfg.kong.detect import form_of
from aicfg.kong.llm import Llm
from aicfg.kong.references import is_vault_reference
from aicfg.lint.secrets import names_secret
from aicfg.source import Document, Path
from aicfg.source.changes import Proposal, put, value_at
from aicfg.source.document import texts_in

_SCHEME = re.compile(r"(?:Bearer|Basic) +")
_KEYS = ("api_key", "header_value", "param_value")


def referring(llm: Llm, field: str) -> Proposal | None:
    """A reference in place of what a field of an auth record holds. It says which variable to set."""
    path = llm.at("auth", field)
    document, place = llm.origin.find(path)
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
        reference = "{vault://env/" + name.lower().replace("_", "-") + "}"
    elif idiom == "deck":
        name, told = f"DECK_{name}", ""
        reference = f'{prefix}${{{{ env "{name}" }}}}'
    else:
        told, reference = "", f"{prefix}${{env:{name}}}"
    return Proposal(f"write {reference} instead, and set {name}{told}", (put(path, reference),), safe=False)


def _idiom(document: Document) -> str:
    """How a file refers to secrets: as an aicfg manifest, as a decK file, or by a vault.

    decK and DB-less files look the same, but only decK resolves placeholders; a file that has vault references and no
    placeholder may be either. JSON cannot hold the quotes of a placeholder.
    """
    form, text = form_of(document.data), document.source.text
    if form == "manifest":
        return "manifest"
    is_deck = "${{" in text or "{vault://" not in text
    if form == "kubernetes" or not is_deck or "_transform" in document.data or text.lstrip()[:1] in ("{", "["):
        return "vault"
    return "deck"


@lru_cache(maxsize=1)
def _names(document: Document) -> Mapping[Path, str]:
    """A variable for each secret of a document: equal secrets share one, and none is taken that the text names."""
    text, names, taken = document.source.text, dict[Path, str](), dict[str, tuple[str, str]]()
    for path, value in texts_in(document.data, ()):
        if is_vault_reference(value) or "${" in value or not path or not names_secret(path[-1]):
            continue
        base = _name(document.data, path)
        number, name = 1, base
        while (name in taken and taken[name] != (base, value)) or (name not in taken and _mentions(text, name)):
            number += 1
            name = f"{base}_{number}"
        taken[name] = base, value
        names[path] = name
    return names


def _mentions(text: str, name: str) -> bool:
    """Whether a text refers to a variable already, in any idiom: its value may be another one."""
    return any(re.search(rf"(?<![A-Za-z0-9_-])(?:DECK_)?{form}(?![A-Za-z0-9_-])", text) for form in _forms(name))


def _forms(name: str) -> tuple[str, str]:
    return name, name.lower().replace("_", "-")


def _name(data: Any, path: Path) -> str:
    """What a variable for a secret is called, after the provider that it is for."""
    key = str(path[-1])
    what = "API_KEY" if key in _KEYS else key.upper()
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

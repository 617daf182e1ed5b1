"""Completion: the keys and values that may be written at an offset of a text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from aicfg.lsp.cursor import Slot, slot_at
from aicfg.lsp.offers import Offer, keys_at, values_at
from aicfg.lsp.silencers import code_at
from aicfg.lsp.view import ALONE, Context, View, view_at
from aicfg.source.scalars import resolve
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.source import Path

Kind = Literal["key", "value", "name", "code"]
_REFERENCE = re.compile(r"\{vault://[a-z0-9-]*|\$\{[a-z]*:?[A-Za-z0-9_]*")
_PLAIN = re.compile(r"[A-Za-z0-9_./~][^:#\[\]{},\"'\s]*")
_OWN_VAULT = "env"
_START = (
    Offer("version", "aicfg manifest", "The version of the manifest language."),
    Offer("_format_version", "Kong file", "The format of a declarative file: decK's or DB-less."),
)


class Completion(NamedTuple):
    """Something to write in place of what stands from `start` to `end`. `rank` orders them."""

    label: str
    text: str
    start: int
    end: int
    kind: Kind
    detail: str = ""
    about: str = ""
    deprecated: bool = False
    rank: int = 0


def completions(text: str, offset: int, context: Context = ALONE) -> list[Completion]:
    """What may be written at an offset of a text, the most likely first."""
    view = view_at(text, offset, context)
    if view.form == "other":
        return []
    code = code_at(text, offset)
    if code is not None:
        return [Completion(name, name, code.start, code.end, "code", about) for name, about in _codes()]
    slot = slot_at(view.outline, offset)
    if slot is None:
        return []
    found = list(_references(view, slot, offset))
    if found:
        return found
    keys = list(_keys(view, slot)) if slot.key else []
    values = list(_values(view, slot)) if slot.value and not (slot.key and keys) else []
    return [*keys, *values]


def _codes() -> Iterator[tuple[str, str]]:
    from aicfg.lint.registry import rules

    return ((rule.code, rule.name) for rule in rules())


def _keys(view: View, slot: Slot) -> Iterator[Completion]:
    offers = list(keys_at(view, slot.path))
    if view.outline.data is None or (slot.path == () and isinstance(view.outline.data, str)):
        offers = [*_START, *(offer for offer in offers if offer.label != "version")]
    for index, offer in enumerate(offers):
        if offer.label in slot.present:
            continue
        rank = (0 if offer.required else 1000 if not offer.deprecated else 2000) + index
        text = _key_text(offer, slot)
        yield Completion(
            offer.label, text, slot.start, slot.end, "key", offer.detail, offer.about, offer.deprecated, rank
        )


def _key_text(offer: Offer, slot: Slot) -> str:
    key = f'"{offer.label}"' if slot.quoted else offer.label
    if slot.colon:
        return key
    if offer.label == "version" and slot.path == ():
        return f"{key}: 1"
    if offer.label == "_format_version":
        return f'{key}: "3.0"'
    opens = offer.holds in ("object", "array") and not slot.quoted
    return f"{key}:" if opens else f"{key}: "


def _values(view: View, slot: Slot) -> Iterator[Completion]:
    for index, offer in enumerate(values_at(view, slot.path)):
        text = (" " if slot.tight else "") + _value_text(offer.label, slot, is_text=_is_text(view, slot.path))
        label = offer.label.strip('"')
        yield Completion(
            label, text, slot.start, slot.end, "value", offer.detail, offer.about, offer.deprecated, 1000 + index
        )


def _is_text(view: View, path: Path) -> bool:
    """Whether what looks like a number or a boolean has to be text here: a name is."""
    from aicfg.lsp.references import section_for

    return section_for(view, path) is not None


def _value_text(value: str, slot: Slot, *, is_text: bool) -> str:
    """A value as it is written at a slot: in quotes where that needs them."""
    if value.startswith('"'):
        return value
    is_constant = value in ("true", "false") and not is_text
    if slot.quoted:
        return value if is_constant and not slot.text.startswith('"') else json.dumps(value, ensure_ascii=False)
    if slot.text.startswith("'") and "'" not in value:
        return f"'{value}'"
    if is_constant or (_PLAIN.fullmatch(value) and isinstance(resolve(value), str)):
        return value
    return json.dumps(value, ensure_ascii=False)


def _references(view: View, slot: Slot, offset: int) -> Iterator[Completion]:
    """Vaults and variables, where the beginning of a reference to one is written."""
    if not slot.value or not slot.start <= offset <= slot.end:
        return
    for match in _REFERENCE.finditer(view.outline.text, slot.start, offset):
        if match.end() != offset:
            continue
        if match.group().startswith("{"):
            for name in dict.fromkeys((*_vaults(view), _OWN_VAULT)):
                yield Completion(f"{{vault://{name}/", f"{{vault://{name}/", match.start(), offset, "name", "vault")
        elif view.form == "manifest":
            end = offset + (view.outline.text[offset : offset + 1] == "}")
            yield Completion("${env:", "${env:", match.start(), offset, "name", "a variable of the environment")
            for name in view.names("variables"):
                yield Completion(f"${{var:{name}}}", f"${{var:{name}}}", match.start(), end, "name", "variable")


def _vaults(view: View) -> list[str]:
    if view.form == "manifest":
        return view.names("vaults")
    found = view.outline.value_at(("vaults",))
    listed = found if isinstance(found, list) else []
    return [item["prefix"] for item in listed if isinstance(item, dict) and isinstance(item.get("prefix"), str)]

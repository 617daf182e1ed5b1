"""The shape of a manifest: does each value have the form that the JSON Schema gives its key?

One walk over value and table side by side (`shape_tables`), which finds everything at once and is fast enough for
tens of thousands of routes. What a value means (does that provider exist? does Kong take that number?) is not asked
here.
"""

import json
import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Literal, TypeAlias

from aicfg.manifest.shape_tables import Node, manifest_node
from aicfg.patterns import later
from aicfg.source import Path, format_path
from aicfg.source.changes import Proposal
from aicfg.source.scalars import AMBIGUOUS_BOOLEANS, resolve
from aicfg.tuples import NamedTuple
from aicfg.words import both, either, nearest, shown

Kind: TypeAlias = Literal[
    "unknown-key",
    "wrong-type",
    "missing-key",
    "value-not-allowed",
    "malformed-value",
    "ambiguous-boolean",
    "ambiguous-text",
]
SourceText: TypeAlias = Callable[[Path], str | None]

_AMBIGUOUS = {
    "".join(letters): meant
    for word, meant in AMBIGUOUS_BOOLEANS.items()
    for letters in product(*((letter, letter.upper()) for letter in word))
}
"""`yes`, `no`, `on` and the like in every mix of cases, with what their writer most likely meant."""

_LONGEST_EXAMPLE = 90
_FEW = 6

_SECRET = later("key|auth|passw|secret|token|credential", re.IGNORECASE)
"""Keys under which a value is never shown."""

_NOUNS = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}
_FOUND: dict[type, str] = {dict: "a map", list: "a list", str: "text", bool: "a boolean", int: "a number"}


def is_plugin(node: Node, path: Path) -> bool:
    """Whether a map is an item of a list of plugins."""
    return path[-2:-1] == ("plugins",) and "config" in node.about["properties"]


class Problem(NamedTuple):
    """One departure from the schema.

    `path` leads to the value that is wrong, to the key itself where `at_key` says so (an unknown key, a name of the
    wrong form), or to the map in which a key is missing. `message` says what is wrong, `hint` what to write instead.
    """

    kind: Kind
    path: Path
    message: str
    hint: str | None = None
    at_key: bool = False
    fix: Proposal | None = None


def shape_problems(value: object, text_of: SourceText | None = None) -> Iterator[Problem]:
    """Where a manifest departs from its schema, in the order of the document.

    `value` is the document as `normalise` returns it. `text_of` gives the source text of a value, quotes included;
    without it, nobody is told to quote a `yes` that stands where a text is wanted.
    """
    return problems_at(manifest_node(), value, text_of)


def problems_at(node: Node, value: object, text_of: SourceText | None = None) -> Iterator[Problem]:
    """Where a value departs from one part of a schema. Paths begin at the value."""
    walk = _Walk(text_of)
    walk.visit(node, value, ())
    return iter(walk.found)


def normalise(value: Any, source_text: SourceText) -> Any:
    """The document with each number and boolean that stands where only a text can stand as its source text.

    So `version: 3.10` is "3.10" and `model: 4` is "4". `source_text` gives the text of the value at a path, or None
    where it is written elsewhere. The input stays as it is; parts in which nothing changes are shared with it.
    """
    return _as_written(manifest_node(), value, (), source_text)


class _Walk:
    """One walk over a document: collects what it finds."""

    def __init__(self, text_of: SourceText | None) -> None:
        self.text_of = text_of
        self.found: list[Problem] = []
        self._advice: dict[tuple[int, str], str | None] = {}

    def step(self, node: Node, value: Any, path: Path, key: str | int) -> None:
        """Visit a value inside another, unless a glance says that all is well: most of them end here."""
        kind, kinds = value.__class__, node.kinds
        if kind in kinds.settled or (kind is str and kinds.free_text and value not in _AMBIGUOUS):
            return
        self.visit(node, value, (*path, key))

    def visit(self, node: Node, value: Any, path: Path) -> None:
        """Check one value against the node of its place, then what is in it."""
        kind = value.__class__
        if kind is str and self._ambiguous(node, value, path):
            return
        if not _is_sound(node, value):
            self.found.append(_fault(node, value, path))
        elif kind is dict:
            self._visit_map(node, value, path)
        elif kind is list and node.items is not None:
            for index, item in enumerate(value):
                self.step(node.items, item, path, index)

    def _visit_map(self, node: Node, value: dict[str, Any], path: Path) -> None:
        about = node.about
        for key in about.get("required", ()):
            if key not in value:
                hint = _example(node.properties[key], key, "add")
                self._add("missing-key", path, f"the key `{key}` is missing", hint)
        if node.names is not None:
            self._visit_names(node.names, value, path)
        if "properties" not in about:
            if node.rest is not None:
                for key, item in value.items():
                    self.step(node.rest, item, path, key)
            return
        known, step = node.properties, self.step
        for key, item in value.items():
            try:
                child = known[key]
            except KeyError:
                if node.closed:
                    self._unknown_key(node, value, key, path)
            else:
                step(child, item, path, key)

    def _visit_names(self, node: Node, value: dict[str, Any], path: Path) -> None:
        for name in value:
            if not _is_well_formed(node, name):
                message = f"{_value(name, path)} cannot be a name in `{format_path(path)}`"
                self._add("malformed-value", (*path, name), message, node.about.get("$comment"), at_key=True)

    def _unknown_key(self, node: Node, value: dict[str, Any], key: str, path: Path) -> None:
        where = f" in `{format_path(path)}`" if path else ""
        if key == "name" and len(path) == 2:
            hint: str | None = f"the name is {_code(str(path[1]))}, the key of the entry"
        elif is_plugin(node, path):
            hint = f"fields of a plugin belong under its `config`: config.{key}"
        else:
            if (id(node), key) not in self._advice:
                self._advice[id(node), key] = _own_word(path, key) or _where_it_belongs(node, key)
            hint = self._advice[id(node), key]
        from aicfg.manifest.mending import for_unknown_key  # only what is wrong needs it

        fix = for_unknown_key(node, value, key, path)
        self._add("unknown-key", (*path, key), f"unknown key {_code(key)}{where}", hint, at_key=True, fix=fix)

    def _ambiguous(self, node: Node, value: str, path: Path) -> bool:
        """Whether the text is a `yes` or `no` that was not clearly meant as a text; if so, it is reported."""
        meant, kinds = _AMBIGUOUS.get(value), node.kinds
        if meant is None or not (kinds.wants_boolean or kinds.wants_text):
            return False
        from aicfg.proposals import quoted, switch

        wanted = "true" if meant else "false"
        if kinds.wants_boolean and not kinds.takes_text:
            message = f"{_subject(path)} must be true or false, and `{value}` is read as text"
            self._add("ambiguous-boolean", path, message, f"write {wanted}", fix=switch(path, meant))
        elif self.text_of is not None and self.text_of(path) == value:
            message = f"{_subject(path)} is `{value}` without quotes, which some readers of YAML take for {wanted}"
            hint = f'quote it: "{value}"' + (f", or write {wanted}" if kinds.wants_boolean else "")
            self._add("ambiguous-text", path, message, hint, fix=quoted(path, value))
        else:
            return False
        return True

    def _add(
        self,
        kind: Kind,
        path: Path,
        message: str,
        hint: str | None,
        at_key: bool = False,
        fix: Proposal | None = None,
    ) -> None:
        self.found.append(Problem(kind, path, message, hint, at_key, fix))


def _is_sound(node: Node, value: Any) -> bool:
    """Whether nothing is wrong with a value itself, whatever stands in it."""
    return _is_of_type(node, value) and _is_listed(node, value) and _is_well_formed(node, value)


def _fault(node: Node, value: Any, path: Path) -> Problem:
    """What is wrong with a value that is not sound."""
    from aicfg.manifest.mending import for_choice, for_wrong_type

    subject, key = _subject(path), path[-1] if path else None
    is_text = isinstance(value, str)
    if not _is_of_type(node, value) or (is_text and not node.kinds.takes_text):
        message, hint = _wrong_type(node, value, subject), _example(node, key)
        if key == "model" and isinstance(value, dict) and "provider" in value:  # as in Kong's own files
            provider, name = _word(value["provider"], "NAME"), _word(value.get("name"), "gpt-4o")
            hint = f"write `provider: {provider}`, which is an entry of `providers`, and beside it `model: {name}`"
        return Problem("wrong-type", path, message, hint, fix=for_wrong_type(node, value, path))
    if not _is_listed(node, value):
        message, fix = f"{subject} cannot be {_value(value, path)}", for_choice(node, value, path)
        return Problem("value-not-allowed", path, message, _choices(node, value, key), fix=fix)
    if isinstance(value, list):
        message = f"{subject} is an empty list"
    else:
        wanted = f"cannot be {_value(value, path)}" if is_text else f"must be at least {node.about['minimum']}"
        message = f"{subject} {wanted}"
    return Problem("malformed-value", path, message, node.about.get("$comment") or _example(node, key))


def _word(value: object, otherwise: str) -> str:
    """A value that a hint may repeat as it stands, else another word."""
    return value if isinstance(value, str) and re.fullmatch(r"[\w./:-]{1,60}", value) else otherwise


def _is_of_type(node: Node, value: object) -> bool:
    kinds = node.kinds
    if kinds.whole and isinstance(value, float) and not value.is_integer():
        return False
    return kinds.classes is None or value.__class__ in kinds.classes


def _is_listed(node: Node, value: Any) -> bool:
    """Whether the value is among those that the schema lists, if it lists any. True is not 1."""
    about = node.about
    if "const" in about:
        return bool(value == about["const"]) and isinstance(value, bool) is isinstance(about["const"], bool)
    return "enum" not in about or value in about["enum"]


def _is_well_formed(node: Node, value: Any) -> bool:
    about, kind = node.about, value.__class__
    if kind is str:
        return len(value) >= about.get("minLength", 0) and re.search(about.get("pattern", ""), value) is not None
    if kind is list:
        return bool(len(value) >= about.get("minItems", 0))
    return kind not in (int, float) or "minimum" not in about or bool(value >= about["minimum"])


def own_words(path: Path, key: str) -> list[str]:
    """What a shorthand calls the field of its plugin that goes by this name in Kong."""
    from aicfg.catalog.shorthands import shorthands
    from aicfg.manifest.model import SHORTHANDS

    keys = shorthands()[str(path[-1])].keys if path and path[-1] in SHORTHANDS else {}
    return [own for own, rule in keys.items() if key in [to.split(".")[-1] for _, to in rule.to.steps]]


def _own_word(path: Path, key: str) -> str | None:
    own = [f"`{own}`" for own in own_words(path, key)]
    if not own:
        return None
    return f"Kong's `{key}` is {'made of ' if len(own) > 1 else ''}{both(own)} here"


def _where_it_belongs(node: Node, key: str) -> str | None:
    """What to do about a key that a map does not have: where it does exist, or what it may be a slip for."""
    known, top = node.about["properties"], manifest_node()
    families = ((f"{name}.<name>", top.properties[name].rest) for name in ("providers", "routes"))
    within = ((name, node.properties[name].items or node.properties[name]) for name in known)
    places = [
        f"`{name}`"
        for name, other in (*families, *within)
        if other is not None and key in other.about.get("properties", ())
    ]
    if 0 < len(places) <= _FEW:
        return f"it belongs under {either(places)}"
    match = nearest(key, known)
    if match is not None:
        return f"did you mean `{match}`?"
    if key in top.about["properties"]:
        return "it belongs at the top level"
    return f"use {either(f'`{name}`' for name in known)}" if len(known) <= _FEW else None


def _choices(node: Node, value: object, key: str | int | None) -> str | None:
    """What to write instead of a value that is not among those that the schema lists."""
    if "const" in node.about:
        return _example(node, key, "write")
    choices = [choice for choice in node.about["enum"] if choice is not None]
    match = nearest(value, choices) if isinstance(value, str) else None
    if match is not None:
        return f"did you mean `{match}`?"
    return f"use {either(choices)}" if len(choices) <= _FEW else None


def _wrong_type(node: Node, value: object, subject: str) -> str:
    wanted = [_NOUNS[name] for name in _type_names(node) if name != "null"]
    if value is None:
        return f"{subject} is empty, and must be {either(wanted)}"
    found = "a fraction" if node.kinds.whole and isinstance(value, float) else _FOUND.get(value.__class__, "a number")
    return f"{subject} must be {either(wanted)}, not {found}"


def _type_names(node: Node) -> list[str]:
    names = node.about["type"]
    names = [names] if isinstance(names, str) else names
    return [name for name in names if name != "string" or node.kinds.takes_text]


def _subject(path: Path) -> str:
    if not path:
        return "the manifest"
    if isinstance(path[-1], int):
        return f"entry {path[-1] + 1} of {_subject(path[:-1])}"
    return _code(path[-1])


def _example(node: Node, key: str | int | None, verb: str = "for example") -> str | None:
    """A hint that shows how the key is written, where the schema has a short example."""
    for example in node.about.get("examples", ()):
        written = _yaml(example) if key is None or isinstance(key, int) else f"{key}: {_yaml(example)}"
        if len(written) <= _LONGEST_EXAMPLE:
            return f"{verb} `{written}`"
    return None


def _yaml(value: object) -> str:
    """A value in one line of YAML."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_yaml(key)}: {_yaml(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z/~]([\w./:$~-]*[\w/])?", value) and resolve(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _value(value: object, path: Path) -> str:
    """A value as a message may show it."""
    secret = any(isinstance(part, str) and _SECRET.search(part) for part in path)
    return "this value" if secret else shown(value)


def _code(key: str) -> str:
    """A key as a message shows it: one line, shortened."""
    return f"`{shown(key)[1:-1] if key.isprintable() else shown(key)}`"


def _as_written(node: Node, value: Any, path: Path, source_text: SourceText) -> Any:
    kind = value.__class__
    if kind is dict:
        changed: dict[str, Any] | None = None
        known = node.about.get("properties", ())
        for key, item in value.items():
            if item.__class__ is str or item is None:
                continue
            child = node.properties[key] if key in known else node.rest
            new = item if child is None else _as_written(child, item, (*path, key), source_text)
            if new is not item:
                changed = dict(value) if changed is None else changed
                changed[key] = new
        return value if changed is None else changed
    if kind is list:
        if node.items is None:
            return value
        entries = [_as_written(node.items, item, (*path, index), source_text) for index, item in enumerate(value)]
        return entries if any(new is not old for new, old in zip(entries, value, strict=True)) else value
    if isinstance(value, str) or value is None or not node.kinds.wants_text:
        return value
    text = source_text(path)
    return json.dumps(value, default=str).strip('"') if text is None else text

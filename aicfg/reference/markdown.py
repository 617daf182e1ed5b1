"""The reference as Markdown that can be read in a terminal as well."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Any

from aicfg.reference.examples import ROUTE, compiled, example_manifest, placed
from aicfg.reference.lookup import find, same_keys
from aicfg.reference.parts import TOP, Key, Part, parts
from aicfg.render.quoting.yaml import block, flow
from aicfg.words import both

_WIDTH = 110
_LONGEST_SPAN = 90
_MANY = 8


def whole() -> str:
    """The whole reference: what a manifest is, a list of its parts, and each of them."""
    top = parts()[TOP]
    others = [part for part in parts().values() if part is not top]
    lines = ["# The manifest", "", *_filled(top.about), "", *_yaml(top.examples[0]), ""]
    lines += [*_filled("`aicfg docs KEY` prints one part or key, `aicfg schema` all of it as JSON Schema."), ""]
    lines += [line for part in others for line in _filled(f"* [{part.name}](#{part.name}): {_first(part.about)}")]
    lines += ["", "## Top level", "", *_keys(top, top.keys, linked=True)]
    for part in others:
        lines += ["", *_part(part, 2, linked=True)]
    return _text(lines)


def about(subject: str) -> str:
    """The part or the key that a subject means. Raises UsageError where there is none."""
    part, key = find(subject)
    if key is not None:
        return _text(_key_alone(part, key))
    if part.name == TOP:
        return _text(["# The manifest", "", *_filled(part.about), "", *_keys(part, part.keys)])
    return _text(_part(part, 1))


def _text(lines: list[str]) -> str:
    """Lines as a text, with one empty line where there are several."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip("\n") + "\n"


def _part(part: Part, level: int, linked: bool = False) -> list[str]:
    lines = [f"{'#' * level} {part.name}", "", *_filled(" ".join((*_titled(part), part.about, *_sentences(part))))]
    lines += ["", *_filled(f"It stands in {both(map(_code, part.places))}.")]
    if part.name in _compiling():
        lines += [line for example in part.examples for line in ("", *_compiled(part, example))]
    else:
        maps = [example for example in part.examples if not isinstance(example, str)]  # a text only names an entry
        lines += [line for example in maps for line in ("", *_yaml(placed(part.key, example)))]
    return [*lines, "", *_keys(part, part.keys, linked)]


def _first(text: str) -> str:
    """The first sentence of a text."""
    return re.split(r"(?<=\.) ", text)[0]


def _titled(part: Part) -> list[str]:
    """The title of a part, where it is more than its name."""
    return [] if part.title.lower() == part.name.replace("_", " ") else [f"{part.title}."]


def _sentences(part: Part) -> list[str]:
    return [f"{note[0].upper()}{note[1:]}." for note in part.notes]


def _compiling() -> frozenset[str]:
    """The parts whose examples are shown with the plugin that they compile to."""
    from aicfg.manifest.model import SHORTHANDS

    return frozenset((*SHORTHANDS, "route"))


def _compiled(part: Part, example: Any) -> list[str]:
    manifest = example_manifest(part, example)
    text = compiled(part, manifest)
    return ["The manifest", "", *_yaml(manifest), "", f"gives the route `{ROUTE}` the plugin", "", *_fenced(text)]


def _key_alone(part: Part, key: Key) -> list[str]:
    """One key, with the keys in it and the places that it has."""
    holders = [found.part for found in same_keys(key)]
    places = [f"{place}.{key.path}" for holder in holders for place in holder.places] or [key.path]
    if len(places) > _MANY:
        places = [f"{holder.name}.{key.path}" for holder in holders]
    inner = [other for other in part.keys if re.match(rf"{re.escape(key.path)}(?:\[\])?\.", other.path)]
    lines = [f"# {key.name}", "", *_filled(f"It stands in {both(map(_code, places))}."), ""]
    return [*lines, *_keys(part, (key, *inner))]


def _keys(part: Part, keys: tuple[Key, ...], linked: bool = False) -> list[str]:
    return [line for key in keys for line in _key(part, key, linked)]


def _key(part: Part, key: Key, linked: bool) -> Iterator[str]:
    facts = [*(["required"] if key.required else []), key.type, *key.notes, *_destination(part, key)]
    if key.part is not None:
        facts.append(f"see [{key.part}](#{key.part})" if linked else f"see `aicfg docs {key.part}`")
    yield from _filled(f"* {_code(key.path)} ({'; '.join(facts)}): {key.about}")
    spans = [f"{key.name}: {flow(example)}" for example in key.examples]
    if all(len(span) <= _LONGEST_SPAN for span in spans):
        yield from _filled(f"  Example: {', '.join(map(_code, spans))}")
        return
    for example in key.examples:
        yield from ("", *(f"  {line}" for line in _yaml({key.name: example})))
    yield ""


def _destination(part: Part, key: Key) -> Iterator[str]:
    """Where the value of a shorthand's key goes in the plugin's config, where that is not under its own name."""
    from aicfg.catalog.shorthands import shorthands
    from aicfg.catalog.versions import version_text

    shorthand = shorthands().get(part.name)
    rule = shorthand.keys.get(key.path) if shorthand else None
    steps = rule.to.steps if rule is not None else ()
    if len(steps) > 1 or any(path != key.path for _, path in steps):
        first, *later = steps
        texts = [f"`config.{first[1]}`", *(f"from {version_text(since)} on `config.{path}`" for since, path in later)]
        yield f"becomes {', '.join(texts)}"


def _filled(text: str) -> list[str]:
    """A text in lines that are not too long. What stands in backticks stays in one piece."""
    indent = "  " if text.startswith(("* ", "  ")) else ""
    whole = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", lambda span: span.group().replace(" ", "\0"), text)
    lines = textwrap.wrap(whole, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\0", " ") for line in lines]


def _code(text: str) -> str:
    """A text as a code span, whatever backticks it has."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    return f"{'`' * (longest + 1)} {text} {'`' * (longest + 1)}" if longest else f"`{text}`"


def _yaml(value: Any) -> list[str]:
    return _fenced(block(value))


def _fenced(text: str) -> list[str]:
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return [f"{fence}yaml", *text.rstrip("\n").split("\n"), fence]

"""Fingerprints: what makes a finding the same finding in the next run, for baselines and comparisons.

A fingerprint is made of the code of the rule and of the path to the finding by names: those of routes, providers,
plugins and fields. What is wrong with a text that is no YAML has no path: there, the kind of the fault takes its place.
It is not made of

* line numbers, indexes and messages, so that moving or adding text does not change it;
* values, so that nobody can guess a secret from it. Names that look like a secret are masked first;
* the file's name, so that it survives a move of the file. Who stores fingerprints keeps the file's name next to them:
  the same fault in two files has one fingerprint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from aicfg.patterns import later
from aicfg.source import Path

if TYPE_CHECKING:
    from aicfg.lint.diagnostic import Diagnostic
    from aicfg.source import Document

_NAMES = ("name", "instance_name", "username", "provider")
"""Keys that name an item of a list: in Kong's entities, and in the targets of a manifest's route."""

_UNNAMED = "[]"
_REPEATED = later(r"\"[^\"]*\"|`[^`]*`|the (?:key|tag) \S.*? is |U\+[0-9A-F]+|0x[0-9a-f]+|[0-9]+")
_LENGTH = 32


def path_by_names(document: Document, path: Path) -> tuple[str, ...]:
    """The path in the document with the names of list items in place of their indexes: `[]` for items without one.

    A Kubernetes resource, which may be one of several in its file, begins the path with its kind and name.
    """
    steps = list(_resource(document.data))
    value: Any = document.data
    for step in path:
        value = _item(value, step)
        steps.append(_name_of(value) if isinstance(step, int) else step)
    return tuple(steps)


def kind_of_fault(message: str) -> str:
    """What tells a fault of a text, which has no path, from others: its message without what it repeats of the file,
    and without numbers."""
    return " ".join(_REPEATED.sub("…", message).split())


def fingerprint(diagnostic: Diagnostic) -> str:
    """The fingerprint of a finding: 32 hexadecimal digits.

    Findings with one code in one place, and those in unnamed items of one list, share it: `fingerprints` tells them
    apart.
    """
    return _digest(diagnostic, 0)


def fingerprints(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """The fingerprint of each finding, in order: the second of its kind in a file gets one of its own, and so on.

    What was found three times before and is found four times now has one that is new.
    """
    times: dict[tuple[str | None, str], int] = {}
    for diagnostic in diagnostics:
        kind = (diagnostic.file, _digest(diagnostic, 0))
        nth = times[kind] = times.get(kind, -1) + 1
        yield _digest(diagnostic, nth) if nth else kind[1]


def _digest(diagnostic: Diagnostic, nth: int) -> str:
    import json
    from hashlib import sha256

    from aicfg.lint.masking import mask_text

    names = diagnostic.names or (_UNNAMED if isinstance(step, int) else step for step in diagnostic.path)
    parts = [diagnostic.code, *map(mask_text, names), *([nth] if nth else [])]
    return sha256(json.dumps(parts).encode()).hexdigest()[:_LENGTH]


def _item(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):  # a key that is missing has a path all the same
        return None


def _name_of(item: Any) -> str:
    """The name of an item of a list."""
    if isinstance(item, dict):
        names = [item[key] for key in _NAMES if isinstance(item.get(key), str)]
        if names:
            return f"[{' '.join(names)}]"
    return _UNNAMED


def _resource(data: Any) -> Iterator[str]:
    """The kind and the name of a Kubernetes resource; nothing for other documents."""
    if isinstance(data, dict) and "apiVersion" in data:
        metadata = data.get("metadata")
        about = metadata if isinstance(metadata, dict) else {}
        yield from (str(data.get("kind")), str(about.get("namespace")), str(about.get("name")))

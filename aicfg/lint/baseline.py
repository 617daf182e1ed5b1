"""Baselines: the findings that are known already, so that a report shows new ones only.

A baseline is a JSON file with a line for each kind of finding in a file: the code, how often, and a fingerprint of the
code and of the names that lead to the place (`aicfg.lint.fingerprint`). It holds no line numbers, so that moving text
wakes nothing, and no message and no value, so that it gives no secret away. Files are named from its own folder.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from aicfg.errors import AicfgError
from aicfg.lint.diagnostic import Diagnostic
from aicfg.lint.fingerprint import fingerprint
from aicfg.source import load_bytes
from aicfg.tuples import NamedTuple

VERSION = 1
_AGAIN = "write it anew with --write-baseline"


class BaselineError(AicfgError):
    """A baseline that cannot be used."""


class Known(NamedTuple):
    """A kind of finding: the file by its path from the baseline's folder, the code, and the fingerprint."""

    file: str
    code: str
    fingerprint: str


class Compared(NamedTuple):
    """The findings that a baseline does not know, and how many it knows that are gone."""

    new: tuple[Diagnostic, ...]
    gone: int


def baseline_text(found: Iterable[Diagnostic], path: str) -> str:
    """The baseline of some findings, to be written to `path`: the same findings give the same text."""
    folder = _folder(path)
    counts = Counter(_known(one, folder) for one in found)
    lines = [json.dumps({**known._asdict(), "count": counts[known]}, ensure_ascii=False) for known in sorted(counts)]
    findings = ",\n    ".join(lines)
    inner = f"\n    {findings}\n  " if lines else ""
    return f'{{\n  "version": {VERSION},\n  "findings": [{inner}]\n}}\n'


def read_baseline(path: str) -> Counter[Known]:
    """How often each kind of finding is known. Raises BaselineError for a file that is no baseline."""
    try:
        data = json.loads(load_bytes(path).decode("utf-8-sig"))
    except AicfgError as error:
        raise BaselineError(f"the baseline: {error.message}", file=path, hint="--write-baseline writes one") from None
    except (ValueError, RecursionError):
        raise BaselineError("this baseline is no JSON", file=path, hint=_AGAIN) from None
    if not isinstance(data, dict) or not isinstance(data.get("findings"), list):
        raise BaselineError("this is no baseline", file=path, hint="--write-baseline writes one")
    if data.get("version") != VERSION:
        raise BaselineError(f"this aicfg reads baselines of version {VERSION} only", file=path, hint=_AGAIN)
    counts = Counter[Known]()
    for entry in data["findings"]:
        counts[_entry(entry, path)] += entry["count"]
    return counts


def compare(
    found: Iterable[Diagnostic], known: Counter[Known], path: str, files: Iterable[str], sought: Callable[[str], bool]
) -> Compared:
    """What a baseline at `path` knows of some findings. Raises nothing.

    `files` were read, and codes looked for where `sought` says so: what is known of others may still be there. A file
    that is nowhere any more may have been moved: its findings are known in whatever file they turn up.
    """
    folder, left = _folder(path), Counter(known)
    new = [one for one in found if not _take(left, _known(one, folder))]
    moved: dict[tuple[str, str], list[Known]] = {}
    for entry in left:
        if left[entry] and not os.path.exists(os.path.join(folder, entry.file)):
            moved.setdefault(entry[1:], []).append(entry)
    if moved:
        new = [
            one for one in new if not any(_take(left, entry) for entry in moved.get((one.code, fingerprint(one)), ()))
        ]
    read = {_from(folder, file) for file in files}
    gone = sum(
        count
        for entry, count in left.items()
        if sought(entry.code) and (entry.file in read or not os.path.exists(os.path.join(folder, entry.file)))
    )
    return Compared(tuple(new), gone)


def _take(left: Counter[Known], entry: Known) -> bool:
    """Whether a kind of finding is still expected; if so, once less from now on."""
    if left[entry] <= 0:
        return False
    left[entry] -= 1
    return True


def _known(diagnostic: Diagnostic, folder: str) -> Known:
    return Known(_from(folder, diagnostic.file or ""), diagnostic.code, fingerprint(diagnostic))


def _entry(entry: Any, path: str) -> Known:
    fits = isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in Known._fields)
    if not fits or type(entry.get("count")) is not int:
        raise BaselineError("an entry of this baseline is broken", file=path, hint=_AGAIN)
    return Known(*(entry[name] for name in Known._fields))


def _folder(path: str) -> str:
    return os.path.dirname(os.path.realpath(path))


def _from(folder: str, file: str) -> str:
    """A file by its path from a folder, with slashes on every system; one on another drive by its whole path."""
    if file.startswith("<"):  # standard input
        return file
    whole = os.path.join(os.path.realpath(os.path.dirname(file)), os.path.basename(file))
    try:
        return os.path.relpath(whole, folder).replace(os.sep, "/")
    except ValueError:
        return whole.replace(os.sep, "/")

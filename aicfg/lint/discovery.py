"""Paths, globs and folders -> the files to lint.

A folder is walked as ruff walks one: hidden folders and those of tools are left out, links to other folders are not
followed, and what is excluded below it is not even looked at. The order is that of the paths, sorted within each.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from aicfg.catalog.entities import entity_kinds, lists, top_keys
from aicfg.catalog.plugins import plugin_names
from aicfg.catalog.products import product_of
from aicfg.errors import AicfgError
from aicfg.kong.detect import form_of
from aicfg.source import FileError
from aicfg.tuples import NamedTuple

SUFFIXES = (".yaml", ".yml", ".json")
SKIPPED = frozenset(("node_modules", "__pycache__"))
"""Folders that are not walked, beside the hidden ones: they hold other people's files."""

STDIN = "-"


class Found(NamedTuple):
    """A file to lint, by the name to show; `named` where the user named this very file."""

    path: str
    named: bool = True


class Discovery(NamedTuple):
    """The files that some paths stand for, each once, and the folders and globs that could not be looked into."""

    files: tuple[Found, ...]
    errors: tuple[AicfgError, ...] = ()


class Exclude(NamedTuple):
    """A glob for what is left out: a name (`drafts`, `*.tmpl.yaml`), or a path from the folder `base`.

    `*` and `?` stay within a name, `**` goes through folders. A folder that fits is left out with all that is in it.
    `named` says whether that also holds for what the user named.
    """

    pattern: str
    base: str
    named: bool = True

    def covers(self, path: str, root: str) -> bool:
        """Whether a file or folder is left out that was found at or below `root`, which the user named."""
        absolute, top = os.path.abspath(path), os.path.abspath(root)
        base = self.base if _is_inside(absolute, self.base) else os.path.dirname(top)
        parts = _slashed(os.path.relpath(absolute, base)).split("/")
        first = 0
        if not self.named and _is_inside(top, base):
            first = len(_slashed(os.path.relpath(top, base)).split("/"))
        pattern = _slashed(self.pattern).removeprefix("./").rstrip("/")
        fits = _regex(pattern).fullmatch
        if "/" not in pattern:
            return any(fits(part) for part in parts[first:])
        start = _slashed(base).rstrip("/") + "/" if os.path.isabs(self.pattern) else ""
        return any(fits(start + "/".join(parts[:end])) for end in range(first + 1, len(parts) + 1))


def discover(
    paths: Iterable[str],
    excludes: Iterable[Exclude] = (),
    own: Callable[[str], Sequence[Exclude]] | None = None,
    *,
    standard_input: str | None = None,
    force: bool = False,
) -> Discovery:
    """The files that files, folders and globs stand for. `-` and files that are not there stay as they are.

    `own` are the globs that count for one path alone, as those of the settings beside it. `-` stands for the file
    `standard_input`, where that is given. With `force`, a file that is named is treated as if it had been found.
    """
    search = _Search(tuple(excludes), own)
    for path in paths:
        name = standard_input if path == STDIN and standard_input is not None else path
        if name is path and path != STDIN and os.path.isdir(path):
            search.folder(path)
        elif name is path and _is_glob(path):
            search.glob(path)
        elif name == STDIN or not search.leaves_out(name, name, force=force):
            search.add(name, named=not force or name == STDIN)
    return Discovery(tuple(search.files.values()), tuple(search.errors))


class _Search:
    """What was found so far."""

    def __init__(self, excludes: tuple[Exclude, ...], own: Callable[[str], Sequence[Exclude]] | None) -> None:
        self.excludes = excludes
        self.own = own
        self.files: dict[str, Found] = {}
        self.errors: list[AicfgError] = []

    def add(self, path: str, *, named: bool) -> None:
        key = _identity(path)
        if key not in self.files or (named and not self.files[key].named):
            self.files[key] = Found(path, named)

    def leaves_out(self, path: str, root: str, *, force: bool = False) -> bool:
        own = self.own(path) if self.own is not None else ()
        if force:
            own = [one._replace(named=True) for one in own]
        return any(one.covers(path, root) for one in (*self.excludes, *own))

    def folder(self, folder: str) -> None:
        top = "" if folder in (".", "./") else folder
        for path in sorted(self._walk(top, folder, _walkable)):
            if path.lower().endswith(SUFFIXES):
                self.add(path, named=False)

    def glob(self, pattern: str) -> None:
        """What a glob fits that no shell expanded. A folder that fits stands for the files in it."""
        fixed, wild = _split(_slashed(pattern))
        parts = wild.split("/")
        fits = _regex(wild).fullmatch
        matched, before = False, len(self.errors)
        for path in sorted(self._walk(fixed, fixed or ".", lambda folder: _leads_on(_below(folder, fixed), parts))):
            inner = _below(path, fixed)
            itself = fits("/".join(inner)) is not None
            if itself or any(fits("/".join(inner[:end])) for end in range(1, len(inner))):
                matched = True
                if (itself and "." in parts[-1]) or path.lower().endswith(SUFFIXES):
                    self.add(path, named=False)
        if not matched and len(self.errors) == before:
            self._nothing_fits(pattern)

    def _nothing_fits(self, pattern: str) -> None:
        """That a glob fits nothing is an error, unless something would fit that is excluded."""
        if self.excludes or self.own is not None:
            self.errors += discover([pattern]).errors
            return
        message = "there is no file that fits this pattern"
        self.errors.append(FileError(message, file=pattern, hint="check the pattern"))

    def _walk(self, top: str, root: str, enters: Callable[[str], bool]) -> Iterator[str]:
        """All files at and below a folder that are not excluded, in no order. `enters` chooses the folders below."""
        folders = [] if top and self.leaves_out(top, root) else [top]
        while folders:
            folder = folders.pop()
            for entry in self._entries(folder):
                path = os.path.join(folder, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    if enters(path) and not self.leaves_out(path, root):
                        folders.append(path)
                elif os.path.isfile(path) and not self.leaves_out(path, root):
                    yield path

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder or ".") as entries:
                return list(entries)
        except FileNotFoundError:
            return []
        except OSError as error:
            message = f"this folder cannot be looked into: {error.strerror or 'not possible'}"
            hint = "check its permissions, or exclude it"
            self.errors.append(FileError(message, file=folder or ".", hint=hint))
            return []


def start_of(path: str) -> str:
    """The folder that a path argument is about: itself, that of the file, or where its pattern begins."""
    if path == STDIN:
        return "."
    if os.path.isdir(path):
        return path
    if _is_glob(path):
        return _split(_slashed(path))[0] or "."
    return os.path.dirname(path) or "."


def is_worth_a_word(data: Any) -> bool:
    """Whether something is to be said of a document although nobody named its file."""
    if is_ours(data):
        return True
    if not isinstance(data, dict) or not any(str(key).startswith("ai_") for key in data):
        return False  # as most are, so that products need not be loaded
    product = product_of(data)
    return product is not None and product.shown


def is_ours(data: Any) -> bool:
    """Whether a document is surely a manifest or Kong's, so that it is linted although nobody named its file.

    For `form_of`, which is asked about files that are meant as one of these, a `version` alone makes a manifest, and a
    list of `plugins` a Kong file. Other tools have such keys too (package.json, mkdocs.yml): here more has to fit.
    """
    form = form_of(data)
    if form == "manifest":
        named = [key for key in ("version", "gateway", "providers", "routes") if key in data]
        return _only_includes(data) or (len(named) > 1 and ("providers" in data or "routes" in data))
    if form == "state":
        return "_format_version" in data or (data.keys() <= top_keys() and _mostly_known(data))
    if form == "route":
        return any(_is_plugin(item) for item in data["plugins"])
    return form != "other"


def _only_includes(data: dict[str, Any]) -> bool:
    """Whether a document leaves its providers and routes to the files that it includes, as a manifest may."""
    if "include" not in data or data.get("version") != 1:
        return False
    from aicfg.manifest.shape_tables import manifest_node  # few files get here

    return set(data) <= set(manifest_node().about["properties"])


def _mostly_known(data: dict[str, Any]) -> bool:
    """Whether what the lists hold has more of the fields that Kong's entities have than of others."""
    known = total = 0
    for key, kind in lists().items():
        for item in data[key] if isinstance(data.get(key), list) else ():
            fields = item if isinstance(item, dict) else {"": item}
            known += len(fields.keys() & entity_kinds()[kind].fields)
            total += len(fields)
    return 2 * known > total


def _is_plugin(item: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        return False
    return item["name"] in plugin_names() or isinstance(item.get("config"), dict)


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")


def _is_inside(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _below(path: str, folder: str) -> list[str]:
    """The names that lead from a folder to something in it."""
    return _slashed(os.path.relpath(path, folder or ".")).split("/")


def _identity(path: str) -> str:
    """What two names of one file have in common."""
    try:
        return path if path == STDIN else os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _walkable(folder: str) -> bool:
    name = os.path.basename(folder)
    return name not in SKIPPED and not name.startswith(".")


def _leads_on(names: list[str], parts: list[str]) -> bool:
    """Whether something that fits a glob's parts may stand in the folder that these names lead to."""
    own = [part for part in parts if part.startswith(".") or part in SKIPPED]
    if not all(_walkable(name) or any(_regex(part).fullmatch(name) for part in own) for name in names):
        return False
    for name, part in zip(names, parts, strict=False):
        if part == "**":
            return True
        if not _regex(part).fullmatch(name):
            return False
    return True


def _is_glob(path: str) -> bool:
    return _is_wild(path) and not os.path.lexists(path)


def _is_wild(text: str) -> bool:
    return "*" in text or "?" in text or "]" in text.partition("[")[2]


def _split(pattern: str) -> tuple[str, str]:
    """The folder that a glob begins in, and the rest of it."""
    parts = pattern.split("/")
    at = next(index for index, part in enumerate(parts) if _is_wild(part))
    fixed = "/".join(parts[:at])
    return "/" if at and not fixed else "" if fixed == "." else fixed, "/".join(part for part in parts[at:] if part)


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    """A glob as a regular expression for the whole of a path with slashes."""
    text, at = "", 0
    while at < len(pattern):
        sign, rest = pattern[at], pattern[at:]
        closing = pattern.find("]", at + 3 if rest.startswith(("[!]", "[^]")) else at + 2)
        starts_name = at == 0 or pattern[at - 1] == "/"
        if starts_name and rest.startswith("**/"):
            text, at = text + "(?:[^/]+/)*", at + 3
        elif starts_name and rest == "**":
            text, at = text + ".*", at + 2
        elif sign == "*":
            text, at = text + "[^/]*", at + len(rest) - len(rest.lstrip("*"))
        elif sign == "?":
            text, at = text + "[^/]", at + 1
        elif sign == "[" and closing > 0:
            text, at = text + _one_of(pattern[at + 1 : closing]), closing + 1
        else:
            text, at = text + re.escape(sign), at + 1
    return re.compile(text, re.DOTALL)


def _one_of(characters: str) -> str:
    """The characters between the brackets of a glob."""
    negated = characters.startswith(("!", "^"))
    inner = re.sub(r"([\\\[\]^&~|])", r"\\\1", characters[negated:])
    try:
        re.compile(f"[{inner}]")
    except re.error:  # a range that runs backwards holds nothing
        return "(?!)"
    return f"(?!/)[{'^' * negated}{inner}]"

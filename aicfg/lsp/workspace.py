"""The open texts, and what lint finds in them: unsaved texts take the place of the files on disk, included ones too.

A text that a manifest includes is linted as a part of that manifest. Nothing of a text is kept but in memory.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from aicfg.errors import AicfgError
from aicfg.frozen import EMPTY
from aicfg.lint.diagnostic import Diagnostic, Report, in_order
from aicfg.lint.engine import Run
from aicfg.lint.settings import Settings, SettingsFile, find_settings
from aicfg.lsp.outline import outlines
from aicfg.source import Text, load_bytes, one_document, read_bytes
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.manifest.compose.files import Sources

SUFFIXES = (".yaml", ".yml", ".json")
_INCLUDE = re.compile(rb"include[\"']?\s*:")
_BOM = "\ufeff"
_MOST_FILES = 500
"""How many files of a folder are looked into for one that includes an open one."""
_MOST_BYTES = 2**20


class Buffer(NamedTuple):
    """An open text: `path` is where its file lies, None where it has none."""

    name: str
    path: str | None
    text: str
    version: int = 0

    @property
    def is_marked(self) -> bool:
        """Whether the text begins with a byte order mark, which nobody counts."""
        return self.text.startswith(_BOM)

    @property
    def body(self) -> str:
        return self.text[1:] if self.is_marked else self.text


Roots = tuple[str, ...]
"""The names of what is linted together: the manifests that a text is a part of, else the text itself."""

Buffers = Mapping[str, Buffer]
"""Open texts by name: the path of the file, else what the client calls it."""


class Linted(NamedTuple):
    """What lint found in some files that go together: the findings by file, and their texts."""

    found: Mapping[str, tuple[Diagnostic, ...]] = EMPTY
    texts: Mapping[str, Text] = EMPTY
    problem: AicfgError | None = None


def settings_file(folder: str) -> SettingsFile:
    """The settings that count in a folder. Raises SettingsError where they cannot be used."""
    return find_settings(folder)


def settings_of(buffer: Buffer) -> Settings:
    """The settings for a text; those that cannot be used count as none."""
    try:
        return settings_file(_folder(buffer)).settings()
    except AicfgError:
        return Settings()


def _folder(buffer: Buffer) -> str:
    return os.path.dirname(buffer.path) if buffer.path else "."


def lint(names: Roots, buffers: Buffers) -> Linted:
    """Lint texts and files that are looked at together. Never raises what is the user's fault."""
    first = buffers.get(names[0]) or Buffer(names[0], names[0], "")
    try:
        file = settings_file(_folder(first))
        run = run_over(names, buffers, file.settings(), file)
    except AicfgError as error:
        return Linted(texts={name: Text("", name) for name in names}, problem=error)
    report = run.report()
    return Linted(_by_file(report), {name: text for name, (text, _) in run.sources.items()})


def run_over(
    names: Iterable[str],
    buffers: Buffers,
    settings: Settings,
    file: SettingsFile | None = None,
    texts: Mapping[str, str] = EMPTY,
) -> Run:
    """The run of lint over texts and files; `texts` go before the open ones. Raises AicfgError."""
    edited = {
        os.path.realpath(each.path): each.body.encode("utf-8", "replace") for each in buffers.values() if each.path
    }
    edited |= {os.path.realpath(name): text.encode("utf-8", "replace") for name, text in texts.items()}
    run = Run(settings, edited)
    for name in names:
        buffer = buffers.get(name)
        if file is not None and _is_excluded(file, name, buffer):
            continue
        _read(run, name, buffer, texts.get(name))
    return run


def _read(run: Run, name: str, buffer: Buffer | None, text: str | None) -> None:
    """Read a text if it is a manifest or a Kong file, however broken; only a broken one needs a look at its outline."""
    path = name if buffer is None else buffer.path
    if text is None:
        text = text_of(name) if buffer is None else buffer.body
    for named in (False, True):
        if named and (name in run.sources or not is_ours(text)):
            return
        if path is None:
            run.read_content(text.encode("utf-8", "replace"), name, named=named)
        else:
            run.read(path, named=named)


def _by_file(report: Report) -> dict[str, tuple[Diagnostic, ...]]:
    found: dict[str, list[Diagnostic]] = {}
    for each in report.diagnostics:
        found.setdefault(each.file or "", []).append(each)
    return {name: tuple(each) for name, each in found.items()}


def _is_excluded(file: SettingsFile, name: str, buffer: Buffer | None) -> bool:
    path = name if buffer is None else buffer.path
    return path is not None and any(each.covers(path, each.base) for each in file.exclude)


def is_ours(text: str) -> bool:
    """Whether a text is a manifest or a Kong file, however broken."""
    from aicfg.lint.discovery import is_ours as is_ours_by_data

    return any(is_ours_by_data(each.data) for each in outlines(text))


def text_of(path: str) -> str:
    """The text of a file on disk, empty where it cannot be read."""
    try:
        return load_bytes(path).decode("utf-8", "replace")
    except AicfgError:
        return ""


def roots_of(buffer: Buffer, buffers: Buffers, folders: Iterable[str] = ()) -> Roots:
    """The manifests that a text is a part of; itself where none includes it."""
    if buffer.path is None or not buffer.path.lower().endswith(SUFFIXES):
        return (buffer.name,)
    real = os.path.realpath(buffer.path)
    found = []
    for path in _candidates(buffer.path, buffers, tuple(folders)):
        sources = None if os.path.realpath(path) == real else sources_of(path, buffers)
        if sources is not None and real in sources.paths:
            found.append((path, sources.paths))
    roots = [path for path, _ in found if not any(path != other and _is_part(path, paths) for other, paths in found)]
    return tuple(roots) if roots and not _is_circle(buffer, buffers, roots) else (buffer.name,)


def _is_part(path: str, paths: tuple[str, ...]) -> bool:
    return os.path.realpath(path) in paths[1:]


def _is_circle(buffer: Buffer, buffers: Buffers, roots: list[str]) -> bool:
    """Whether a text includes what includes it: then it stands for itself."""
    own = sources_of(buffer.path or "", buffers)
    return own is not None and any(os.path.realpath(root) in own.paths for root in roots)


def _candidates(path: str, buffers: Buffers, folders: tuple[str, ...]) -> Iterator[str]:
    """Files that may include one: the open ones, and those in its folder and above, within the workspace."""
    told = {os.path.realpath(path)}
    for each in buffers.values():
        if each.path and _INCLUDE.search(each.text.encode("utf-8", "replace")) and each.path not in told:
            told.add(os.path.realpath(each.path))
            yield each.path
    folder = os.path.dirname(os.path.abspath(path))
    while True:
        for name in _files_in(folder):
            other = os.path.join(folder, name)
            if os.path.realpath(other) not in told and other not in buffers and _may_include(other):
                yield other
        above = os.path.dirname(folder)
        if above == folder or not any(_is_below(folder, top) for top in folders):
            return
        folder = above


def _is_below(folder: str, top: str) -> bool:
    return folder.startswith(top.rstrip(os.sep) + os.sep)


def _files_in(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.lower().endswith(SUFFIXES))[:_MOST_FILES]
    except OSError:
        return []


def _may_include(path: str) -> bool:
    try:
        about = os.stat(path)
    except OSError:
        return False
    return about.st_size <= _MOST_BYTES and _mentions_include(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=10_000)
def _mentions_include(path: str, changed: int, size: int) -> bool:
    try:
        return _INCLUDE.search(load_bytes(path)) is not None
    except AicfgError:
        return False


def sources_of(path: str, buffers: Buffers) -> Sources | None:
    """The files of the manifest at a path, open texts over those on disk; None for what is no manifest that is YAML."""
    from aicfg.manifest.compose.files import Given, is_manifest, read_sources

    edited = {
        os.path.realpath(each.path): each.body.encode("utf-8", "replace") for each in buffers.values() if each.path
    }
    try:
        content = edited.get(os.path.realpath(path))
        document = one_document(read_bytes(load_bytes(path) if content is None else content, path), path)
    except AicfgError:
        return None
    return read_sources([Given(document, path)], edited) if is_manifest(document) else None


def union(linted: Iterable[Linted]) -> dict[str, tuple[Diagnostic, ...]]:
    """All findings of several runs by file, each once."""
    found: dict[str, list[Diagnostic]] = {}
    for each in linted:
        for name in each.texts:
            found.setdefault(name, []).extend(each.found.get(name, ()))
    return {name: in_order(each) for name, each in found.items()}

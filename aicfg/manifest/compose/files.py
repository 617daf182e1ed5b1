"""The files of one manifest: those that were given, and what they include.

CI lints what strangers propose, so an include never leads out of the folder of the manifest that was given: not by an
absolute path, not by `..`, not by a link.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence

from aicfg.errors import AicfgError
from aicfg.frozen import EMPTY
from aicfg.manifest.compose.fault import Fault
from aicfg.source import Document, Place, SourceError, Text, load_bytes, one_document, read_bytes
from aicfg.source.reader import MAX_BYTES
from aicfg.tuples import NamedTuple
from aicfg.words import shown

MAX_FILES = 100
"""How many files a manifest may include; together they may be as large as one file."""

MAX_ENTRIES = 1_000
"""How many entries of `include` are looked at, in all files together."""

SUFFIXES = (".yaml", ".yml", ".json")
"""Other files of a folder may hold what is nobody's business, and a report shows lines of what it cannot read."""

_INCLUDE = re.compile(rb"include[\"']?\s*:")
_DRIVE = re.compile(r"[A-Za-z]:")


class Given(NamedTuple):
    """A document that the user named, and the path of its file; None for a text that stands in no file."""

    document: Document
    path: str | None


class Sources(NamedTuple):
    """The documents of a manifest: each that was `given`, followed by what it includes.

    `unreadable` are the texts of included files that are no YAML, with what is wrong with each. `paths` are the real
    paths of all these files, `sought` those of files that are not there, too.
    """

    given: tuple[Document, ...]
    documents: tuple[Document, ...]
    unreadable: tuple[tuple[Text, SourceError], ...] = ()
    faults: tuple[Fault, ...] = ()
    paths: tuple[str, ...] = ()
    sought: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is missing: what a missing file defines would be missed everywhere."""
        return not self.unreadable and all(fault.kind == "include-cycle" for fault in self.faults)


def read_sources(given: Sequence[Given], edited: Mapping[str, bytes] = EMPTY) -> Sources:
    """The documents that were given, and what they include. What cannot be included becomes a fault.

    `edited` has the new content of files that are not written yet, by their real paths.
    """
    reading = _Reading(edited)
    for document, path in given:
        if path is not None:
            reading.known.setdefault(_identity(path), document)
    for document, path in given:
        if path is None:
            reading.refuse_all(document)
        elif document not in reading.documents:
            reading.add(document, path, _identity(os.path.dirname(path) or "."), (_identity(path),))
    return Sources(
        tuple(document for document, _ in given),
        tuple(reading.documents),
        tuple(reading.unreadable),
        tuple(reading.faults),
        tuple(reading.paths),
        tuple(reading.known),
    )


def parts_of_others(paths: Sequence[str]) -> frozenset[str]:
    """Those of some files that belong to another one of them, which includes them.

    Of files that include each other in a circle, the first one counts as the one that the others belong to.
    """
    included: dict[str, set[str]] = {}
    identities = {path: _identity(path) for path in paths}
    for path in paths if len(paths) > 1 else ():
        document = _including(path)
        if document is not None:
            included[identities[path]] = {*read_sources([Given(document, path)]).paths} - {identities[path]}
    order = {identity: index for index, identity in enumerate(identities.values())}

    def belongs_to(part: str, whole: str) -> bool:
        circle = whole in included.get(part, ())
        return part in included[whole] and not (circle and order[part] < order[whole])

    return frozenset(
        path for path, identity in identities.items() if any(belongs_to(identity, whole) for whole in included)
    )


def wholes_above(paths: Sequence[str]) -> Iterator[str]:
    """The files from the current folder down to some files that include one of them, each once.

    An include leads downward alone, so what a file belongs to stands beside or above it. Raises nothing.
    """
    top = os.getcwd()
    identities = {_identity(path) for path in paths}
    for folder in sorted({folder for path in paths for folder in _folders_up(path, top)}):
        for name in sorted(_names_in(folder)):
            path = os.path.normpath(os.path.join(os.path.relpath(folder, top), name))
            document = _including(path) if name.lower().endswith(SUFFIXES) else None
            if document is not None:
                included = {*read_sources([Given(document, path)]).paths} - {_identity(path)}
                if included & identities and _identity(path) not in identities:
                    yield path


def _folders_up(path: str, top: str) -> Iterator[str]:
    """The folders from that of a file up to `top`; none where it is not below that."""
    folder, top = os.path.dirname(os.path.abspath(path)), os.path.abspath(top)
    while f"{folder}{os.sep}".startswith(top.rstrip(os.sep) + os.sep):
        yield folder
        if folder == top:
            return
        folder = os.path.dirname(folder)


def _names_in(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _including(path: str) -> Document | None:
    """The manifest in a file, if it includes others. What is wrong with the file shows when it is linted.

    What is in a pipe can be read only once, and is left to whoever lints it.
    """
    if not os.path.isfile(path):
        return None
    try:
        content = load_bytes(path)
        if not _INCLUDE.search(content):
            return None
        document = one_document(read_bytes(content, path), path)
    except AicfgError:
        return None
    return document if is_manifest(document) and any(_entries(document)) else None


def is_manifest(document: Document) -> bool:
    from aicfg.kong.detect import form_of  # it knows Kong's forms, to tell these apart

    return form_of(document.data) == "manifest"


def _entries(document: Document) -> Iterator[tuple[Place, str]]:
    """What a document includes, as it is written, each with its place."""
    said = document.data.get("include") if isinstance(document.data, dict) else None
    place = Place(document, ("include",))
    if isinstance(said, str):
        yield place, said
    elif isinstance(said, list):
        yield from ((place / index, item) for index, item in enumerate(said) if isinstance(item, str))


class _Reading:
    """Follows includes, and keeps what it found."""

    def __init__(self, edited: Mapping[str, bytes]) -> None:
        self.edited = edited
        self.documents: list[Document] = []
        self.unreadable: list[tuple[Text, SourceError]] = []
        self.faults: list[Fault] = []
        self.known: dict[str, Document | None] = {}
        self.paths: list[str] = []
        self.entries = 0
        self.files = 0
        self.size = 0

    def add(self, document: Document, path: str, root: str, trail: tuple[str, ...]) -> None:
        """A document and all that it includes. `trail` are the files that lead to it, itself last."""
        self.documents.append(document)
        self.paths.append(trail[-1])
        for place, entry in _entries(document):
            self.entries += 1
            if self.entries > MAX_ENTRIES or self.files > MAX_FILES:
                if self.entries == MAX_ENTRIES + 1:
                    self._limit(place, f"the manifest has more than {MAX_ENTRIES} entries to include")
                return
            reason = _outside(entry)
            if reason:
                self._outside(place, entry, reason)
                continue
            target = os.path.normpath(os.path.join(os.path.dirname(path), entry))
            identity = _identity(target)
            if identity != root and not identity.startswith(root.rstrip(os.sep) + os.sep):
                self._outside(place, entry, "a link on its way leads out of the manifest's folder")
            elif identity in trail:
                self._cycle(place, entry, trail[trail.index(identity) :])
            else:
                included = self.known[identity] if identity in self.known else self._read(place, entry, target)
                if included is not None and included not in self.documents:
                    self.add(included, target, root, (*trail, identity))

    def refuse_all(self, document: Document) -> None:
        """A document without a file, which cannot say where what it includes would lie."""
        self.documents.append(document)
        for place, entry in _entries(document):
            message = f"{shown(entry)} cannot be included: this text stands in no file, so it has no folder"
            hint = "give the manifest as a file rather than on standard input"
            self.faults.append(Fault("unusable-include", place, message, hint))

    def _read(self, place: Place, entry: str, target: str) -> Document | None:
        """The manifest in a file that is met for the first time."""
        identity = _identity(target)
        self.known[identity] = None
        self.files += 1
        if self.files > MAX_FILES:
            self._limit(place, f"the manifest includes more than {MAX_FILES} files")
            return None
        content = self._content(place, entry, identity)
        if content is None:
            return None
        try:
            document = one_document(read_bytes(content, target), target)
        except SourceError as error:
            self.paths.append(identity)
            self.unreadable.append((Text(content.decode("utf-8", "replace").removeprefix("\ufeff"), target), error))
            return None
        if not is_manifest(document):
            self._unusable(place, entry, "it is no manifest", "what is included is a manifest too, with `version: 1`")
            return None
        self.known[identity] = document
        return document

    def _content(self, place: Place, entry: str, file: str) -> bytes | None:
        if os.path.exists(file) and not os.path.isfile(file):
            kind = "a folder" if os.path.isdir(file) else "no regular file"
            self._unusable(place, entry, f"it is {kind}", "list each file, by its path from this file's folder")
            return None
        if os.path.exists(file) and not file.lower().endswith(SUFFIXES):
            self._unusable(place, entry, "it is no .yaml, .yml or .json file", "rename it, or include another")
            return None
        try:
            content = self.edited[file] if file in self.edited else load_bytes(file)
        except AicfgError as error:
            hint = "paths go from this file's folder; patterns such as `*.yaml` have no meaning"
            self._unusable(place, entry, error.message, hint)
            return None
        self.size += len(content)
        if self.size > MAX_BYTES:
            self._limit(place, f"the included files are larger than {MAX_BYTES // 2**20} MiB together")
            return None
        return content

    def _outside(self, place: Place, entry: str, reason: str) -> None:
        hint = "name a file in the folder of the manifest, or below it"
        self.faults.append(Fault("include-outside", place, f"{shown(entry)} cannot be included: {reason}", hint))

    def _unusable(self, place: Place, entry: str, reason: str, hint: str) -> None:
        self.faults.append(Fault("unusable-include", place, f"{shown(entry)} cannot be included: {reason}", hint))

    def _limit(self, place: Place, message: str) -> None:
        self.faults.append(Fault("reuse-limit", place, message, "split it into several manifests"))

    def _cycle(self, place: Place, entry: str, circle: tuple[str, ...]) -> None:
        through = " through " + ", ".join(os.path.basename(one) for one in circle[1:]) if len(circle) > 1 else ""
        message = f"{os.path.basename(entry)} includes itself{through}"
        hint = "remove this entry: the file belongs to the manifest already"
        self.faults.append(Fault("include-cycle", place, message, hint))


def _outside(entry: str) -> str | None:
    """Why a path cannot be one below the manifest's folder, told by its text alone."""
    if not entry or not entry.isprintable():
        return "it is no usable path"
    if "\\" in entry:
        return "folders are separated by `/`"
    if entry.startswith("/") or _DRIVE.match(entry):
        return "it is an absolute path"
    if ".." in entry.split("/"):
        return "no `..` may stand in its path"
    return None


def _identity(path: str) -> str:
    """What all names of one file have in common."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path

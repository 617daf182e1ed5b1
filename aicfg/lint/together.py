"""Kong files that are linted in one run, and what that says about each of them.

decK takes several files as one state: what one of them refers to may be in another. But people also lint files that
have nothing to do with each other, such as one for each stage. So a name counts as known if any file has it, and two
files count as parts of one state only where they show it: one refers to the other, or they are numbered and one of the
numbered files refers to another.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from aicfg.kong.parse import Item, KongFile, reference_of
from aicfg.patterns import later

_NUMBERED = later(r"\d+[-_.]")

Named = Mapping[str, Mapping[str, list[KongFile]]]
"""Kind -> name or id -> the files that define it."""


class Together:
    """The decK and DB-less files of a run, those that are to be judged first among them."""

    def __init__(self, files: tuple[KongFile, ...], others: tuple[KongFile, ...] = ()) -> None:
        self.files = files
        self.all = (*files, *others)

    @cached_property
    def names(self) -> Named:
        """All names and ids of entities."""
        found: dict[str, dict[str, list[KongFile]]] = defaultdict(lambda: defaultdict(list))
        for file in self.all:
            for item in file.items:
                for name in names_of(item):
                    if file not in found[item.kind.kind][name]:
                        found[item.kind.kind][name].append(file)
        return found

    def states(self) -> Iterator[list[KongFile]]:
        """The files that are parts of one state, where there are several, in the order of their paths."""
        groups = {id(file): {id(file)} for file in self.all}
        for one, other in [*_referring(self.all, self.names), *_numbered(self.all, self.names)]:
            if _owner(one) == _owner(other) and groups[id(one)] is not groups[id(other)]:
                groups[id(one)] |= groups[id(other)]
                for member in groups[id(other)]:
                    groups[member] = groups[id(one)]
        distinct = {id(group): group for group in groups.values()}
        for group in distinct.values():
            if len(group) > 1:
                yield sorted((file for file in self.all if id(file) in group), key=lambda file: file.document.file)


def names_of(item: Item) -> Iterator[str]:
    """What others may call an entity."""
    for key in dict.fromkeys((item.kind.name, "id")):
        value = item.fields.get(key)
        if isinstance(value, str):
            yield value


def references_of(file: KongFile) -> Iterator[tuple[Item, str, str, str]]:
    """The references of a file: the entity, its field, the kind that this refers to, and the name."""
    for item in file.items:
        for key, kind in item.kind.refers.items():
            name = reference_of(item.fields[key]) if key in item.fields else None
            if name is not None and not file.is_open(name):
                yield item, key, kind, name


def _referring(files: Iterable[KongFile], names: Named) -> Iterator[tuple[KongFile, KongFile]]:
    """Files of which one refers to the other, and can mean no third one."""
    for file in files:
        for _, _, kind, name in references_of(file):
            defining = names.get(kind, {}).get(name, ())
            if len(defining) == 1 and defining[0] is not file:
                yield file, defining[0]


def _numbered(files: Iterable[KongFile], names: Named) -> Iterator[tuple[KongFile, KongFile]]:
    """Files of one folder whose names begin with numbers, where one of them needs another."""
    folders: dict[str, list[KongFile]] = defaultdict(list)
    for file in files:
        folder, name = os.path.split(file.document.file)
        if _NUMBERED.match(name):
            folders[folder].append(file)
    for members in folders.values():
        if any(_needs_another(file, members, names) for file in members):
            yield from ((members[0], file) for file in members[1:])


def _needs_another(file: KongFile, members: Iterable[KongFile], names: Named) -> bool:
    """Whether a file refers to what it does not have, and another one of them has."""
    defining = (names.get(kind, {}).get(name, ()) for _, _, kind, name in references_of(file))
    return any(file not in those and any(member in those for member in members) for those in defining)


def _owner(file: KongFile) -> tuple[str, str]:
    """The workspace and the control plane that a file is for."""
    return str(file.about.get("_workspace")), str(file.about.get("_konnect"))

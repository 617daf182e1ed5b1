"""M302, M316: what the Kong files of a run say of each other."""

from __future__ import annotations

import os

from aicfg.catalog.entities import entity_kinds
from aicfg.kong.parse import Item, KongFile
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.together import Named, Together, references_of
from aicfg.proposals import respelt_value
from aicfg.words import did_you_mean


@rule("M302", "undefined-entity", "error")
def undefined_entity(together: Together) -> Findings:
    """A reference to a service, route, consumer or consumer group that no file of the run has.

    decK stops with "entity not found". It takes several files as one state, so lint them together, as a folder or one
    after another. Where a file of somebody else owns the entity, `_info.default_lookup_tags` says so.

    Example:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes: [{name: chat, paths: [/chat], protocols: [http, https]}]
        plugins:
          - {name: ai-prompt-guard, route: chta, config: {deny_patterns: ["password"]}}
    Use instead:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes: [{name: chat, paths: [/chat], protocols: [http, https]}]
        plugins:
          - {name: ai-prompt-guard, route: chat, config: {deny_patterns: ["password"]}}
    """
    referring = [file for file in together.files if any(True for _ in references_of(file))]
    names = together.names if referring else {}
    for file in referring:
        yield from _undefined(file, names, alone=len(together.all) == 1)


def _undefined(file: KongFile, names: Named, *, alone: bool) -> Findings:
    info = file.about.get("_info")
    tags = info.get("default_lookup_tags") if isinstance(info, dict) else None
    for item, key, kind, name in references_of(file):
        known = names.get(kind, {})
        if name in known or (isinstance(tags, dict) and entity_kinds()[kind].list in tags):
            continue
        what, whose = kind.replace("_", " "), "the file has no" if alone else "none of the files has a"
        hint = did_you_mean(name, known) or "define it, lint the file that does so together with this one, or name its"
        hint += "" if known and did_you_mean(name, known) else " tags in `_info.default_lookup_tags`"
        path, own = (*item.path, key), [each for each, files in known.items() if file in files]
        fix = respelt_value(path, name, own) if item.fields[key] == name else None
        if fix is None and item.fields[key] == name:
            fix = respelt_value(path, name, known)
            fix = fix and fix._replace(safe=False)
        yield Finding(path, f'{whose} {what} "{name}"', hint, about=file, fix=fix)


@rule("M316", "duplicate-in-another-file", "error")
def duplicate_in_another_file(together: Together) -> Findings:
    """Two entities of one kind and name in files of one state.

    decK takes files that it is given together as one state, and stops at the second entity of a name. Files that have
    nothing to do with each other, such as one for each stage, may have the same names: this is said only of files of
    which one refers to the other, and of a folder's numbered files if one of them refers to another.
    """
    if len(together.all) == 1:
        return
    for files in together.states():
        seen: dict[tuple[str, str], tuple[KongFile, Item]] = {}
        for file in files:
            for item in file.items:
                if item.name is None or file.is_open(item.name):
                    continue
                other, first = seen.setdefault((item.kind.kind, item.name), (file, item))
                if other is not file and file in together.files:
                    place = f"{os.path.basename(other.document.file)}:{_line(other, first)}"
                    message = f'there is another {item.kind.kind.replace("_", " ")} "{item.name}" in {place}'
                    hint = "give one of them another name, or remove it"
                    yield Finding((*item.path, item.kind.name), message, hint, about=file)


def _line(file: KongFile, item: Item) -> int:
    return file.document.locate((*item.path, item.kind.name)).line

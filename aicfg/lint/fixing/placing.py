"""What a rule proposes, in the coordinates of what it reads -> a fix of the file that this came from."""

from __future__ import annotations

import json
import re
from typing import Any

from aicfg.lint.fix import Edit, Fix
from aicfg.lint.masking import is_secret_place, mask_text, masked_lines
from aicfg.lint.secrets import may_hold_secret
from aicfg.source import Document, Path, Text
from aicfg.source.changes import (
    Change,
    Gather,
    Insert,
    Listed,
    Move,
    Proposal,
    Set,
    Unlisted,
    Unwrap,
    common,
    moved,
    value_at,
)
from aicfg.source.document import texts_in
from aicfg.source.edits import edits_for
from aicfg.source.layout import merged, uses


def fix_of(proposal: Proposal, holder: Any) -> Fix | None:
    """The fix that a proposal about an entity, or about a document, comes to. None where the file says the thing in
    another way than the proposal takes it to, or does not allow the edit."""
    placed = [_placed(change, holder) for change in proposal.changes]
    documents = {id(place[0]): place[0] for place in placed if place is not None}
    if None in placed or len(documents) != 1:
        return None
    [document] = documents.values()
    if document.problems:
        return None
    changes = tuple(place[1] for place in placed if place is not None)
    if any(merged(document, change.path) for change in changes):
        return None
    edits = edits_for(document, changes)
    if not edits:
        return None
    place, file = document.source.place, document.file
    is_private = any(map(_writes_secret, changes))

    def shown(text: str) -> str:
        return re.sub(r"\S", "*", text) if is_private else "\n".join(masked_lines(Text(text, file), ()))

    return Fix(
        mask_text(proposal.title),
        tuple(
            Edit(file, edit.start, edit.end, edit.text, place(edit.start, edit.end), shown(edit.text)) for edit in edits
        ),
        proposal.safe,
        changes,
        max(uses(document, _held(change)) for change in changes),
    )


def _writes_secret(change: Change) -> bool:
    """Whether the new text repeats a value that stands under a key that names secrets."""
    if isinstance(change, Gather):
        return any(is_secret_place((*change.path[:-1], key)) for key, _ in change.keys)
    if isinstance(change, Listed | Unlisted | Unwrap):
        return True  # what it shows is not worth a look at all that stands below
    if isinstance(change, Move):
        return is_secret_place(change.path) or is_secret_place(change.to)
    if not isinstance(change, Set) or not is_secret_place(change.path):
        return False
    return any(may_hold_secret(text) for _, text in texts_in(json.loads(change.value), ()))


def _held(change: Change) -> Path:
    """The path of what an edit changes: of the map, where a key comes or goes."""
    return change.path if isinstance(change, Set) else change.path[:-1]


def _placed(change: Change, holder: Any) -> tuple[Document, Change] | None:
    """The document that a change is made in, and the change in its paths."""
    place = holder.origin.find(change.path)
    # What is missing stands nowhere: it belongs to the file of what is around it.
    document, path = _standing(place.document, place.path, isinstance(change, Insert | Gather))
    if type(document) is not Document:
        return None
    if isinstance(change, Gather) and not _stand_beside(document, path, holder, change):
        return None
    if isinstance(change, Set):
        if not _says_the_same(document, path, holder, change.path):
            return None
    elif not _ends_alike(change, path):
        return None
    return document, moved(change, path)


def _stand_beside(document: Document, path: Path, holder: Any, change: Gather) -> bool:
    """Whether all that is to be gathered stands where the new map will, under the names that the rule knows."""
    places = [(key, holder.origin.find((*change.path[:-1], key))) for key, _ in change.keys]
    return all(place.document.stands_at(place.path) == (document, (*path[:-1], key)) for key, place in places)


def _standing(document: Document, path: Path, is_new: bool) -> tuple[Document, Path]:
    if not is_new or type(document) is Document:
        return document.stands_at(path)
    missing: Path = ()
    while path:
        try:
            value_at(document.data, path)
        except (LookupError, TypeError):
            path, missing = path[:-1], (path[-1], *missing)
            continue
        break
    document, path = document.stands_at(path)
    return document, (*path, *missing)


def _ends_alike(change: Change, path: Path) -> bool:
    """Whether the file calls it as the proposal does, as far as the change is about it."""
    length = len(change.path) - common(change.path, change.to) if isinstance(change, Move) else 1
    return path[-length:] == change.path[-length:]


def _says_the_same(document: Document, path: Path, holder: Any, inner: Path) -> bool:
    """Whether the file holds the value that the rule saw, rather than what that was made of."""
    plugin = getattr(holder, "plugin", holder)
    config = getattr(plugin, "config", None)
    if config is None or inner[:1] != ("config",):
        return True
    try:
        written, seen = value_at(document.data, path), value_at(config, inner[1:])
    except (LookupError, TypeError):
        return False
    if path[-1] == "api_key" and isinstance(seen, str) and isinstance(written, str):
        return seen.endswith(written)  # the rule knows that a key has its prefix from elsewhere
    return bool(written == seen)

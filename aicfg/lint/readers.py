"""Which program reads a file, as far as it matters for how it has to refer to secrets."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from aicfg.kong.detect import form_of
from aicfg.source import Document

Reader = Literal["manifest", "kubernetes", "dbless", "json", "deck", "either"]


@lru_cache(maxsize=4)
def reads_by(document: Document) -> Reader:
    """What reads a file: decK and DB-less files look alike, but only decK resolves placeholders, and keys of one are
    unknown to the other (`_info` is decK's, `_comment` Kong's own). JSON cannot hold the quotes of a placeholder."""
    form, text, data = form_of(document.data), document.source.text, document.data
    if form in ("manifest", "kubernetes"):
        return "manifest" if form == "manifest" else "kubernetes"
    if isinstance(data, dict):
        if any(key in data for key in ("_info", "_workspace", "_konnect", "_plugin_configs")):
            return "deck"
        if any(key in data for key in ("_comment", "_ignore", "consumer_group_plugins")):
            return "dbless"
    if text.lstrip()[:1] in ("{", "["):
        return "json"
    if _SAYS_DECK in text:
        return "deck"
    if (isinstance(data, dict) and "_transform" in data) or re.search(_SAYS_DBLESS, text):
        return "dbless"
    return "deck" if re.search(r"(?i)\bdeck\b", text) else "either"


_SAYS_DECK = '${{ env "DECK_'
_SAYS_DBLESS = r"(?i)\bdb-?less\b|KONG_DECLARATIVE_CONFIG|KONG_DATABASE"

"""Words of a POSIX shell: each comes out as the one argument that it went in as, whatever is in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")


def word(value: str) -> str:
    """A text as one word: plain where the shell sees nothing in it, else in single quotes, where it sees but these.

    Raises ValueError for a text with a null character, which no argument can hold.
    """
    if "\0" in value:
        raise ValueError("no word of a shell can hold a null character")
    return value if _PLAIN.fullmatch(value) else "'" + value.replace("'", "'\\''") + "'"


def command(words: str | Iterable[str]) -> str:
    """Words, or one, as they stand in a line of a script. The first must be no assignment (`a=b`)."""
    return word(words) if isinstance(words, str) else " ".join(map(word, words))

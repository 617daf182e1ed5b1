"""The bytes of a file -> the bytes of the same manifest in canonical form."""

from __future__ import annotations

from aicfg.fmt.meaning import MeaningChanged, check
from aicfg.fmt.printer import printed
from aicfg.fmt.reading import read_tree
from aicfg.kong.detect import form_of, looks_like_kong
from aicfg.lint.discovery import is_ours
from aicfg.manifest.shape_tables import manifest_node
from aicfg.patterns import later
from aicfg.source import Document, SourceError, no_garbage_collection, one_document, read_bytes, read_text

_LINE_END = later(r"\r\n|\r|\n")
_RARE_LINE_END = later("[\x85\u2028\u2029]")


@no_garbage_collection()
def format_bytes(content: bytes, file: str, *, named: bool = True) -> bytes | None:
    """A manifest in canonical form: the same bytes where it is so already. None for what is no manifest, or the
    template of one.

    `named` tells that the user named the file: otherwise it has to be surely a manifest to be touched at all.
    Raises SourceError for what cannot be read or laid out anew, and MeaningChanged, which is a bug.
    """
    document = _manifest(content, file, named)
    if document is None:
        return None
    text = document.source.text
    rare = _RARE_LINE_END.search(text)
    if rare:
        place = document.source.place(*rare.span())
        message = f"the character U+{ord(rare.group()):04X} stands here, which ends a line for some readers only"
        raise SourceError("layout", message, file, place, "remove it, or write it as an escape in double quotes")
    first = _LINE_END.search(text)
    plain = _LINE_END.sub("\n", text)
    if plain != text:
        document = one_document(read_text(plain, file), file)
    tree = read_tree(document)
    formatted = printed(tree, manifest_node())
    try:
        check(document, formatted, has_aliases=tree.has_aliases)
    except MeaningChanged:
        at = plain.find("${{")
        if at < 0:
            raise
        place = document.source.place(at, at + 3)  # what decK fills in may reach from one value into another
        message = "a file with this and unbalanced braces cannot be formatted"
        raise SourceError("layout", message, file, place, "put values that hold braces in double quotes") from None
    line_end = first.group() if first else "\n"
    return formatted.replace("\n", line_end).encode()


def _manifest(content: bytes, file: str, named: bool) -> Document | None:
    """The one document of a manifest, without problems; None for what is none."""
    try:
        documents = read_bytes(content, file)
    except SourceError:
        if named or looks_like_kong(content.decode("utf-8", "replace")):
            raise
        return None
    if not any(form_of(one.data) == "manifest" and (named or is_ours(one.data)) for one in documents):
        if named and not documents:
            one_document(documents, file)
        return None
    if any(one.template for one in documents):
        return None  # what it becomes, and in which line, somebody else decides
    document = one_document(documents, file)
    for problem in document.problems:
        raise problem
    return document

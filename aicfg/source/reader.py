"""Reads YAML and JSON text into Documents.

The garbage collector is off meanwhile: everything that is built here lives on, so its passes find nothing and would
dominate the time.
"""

from __future__ import annotations

import codecs
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import PathLike
from typing import Any

import yaml

from aicfg.errors import AicfgError
from aicfg.patterns import later
from aicfg.source.document import Document, Range, SourceError, Text
from aicfg.source.walk import documents as walk

MAX_BYTES = 64 * 2**20
MAX_DIRECTIVES = 100
"""libyaml compares each %TAG line with all others."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG_DIRECTIVE = later(r"^%TAG|(?<=[\r\n\x85\u2028\u2029])%TAG")
_TOP = Range(1, 1, 1, 1)


class FileError(AicfgError):
    """The file cannot be read at all: missing, a folder, not allowed."""


def read_file(path: str | PathLike[str]) -> Document:
    """The one document of a file. Raises FileError and SourceError."""
    return one_document(read_bytes(load_bytes(path), str(path)), str(path))


def load_bytes(path: str | PathLike[str]) -> bytes:
    """The bytes of a file, at most one more than may be read. Raises FileError with what to do about it."""
    name = str(path)
    try:
        with open(path, "rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise FileError("there is no such file", file=name, hint="check the path") from None
    except IsADirectoryError:
        raise FileError("this is a folder, not a file", file=name, hint="name a file in it") from None
    except PermissionError:
        raise FileError("this file may not be read", file=name, hint="check its permissions") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable path"
        raise FileError(f"this file cannot be read: {reason}", file=name, hint="check the path") from None


def one_document(documents: list[Document], file: str) -> Document:
    """The document of a text that has to hold exactly one. Raises SourceError.

    Nothing but comments behind the last `---` is no document.
    """
    while documents and _is_empty(documents[-1]):
        documents = documents[:-1]
    if not documents:
        raise SourceError("empty", "the file is empty", file, _TOP, "`aicfg init` writes a manifest to start from")
    if len(documents) > 1:
        second = documents[1]
        raise SourceError(
            "several-documents",
            f"the file holds {len(documents)} documents where one is wanted",
            file,
            second.place(second.root),
            "remove the `---` line above, or put each document into a file of its own",
        )
    return documents[0]


def _is_empty(document: Document) -> bool:
    start, end = document.place_offsets(document.root)
    return start == end


def read_bytes(content: bytes, file: str, *, template: bool = False) -> list[Document]:
    """All documents of a UTF-8 text; `template` as for `read_text`. Raises SourceError for text that cannot be read."""
    if len(content) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 2**20} MiB"
        raise SourceError("limit", message, file, _TOP, "split it into several files")
    content = content.removeprefix(codecs.BOM_UTF8)
    wide = _wide_encoding(content[:4])
    if wide:
        hint = "save the file as UTF-8 (in PowerShell: `Out-File -Encoding utf8`)"
        raise SourceError("encoding", f"the text is {wide}, not UTF-8", file, _TOP, hint)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(content, error.start, file) from None
    return read_text(text, file, template=template)


def _wide_encoding(head: bytes) -> str | None:
    """The name of an encoding of two or four bytes a character, as its byte order mark or its zeros show it."""
    if head in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE) or head.count(0) == 3:
        return "UTF-32"
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or (head.count(0) == 2 and len(head) == 4)
    return "UTF-16" if is_wide and head[:2] != b"\0\0" else None


def _not_utf8(content: bytes, at: int, file: str) -> SourceError:
    before = Text(content[:at].decode("utf-8"), file)
    end = len(before.text)
    message = f"the text is not UTF-8: a byte {content[at]:#04x} stands here"
    meant = content[at : at + 1].decode("cp1252", "ignore")
    hint = (
        f'save the file as UTF-8; in Windows-1252 the byte is "{meant}"'
        if meant.isalpha()
        else "save the file as UTF-8"
    )
    line, column, _, _ = before.place(end, end)
    return SourceError("encoding", message, file, Range(line, column, line, column + 1), hint)


def read_text(text: str, file: str, *, template: bool = False) -> list[Document]:
    """All documents of a text. Raises SourceError for text that cannot be read at all.

    `template`: some tool fills it in before anyone reads it, though nothing in the text says so.
    """
    source = Text(text.lstrip("\ufeff"), file)
    _check_directives(source)
    with no_garbage_collection():
        try:
            if template or "aicfg:" in text:
                from aicfg.source.templates import says_template

                if template or says_template(text):
                    return _template(source)
            return walk(source, events_of(source.text))
        except UnicodeEncodeError as error:
            message = "half of a surrogate pair stands here, which is not a character"
            place = source.place(error.start, error.start + 1)
            raise SourceError("encoding", message, file, place, "remove it") from None
        except yaml.YAMLError as error:
            return _second_reading(source, error)


def _template(source: Text) -> list[Document]:
    """The documents of a template. A key that stands twice may be in two branches of it."""
    from aicfg.source.standins import restoring, with_stand_ins
    from aicfg.source.syntax import complaint
    from aicfg.source.templates import TEMPLATE_PIECE, without_control_lines

    parsed = with_stand_ins(without_control_lines(source.text), TEMPLATE_PIECE)
    try:
        documents = walk(source, restoring(source.text, events_of(parsed), TEMPLATE_PIECE))
    except yaml.YAMLError as error:
        raise complaint(source, parsed, error) from None
    for document in documents:
        document.template = True
        document.problems = tuple(each for each in document.problems if each.kind != "duplicate-key")
    return documents


def events_of(text: str) -> Callable[[], Any]:
    """What gives the events of a text, one by one. Raises yaml.YAMLError, then or when it is asked."""
    get_event: Callable[[], Any] = _Loader(text).get_event
    return get_event


def _second_reading(source: Text, error: yaml.YAMLError) -> list[Document]:
    """The documents of a text that is no YAML as it stands. Raises SourceError where it can be none."""
    from aicfg.source.standins import restoring, with_stand_ins
    from aicfg.source.syntax import complaint

    parsed = with_stand_ins(source.text)
    if parsed == source.text:
        raise complaint(source, parsed, error) from None
    try:
        return walk(source, restoring(source.text, events_of(parsed)))
    except yaml.YAMLError as another:
        raise complaint(source, parsed, another) from None


def _check_directives(source: Text) -> None:
    """Refuse what libyaml takes quadratic time for."""
    text = source.text
    if text.count("%TAG") > MAX_DIRECTIVES and len(_TAG_DIRECTIVE.findall(text)) > MAX_DIRECTIVES:
        message = f"the file has more than {MAX_DIRECTIVES} %TAG lines"
        raise SourceError("limit", message, source.file, _TOP, "remove them: tags have no meaning here")


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """The garbage collector off: for work whose results live on, so that its passes would find nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()

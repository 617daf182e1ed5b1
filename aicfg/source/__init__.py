"""YAML and JSON text -> Document: plain values that know where they stand."""

from aicfg.source.document import Document, Path, Range, SourceError, Text, format_path
from aicfg.source.origin import Origin, Place
from aicfg.source.reader import (
    FileError,
    load_bytes,
    no_garbage_collection,
    one_document,
    read_bytes,
    read_file,
    read_text,
)

__all__ = [
    "Document",
    "FileError",
    "Origin",
    "Path",
    "Place",
    "Range",
    "SourceError",
    "Text",
    "format_path",
    "load_bytes",
    "no_garbage_collection",
    "one_document",
    "read_bytes",
    "read_file",
    "read_text",
]

"""Manifests in their canonical form: keys in the order of the schema, two spaces a level, quotes only where needed.

text ──tree.read──▶ Block, Flow and Leaf nodes that hold their comments ──printer──▶ text

Nothing is dumped anew: what a scalar says and how long a line is stays the writer's choice, and so does `{…}` or a
block. Whatever comes out is read again, and has to mean the same (`meaning`).
"""

from aicfg.fmt.file import format_bytes
from aicfg.fmt.meaning import MeaningChanged

__all__ = ["MeaningChanged", "format_bytes"]

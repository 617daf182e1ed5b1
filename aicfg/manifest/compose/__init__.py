"""One manifest from several files, an environment and variables. Between reading and loading; no templates.

**Files.** Those that are given together, and what they `include`, merge by name: each provider, route, vault and so on
stands in exactly one of them. No file overrides another: a name that two define is a fault, and so is a scalar or list
(`name`, `service.url`) that two say differently; where they agree, or one of them says null, all is well. Global
`plugins` are strung together, in the order of the files: each that was given, followed by what it includes. Each file
says `version: 1` and has its shape checked on its own.

**Includes.** Paths of YAML and JSON files from the including file's own folder, with `/` between folders. They stay
below the folder of the manifest that was given: no absolute path, no `..`, no link that leads out. A file that is
reached in two ways counts once; one that reaches itself is a fault. At most `MAX_FILES` files, as large together as one
file may be.

**Environments.** The one that is chosen is merged over the joined files: maps merge, lists replace, null removes, whole
entries too (`routes: {debug: null}`). Inside a route or a provider null stays, and so removes as well what defaults and
providers would bring instead. Files may each say a part of an environment, by the same rules as for the base.

**Variables.** `${var:NAME}` in any text value, but for `include` and `variables` themselves, and never in a key. The
whole value takes the variable's type; inside a longer text stands its text as it was written. `--var` wins over the
environment's `variables`, these over the base's. One that is null has no value yet. `$${var:NAME}` is literal, and
values are not searched again; `${env:NAME}` in one is read where it ends up.

**Places.** Each value knows the real document and path that it comes from (`Document.stands_at`). One that is nothing
but a variable comes from where that variable is defined.
"""

from __future__ import annotations

from aicfg.source import Document

REUSE = ("include", "variables", "environments")
"""The keys that composing does away with."""


def stands_alone(document: Document) -> bool:
    """Whether a manifest is what it is: no other file, environment or variable plays a part in it."""
    return not any(key in document.data for key in REUSE) and not mentions_variables(document)


def mentions_variables(document: Document) -> bool:
    """Whether a document may name a variable somewhere. (Nobody writes these signs as escapes.)"""
    return "{var:" in document.source.text

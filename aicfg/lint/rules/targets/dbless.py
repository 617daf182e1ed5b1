"""M40x: what a DB-less file cannot say, or needs besides."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from aicfg.kong.entities import Consumer, Vault
from aicfg.kong.references import env_texts
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.targets import ForTarget
from aicfg.source import Path, format_path


@rule("M401", "unresolvable-reference", "error")
def unresolvable_reference(going: ForTarget) -> Findings:
    """A reference to the environment where Kong resolves none, in a DB-less file.

    Nothing substitutes placeholders in such a file. Kong itself reads its environment through `{vault://env/…}`, in
    those fields of plugins only that are referenceable: credentials, in most cases. Of plugins that aicfg does not know
    it cannot tell.
    """
    if going.target != "dbless":
        return
    from aicfg.render._vault import vaulted

    for use in vaulted(going.entities).uses:
        name = format_path(use.path)
        if use.resolves == "no":
            message = f"Kong resolves no references in {name}, and nothing else does in a DB-less file"
            yield Finding(use.path, message, "write the value itself, or render to deck", about=use.plugin)
        elif use.resolves == "unknown":
            message = (
                f"whether Kong resolves the reference in {name} depends on {use.plugin.name}, which aicfg does not know"
            )
            hint = "check that the plugin's documentation calls the field referenceable"
            yield Finding(use.path, message, hint, "warning", about=use.plugin)
    holders: tuple[Vault | Consumer, ...] = (*going.entities.vaults, *going.entities.consumers)
    for holder in holders:
        for path in _texts(holder):
            kind = type(holder).__name__.lower()
            message = f"Kong resolves no references in a {kind}, and nothing else does in a DB-less file"
            yield Finding(path, message, "render to deck, curl or terraform", about=holder)


def _texts(holder: Vault | Consumer) -> Iterator[Path]:
    keys = holder.keyauth_credentials if isinstance(holder, Consumer) else ()
    return (path for path, _ in chain(env_texts(keys, ("keyauth_credentials",)), env_texts(holder.fields)))


@rule("M402", "variable-to-set", "info")
def variable_to_set(going: ForTarget) -> Findings:
    """A DB-less file needs a variable that holds more than the secret alone.

    Kong takes a vault reference for the whole of a value only. So where a manifest says `Bearer ${env:KEY}`, the
    gateway's environment has to hold the whole header in a variable of its own, which the file's first lines name.
    """
    if going.target != "dbless":
        return
    from aicfg.render._vault import vaulted

    told = set()
    for use in vaulted(going.entities).uses:
        variable = use.variable
        if use.resolves != "no" and not variable.is_plain and variable.name not in told:
            told.add(variable.name)
            message = f'the gateway\'s environment must have {variable.name}="{variable.words}"'
            yield Finding(
                use.path, message, "a vault reference stands for a whole value, prefix included", about=use.plugin
            )


@rule("M403", "not-in-dbless", "error")
def not_in_dbless(going: ForTarget) -> Findings:
    """Something that a DB-less file has no place for.

    A plugin's `partials` are entities of a database. The open-source edition has no consumer groups.
    """
    if going.target != "dbless":
        return
    for plugin in going.entities.all_plugins():
        if plugin.fields.get("partials"):
            message = "a DB-less file cannot refer to partials"
            yield Finding(("partials",), message, "write that part of the config out", about=plugin)
    if going.entities.gateway.edition == "oss":
        for group in going.entities.consumer_groups:
            message = f'the open-source edition has no consumer groups, and so no "{group.name}"'
            yield Finding((), message, "remove it, or set `gateway.edition: enterprise`", at_key=True, about=group)

"""What a key, a value or the code of a rule means, as Markdown: what `aicfg explain` and `aicfg docs` tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aicfg.catalog.formats import route_types
from aicfg.catalog.plugins import plugin_names
from aicfg.catalog.providers import provider, provider_types
from aicfg.catalog.versions import version_text
from aicfg.errors import UsageError
from aicfg.lsp.configs import Setting, names_plugin, setting_at
from aicfg.lsp.cursor import Spot, spot_at
from aicfg.lsp.keys import described
from aicfg.lsp.silencers import code_at
from aicfg.lsp.view import ALONE, Context, View, view_at
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.source import Path

_HEADS = ("field", "plugin", "about", "title", "gateway", "example")
_MANY = 10


class Hover(NamedTuple):
    """Markdown about what stands from `start` to `end`."""

    text: str
    start: int
    end: int


def hover(text: str, offset: int, context: Context = ALONE) -> Hover | None:
    """What there is to tell about an offset of a text, None where that is nothing."""
    view = view_at(text, offset, context)
    if view.form == "other":
        return None
    code = code_at(text, offset)
    if code is not None:
        lines = list(_rules(code.text)) if code.text else []
        return Hover(_text(lines), code.start, code.end) if lines else None
    spot = spot_at(view.outline, offset)
    if spot is None:
        return None
    about = spot.node is not None and spot.part == "value" and list(_value(view, spot))
    lines = about or list(about_key(view, spot.path))
    return Hover(_text(lines), spot.start, spot.end) if lines else None


def _text(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n") + "\n"


def about_key(view: View, path: Path) -> Iterator[str]:
    """What the key, or the item, at a path means."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    if view.form == "manifest" and path[-2:-1] == ("providers",) and len(path) in (2, 4):
        yield from _named_provider(view, str(path[-1]))
    setting = setting_at(view, path)
    manifest = list(_manifest_key(path)) if view.form == "manifest" else []
    yield from manifest
    if setting is not None:
        yield from _setting(view, setting, brief=bool(manifest))
    elif manifest and view.form == "manifest":
        yield from _shorthand(view, path)


def _manifest_key(path: Path) -> Iterator[str]:
    found = described(path)
    if found is None:
        return
    from aicfg.render.quoting.yaml import flow

    part, key = found
    if key is None:
        yield from (f"**{part.name}**", "", part.about, "")
        yield from (f"* {note}" for note in part.notes)
        return
    facts = [*(["required"] if key.required else []), key.type]
    yield from (f"**{key.name}** ({'; '.join(facts)})", "", key.about, "")
    yield from (f"* {note}" for note in key.notes)
    if key.examples and not isinstance(key.examples[0], dict):
        yield from ("", f"Example: `{key.name}: {flow(key.examples[0])}`")


def _shorthand(view: View, path: Path) -> Iterator[str]:
    """The plugin that a shorthand makes."""
    from aicfg.catalog.shorthands import shorthands

    if path and path[-1] in shorthands() and len(path) in (2, 3, 5):
        yield from ("", *_setting(view, Setting(shorthands()[str(path[-1])].plugin, ()), brief=True))


def _setting(view: View, setting: Setting, *, brief: bool) -> Iterator[str]:
    """The facts about a plugin or a field of one; `brief` leaves out what the manifest's reference has said."""
    from aicfg.reference.plugins import fact_texts, facts_at

    name = f"{setting.plugin}.{setting.dotted}".rstrip(".")
    try:
        facts = facts_at(setting.plugin, setting.dotted, view.gateway)
    except UsageError as error:
        if setting.field(view) is not None or setting.elsewhere(view) is None:
            return
        yield from ("", f"{error.message}: {error.hint}")
        return
    if not brief:
        yield from (f"**{name}**", "", facts["about"])
    yield from ("", f"In Kong {view.gateway}, `{name}`:" if brief else f"In Kong {view.gateway}:", "")
    left_out = (*_HEADS, *(["fields"] if brief else []), *([] if setting.path else ["rules"]))
    for label, text in fact_texts({key: value for key, value in facts.items() if key not in left_out}):
        yield from (f"* {label}: {line}" for line in text.splitlines())
    rules = () if setting.path else facts["rules"]
    if rules:
        yield f"* rules: {len(rules)}, which `aicfg explain {setting.plugin}` lists"


def _value(view: View, spot: Spot) -> Iterator[str]:
    """What a value means, where it is a name that aicfg knows."""
    assert spot.node is not None
    text, path = spot.node.text, spot.path
    setting = setting_at(view, path)
    if names_plugin(view, path) and text in plugin_names():
        yield from _setting(view, Setting(text, ()), brief=False)
    elif view.form == "manifest" and len(path) > 1 and path[-2:-1] and _section(path) == "providers":
        type_ = text if path[-1] == "type" else view.string((*path[:-1], "type"))
        if path[-1] == "type" and text in provider_types():
            yield from _provider(text)
        elif path[-1] == "hosting" and type_ in provider_types() and text in provider(str(type_)).hostings:
            yield from _hosting(str(type_), text)
    elif path[-1:] == ("provider",) and setting and setting.path[-2:] == ("model", "provider"):
        if text in provider_types():
            yield from _provider(text)
    elif path[-1:] == ("route_type",) and text in route_types():
        yield from _route_type(text)
    elif view.form == "manifest" and path[-1:] == ("provider",):
        yield from _named_provider(view, text)


def _section(path: Path) -> str:
    """The section of a manifest whose entry has a key at this path."""
    inner = path[2:] if path[:1] == ("environments",) else path
    return str(inner[0]) if len(inner) == 3 else ""


def _provider(type_: str) -> Iterator[str]:
    one = provider(type_)
    yield from (f"**{one.title}**: type `{type_}`, since Kong {version_text(one.since)}", "")
    if one.kong_provider != one.type:
        yield from (f"Kong calls it `{one.kong_provider}`.", "")
    for hosting in one.hostings.values():
        default = " (default)" if hosting.name == one.default_hosting and len(one.hostings) > 1 else ""
        yield f"* hosting `{hosting.name}`{default}: {hosting.title}"
    yield from _needs(type_)


def _hosting(type_: str, name: str) -> Iterator[str]:
    from aicfg.reference.providers import key_place, url_of

    hosting = provider(type_).hostings[name]
    yield from (f"**{hosting.title}**: hosting `{name}` of `{type_}`", "")
    yield f"* format: {hosting.format or 'your choice of ' + ', '.join(hosting.formats)}"
    yield f"* key: `{key_place(hosting)}`"
    yield f"* URL: {url_of(hosting)}"
    yield f"* route types: {', '.join(hosting.capabilities)}"
    yield from _needs(type_)


def _needs(type_: str) -> Iterator[str]:
    """The model options that a provider cannot do without, or should have."""
    for rule in provider(type_).options.values():
        if rule.need != "optional" and rule.name != provider(type_).format_option:
            note = f": {rule.note}" if rule.note else ""
            yield f"* {rule.need} option: `{rule.name}`{note}"


def _named_provider(view: View, name: str) -> Iterator[str]:
    """An entry of `providers`, by what may be shown of it."""
    type_ = view.named("providers", name, "type")
    if type_ in provider_types():
        yield from (f"provider `{name}`", "")
        hosting = view.named("providers", name, "hosting") or provider(str(type_)).default_hosting
        known = hosting in provider(str(type_)).hostings
        yield from _hosting(str(type_), str(hosting)) if known else _provider(str(type_))


def _route_type(name: str) -> Iterator[str]:
    about = route_types()[name]
    yield from (f"route type **{name}**: {about.capability}", "")
    yield from (f"* {plugin}: since Kong {version_text(since)}" for plugin, since in about.since.items())
    yield f"* methods: {', '.join(about.methods)}"
    if about.deprecated is not None:
        yield f"* deprecated since Kong {version_text(about.deprecated)}" + (
            f": use {about.instead}" * bool(about.instead)
        )


def _rules(prefix: str) -> Iterator[str]:
    """The rule of a code, or a list of those whose codes begin so."""
    from aicfg.reference.rules import beginning_with, fix_words, gateway_words

    found = beginning_with(prefix)
    if len(found) == 1 and found[0].code == prefix:
        about = found[0].documentation
        yield from (
            f"**{prefix} {found[0].name}** ({found[0].severity})",
            "",
            about.summary,
            "",
            about.why,
            "",
            gateway_words(found[0]),
            fix_words(found[0]),
        )
        for title, text in (("Example", about.example), ("Use instead", about.instead)):
            if text:
                yield from ("", f"{title}:", "", "```yaml", *text.rstrip("\n").split("\n"), "```")
        return
    yield from (f"* `{rule.code}` {rule.documentation.summary}" for rule in found[:_MANY])
    if len(found) > _MANY:
        yield f"* and {len(found) - _MANY} more"

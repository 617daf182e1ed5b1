"""The user's own JSON Schemas, for configs of plugins that aicfg does not know.

Only what a schema says is checked, and only in the file itself: nothing is fetched. A value that is not known before
the deployment (a vault reference, decK's `${{ env … }}`) is taken to fit wherever that may turn out so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from aicfg.catalog.plugins import plugin_names
from aicfg.errors import AicfgError, UsageError
from aicfg.frozen import EMPTY
from aicfg.kong.entities import Plugin
from aicfg.kong.references import DeployText, Placeholder, is_vault_reference
from aicfg.lint.diagnostic import Finding
from aicfg.source import Document, Origin, Path, format_path, read_file
from aicfg.tuples import NamedTuple
from aicfg.words import did_you_mean, either, nearest, shown

_Error = Any
"""An error of jsonschema or referencing, whose attributes their stubs type differently from version to version."""
_Subschema = tuple[Any, dict[str, Any]]

_NOUNS = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}
_MESSAGES = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minLength": "is too short: it must have {} characters or more",
    "maxLength": "is too long: it must have {} characters or less",
    "pattern": "must match the pattern {}",
    "const": "must be {}",
    "minItems": "has too few items: there must be {} or more",
    "maxItems": "has too many items: there must be {} or less",
    "minProperties": "has too few keys: there must be {} or more",
    "maxProperties": "has too many keys: there must be {} or less",
    "uniqueItems": "holds an item twice",
    "contains": "lacks an item that the schema demands",
    "unevaluatedProperties": "has a key that the schema does not allow",
    "unevaluatedItems": "has an item that the schema does not allow",
    "items": "has an item that the schema does not allow",
    "additionalItems": "has an item that the schema does not allow",
    "not": "is what the schema rules out",
    "anyOf": "fits none of the forms that the schema allows",
}
_SHAPE_KEYWORDS = {
    *("type", "required", "dependentRequired", "dependencies", "additionalProperties", "propertyNames"),
    *("minItems", "maxItems", "minProperties", "maxProperties"),
}
"""What can be told of a map or a list without knowing all the values in it."""

_LONGEST_HINT = 160


class SchemaFileError(AicfgError):
    """A JSON Schema of the user's that cannot be used."""


class UserCheck(NamedTuple):
    """What the user's own schema says about the config of a plugin."""

    plugin: Plugin
    findings: tuple[Finding, ...]

    @property
    def origin(self) -> Origin:
        return self.plugin.origin


class UserSchema(NamedTuple):
    """A JSON Schema for the config of one plugin, and the `jsonschema` validator that carries it out."""

    file: str
    validator: Any

    def check(self, plugin: Plugin) -> UserCheck | None:
        """What the schema says about a plugin's config; None where it fits.

        Raises SchemaFileError where the schema turns out to be unusable.
        """
        config = {} if plugin.config is None else plugin.config
        errors = [error for error in self._errors(config, plugin.name) if not _may_fit(error, config)]
        found = dict.fromkeys(finding for error in errors for finding in _findings(error, self.file))
        return UserCheck(plugin, tuple(found)) if found else None

    def _errors(self, config: Any, name: str) -> list[_Error]:
        from referencing.exceptions import Unresolvable

        try:
            return list(self.validator.iter_errors(config))
        except Unresolvable as error:
            raise _unresolved(str(error.ref), error, self.file) from None
        except re.error as error:
            raise SchemaFileError(f"a pattern is no regular expression: {error}", file=self.file) from None
        except RecursionError:
            raise SchemaFileError("the schema refers to itself without end", file=self.file) from None
        except Exception as error:  # jsonschema's own faults, such as with a float that is no number
            message = f"jsonschema cannot check the config of {name} against this ({type(error).__name__})"
            raise SchemaFileError(message, file=self.file) from None


def load_schemas(files: Mapping[str, str]) -> Mapping[str, UserSchema]:
    """The schemas of plugins, given a file for each name. Raises AicfgError for what cannot be used."""
    for name in files:
        if name in plugin_names():
            message = f"aicfg has Kong's own schema of {name}: yours cannot take its place"
            raise UsageError(message, hint="leave it out; plugin schemas are for plugins that aicfg does not know")
    return {name: _load(file) for name, file in files.items()} if files else EMPTY


def _load(file: str) -> UserSchema:
    from jsonschema.exceptions import SchemaError
    from referencing import Registry

    document = read_file(file)
    if document.problems:
        raise document.problems[0]
    schema = document.data
    if not isinstance(schema, dict):
        raise _at(document, (), "a JSON Schema is a map", "write what the plugin's config has to look like")
    draft = _draft(document)
    try:
        draft.check_schema(schema)
        validator = draft(schema, registry=Registry())
        broken = _unresolvable(_subschemas(draft, schema))
        _with_paths_of_false(_subschemas(draft, schema))
    except SchemaError as error:
        message = f"this is no JSON Schema: {_short(error.message)}"
        raise _at(document, tuple(error.absolute_path), message) from None
    except Exception as error:  # jsonschema's own faults, such as with a URI that is none
        message = f"jsonschema cannot use this schema ({type(error).__name__})"
        raise SchemaFileError(message, file=file) from None
    if broken is not None:
        raise _unresolved(*broken, file, document)
    return UserSchema(file, validator)


def _draft(document: Document) -> Any:
    """The validator class for the draft that a schema names, the newest where it names none."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for

    find: Any = validator_for
    if "$schema" not in document.data:
        return Draft202012Validator
    named = document.data["$schema"]
    draft = None
    if isinstance(named, str):
        with suppress(ValueError):  # no URI at all
            draft = find({"$schema": named}, default=None)
    if draft is None:
        hint = f"use {shown(Draft202012Validator.META_SCHEMA['$schema'])}, or that of an older draft"
        raise _at(document, ("$schema",), "this is not a draft of JSON Schema that aicfg knows", hint)
    return draft


def _unresolvable(subschemas: Iterable[_Subschema]) -> tuple[str, _Error] | None:
    """The first reference that cannot be followed, since it leads nowhere or out of the file, and why."""
    from referencing.exceptions import Unresolvable

    for resolver, contents in subschemas:
        for reference in (contents.get("$ref"), contents.get("$dynamicRef")):
            if isinstance(reference, str):
                try:
                    resolver.lookup(reference)
                except Unresolvable as error:
                    return reference, error
    return None


def _with_paths_of_false(subschemas: Iterable[_Subschema]) -> None:
    """Write `false` in another way: jsonschema does not tell where a value stands that meets it."""
    for _, contents in subschemas:
        for keyword in ("properties", "patternProperties"):
            named = contents.get(keyword)
            if isinstance(named, dict):
                named.update({name: {"not": {}} for name, one in named.items() if one is False})


def _subschemas(draft: Any, schema: dict[str, Any]) -> Iterator[_Subschema]:
    """All schemas in a schema, with what resolves their references."""
    from referencing.jsonschema import specification_with

    known = import_module("jsonschema_specifications").REGISTRY
    root = specification_with(draft.META_SCHEMA.get("$schema") or draft.META_SCHEMA["id"]).create_resource(schema)
    todo = [(known.resolver_with_root(root), root)]
    while todo:
        resolver, resource = todo.pop()
        yield resolver, resource.contents
        inner = [one for one in resource.subresources() if isinstance(one.contents, dict)]
        todo += [(resolver.in_subresource(one), one) for one in reversed(inner)]


def _unresolved(reference: str, error: _Error, file: str, document: Document | None = None) -> SchemaFileError:
    inside = hasattr(error, "resource")  # there is one to look into: only the place in it is missing
    message = f"$ref {shown(reference)} leads " + ("nowhere" if inside else "out of this file, and nothing is fetched")
    hint = "check the name" if inside else "put that schema into `$defs` of this one"
    at = document.source.text.find(reference) if document is not None else -1
    if document is None or at < 0:
        return SchemaFileError(message, file=file, hint=hint)
    place = document.source.place(at, at)
    return SchemaFileError(message, file=file, line=place.line, column=place.column, hint=hint)


def _at(document: Document, path: Path, message: str, hint: str | None = None) -> SchemaFileError:
    place = document.locate(path)
    return SchemaFileError(message, file=document.file, line=place.line, column=place.column, hint=hint)


def _short(text: str) -> str:
    """A text in one line, cut where it gets long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_HINT else text[: _LONGEST_HINT - 1] + "…"


def _may_fit(error: _Error, config: Any) -> bool:
    """Whether the error may be gone once the values are known that are not known now."""
    value = error.instance
    if isinstance(value, str):
        return isinstance(value, Placeholder) or (_is_unknown(value) and error.validator != "type")
    if {"then", "else"} & set(error.absolute_schema_path) and _holds_unknown(config):
        return True
    return error.validator not in _SHAPE_KEYWORDS and _holds_unknown(value)


def _is_unknown(value: Any) -> bool:
    return isinstance(value, DeployText) or is_vault_reference(value)


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_unknown(item) for item in value.values())
    return any(_holds_unknown(item) for item in value) if isinstance(value, list) else _is_unknown(value)


def _findings(error: _Error, file: str) -> Iterator[Finding]:
    """What to say about one error: where, what, and what the schema wants. Never a value, which may be a secret."""
    path: Path = ("config", *error.absolute_path)
    value, schema = error.instance, error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "required" and isinstance(error.validator_value, list):
        for key in error.validator_value:
            if key not in value:
                message = f"{format_path((*path, key))} is missing"
                yield Finding((*path, key), message, _about(schema.get("properties", {}).get(key)) or "add it")
    elif error.validator == "additionalProperties" and isinstance(value, dict) and error.validator_value is False:
        known = schema.get("properties", {})
        for key in value:
            if key not in known and not any(re.search(one, key) for one in schema.get("patternProperties", {})):
                hint = did_you_mean(key, known) or "remove it"
                yield Finding((*path, key), f"{format_path((*path, key))} is not in the schema", hint, at_key=True)
    elif _is_name(error):
        message = f'the key "{value}" of {format_path(path)} {_message(error)}'
        yield Finding((*path, value), message, _about(schema) or _by(file), at_key=True)
    else:
        yield Finding(path, f"{format_path(path)} {_message(error)}", _hint(error) or _about(schema) or _by(file))


def _is_name(error: _Error) -> bool:
    """Whether the error is about a key of a map and not about a value."""
    steps = list(error.absolute_schema_path)
    return any(
        step == "propertyNames" and (not index or steps[index - 1] not in ("properties", "patternProperties"))
        for index, step in enumerate(steps)
    )


def _message(error: _Error) -> str:
    keyword, wanted = str(error.validator), error.validator_value
    schema = error.schema if isinstance(error.schema, dict) else {}
    if error.validator is None or (keyword == "not" and wanted == {}):
        return "is not allowed by the schema"
    if keyword == "type":
        return f"must be {either(_noun(one) for one in (wanted if isinstance(wanted, list) else [wanted]))}"
    if keyword == "enum":
        return (
            f"must be {either(shown(one) for one in wanted)}" if 0 < len(wanted) <= 6 else "is none of what it may be"
        )
    if keyword == "oneOf":
        return "fits several of the forms that the schema allows" if not error.context else _MESSAGES["anyOf"]
    exclusive = f"exclusive{keyword.capitalize()}"
    if schema.get(exclusive) is True:  # draft 4
        keyword = exclusive
    if keyword in _MESSAGES:
        return _MESSAGES[keyword].format(shown(wanted))
    return f'does not meet "{keyword}" of the schema'


def _noun(name: Any) -> str:
    return _NOUNS.get(name, str(name)) if isinstance(name, str) else "what the schema says"


def _hint(error: _Error) -> str | None:
    if error.validator == "enum" and isinstance(error.instance, str):
        match = nearest(error.instance, [one for one in error.validator_value if isinstance(one, str)])
        return f'did you mean "{match}"?' if match else None
    if error.validator in ("anyOf", "oneOf") and error.context:
        from jsonschema.exceptions import best_match

        best = best_match(error.context)
        return f"nearest: {format_path(('config', *best.absolute_path))} {_message(best)}" if best else None
    return None


def _about(schema: Any) -> str | None:
    """What a schema says about its value, for people."""
    text = schema.get("description") if isinstance(schema, dict) else None
    return _short(text) if isinstance(text, str) and text.strip() else None


def _by(file: str) -> str:
    return f"{file} says so"

"""What a run looks for, and the settings file that says it for a whole project.

`aicfg.toml`, or `[tool.aicfg]` in pyproject.toml, of the nearest folder upward. The command line wins over it. A
manifest that names its own gateway wins over the file, and not over the command line.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from aicfg.catalog.versions import gateway as gateway_of
from aicfg.errors import AicfgError, UsageError
from aicfg.frozen import EMPTY
from aicfg.lint.discovery import Exclude
from aicfg.manifest.choice import Choice
from aicfg.tuples import NamedTuple
from aicfg.words import did_you_mean

if TYPE_CHECKING:
    from aicfg.lint.user_schemas import UserSchema

NAMES = ("aicfg.toml", "pyproject.toml")
"""Settings files; where a folder has both, the first counts."""

KEYS: Mapping[str, str] = {
    "gateway-version": 'text in quotes, such as "3.10"',
    "edition": 'text in quotes, such as "oss"',
    "select": 'a list of texts, such as ["P", "K101"]',
    "ignore": 'a list of texts, such as ["P", "K101"]',
    "severity": 'a table of codes and severities, such as {P2 = "error", P211 = "off"}',
    "per-file-ignores": 'a table of globs and lists of codes, such as {"legacy/**" = ["S", "P211"]}',
    "exclude": 'a list of texts, such as ["drafts", "legacy/**"]',
    "templates": 'a list of texts, such as ["charts/**", "*.tmpl.yaml"]',
    "plugin-schemas": 'a table of plugin names and files, such as {my-plugin = "schemas/my-plugin.json"}',
}
"""The keys of a settings file, and what each takes."""

OFF = "off"
LEVELS: tuple[str, ...] = ("error", "warning", "info", OFF)
"""What the settings can make of a rule: one of the severities, or nothing at all."""

_ABOUT_US = r"(?m)tool[\"']?\s*\.\s*[\"']?aicfg|^\s*\[?\s*[\"']?tool[\"']?\s*[\]=]"
"""What stands in every pyproject.toml that has settings for aicfg. The others need not be parsed, which takes time."""

_TOML_PLACE = r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$"


class SettingsError(AicfgError):
    """A settings file that cannot be used."""


class Target(NamedTuple):
    """A gateway as somebody asks for it: what is None is left to others."""

    version: str | None = None
    edition: str | None = None


def longest(table: Mapping[str, str], code: str) -> str | None:
    """What a table by the beginnings of codes says of a code: the longest beginning decides."""
    fitting = [prefix for prefix in table if code.startswith(prefix)]
    return table[max(fitting, key=len)] if fitting else None


class FileIgnores(NamedTuple):
    """Beginnings of codes that are ignored in some files."""

    files: Exclude
    prefixes: tuple[str, ...]


class Settings(NamedTuple):
    """What a run looks for: the target that overrides the files' own, the rules, the target of files that name none,
    the user's own schemas by plugin name, the environment and variables of manifests, and, for reports alone,
    severities by the beginnings of codes and what is ignored in some files, and the globs of templates."""

    gateway: str | None = None
    edition: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    default: Target = Target()
    schemas: Mapping[str, UserSchema] = EMPTY
    choice: Choice = Choice()
    severities: Mapping[str, str] = EMPTY
    per_file_ignores: tuple[FileIgnores, ...] = ()
    templates: tuple[Exclude, ...] = ()

    def has_template(self, file: str) -> bool:
        """Whether a file is a template, by its path."""
        return any(one.covers(file, file) for one in self.templates)

    def ignores_in(self, file: str, code: str) -> bool:
        """Whether a code is ignored in a file, whatever holds for others."""
        return any(code.startswith(one.prefixes) and one.files.covers(file, file) for one in self.per_file_ignores)

    def target(self, said: Mapping[str, Any] = EMPTY) -> Target:
        """The target for a file that says `said` about its gateway; what is None is for that file to decide."""
        version = self.default.version if said.get("version") is None else None
        edition = self.default.edition if said.get("edition") is None else None
        return Target(
            version if self.gateway is None else self.gateway, edition if self.edition is None else self.edition
        )


class SettingsFile(NamedTuple):
    """What a settings file says; without one, nothing. `schemas` leads from plugin names to files."""

    target: Target = Target()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[Exclude, ...] = ()
    schemas: Mapping[str, str] = EMPTY
    severities: Mapping[str, str] = EMPTY
    per_file_ignores: tuple[FileIgnores, ...] = ()
    file: str | None = None
    templates: tuple[Exclude, ...] = ()

    def settings(
        self,
        gateway: str | None = None,
        edition: str | None = None,
        select: str | None = None,
        ignore: str | None = None,
        schemas: Mapping[str, str] = EMPTY,
    ) -> Settings:
        """The settings of a run, with what the command line says over the file.

        `select` starts the choice of rules anew, so that what the file ignores or turns off is forgotten too, except
        for single files; `ignore` adds to the file's, whatever that selects. Raises AicfgError for codes that do not
        exist, and for schemas that cannot be used.
        """
        from aicfg.lint.registry import code_prefixes

        ignored = code_prefixes(ignore)
        if select is None:
            chosen, ignored = self.select, (*self.ignore, *self._off(), *_whole_codes(ignored))
        else:
            chosen, ignored = code_prefixes(select), _whole_codes(ignored)
        settings = Settings(
            gateway,
            edition,
            chosen,
            ignored,
            self.target,
            severities=self.severities,
            per_file_ignores=self.per_file_ignores,
            templates=self.templates,
        )
        files = {**self.schemas, **schemas}
        if files:
            from aicfg.lint.user_schemas import load_schemas

            return settings._replace(schemas=load_schemas(files))
        return settings

    def _off(self) -> tuple[str, ...]:
        """The codes that are turned off."""
        if OFF not in self.severities.values():
            return ()
        return tuple(code for code in _whole_codes(("",)) if longest(self.severities, code) == OFF)


def _whole_codes(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """All codes that begin so: nothing shorter wins over them."""
    from aicfg.lint.registry import rules

    return tuple(rule.code for rule in rules() if rule.code.startswith(prefixes)) if prefixes else ()


def find_settings(folder: str) -> SettingsFile:
    """What the nearest settings file says, from a folder upward. Raises SettingsError where that cannot be used."""
    place, above = os.path.abspath(folder), ""
    while place != above:
        found = settings_in(place)
        if found is not None:
            return found
        place, above = os.path.dirname(place), place
    return SettingsFile()


def settings_in(folder: str) -> SettingsFile | None:
    """What the settings file of a folder says; None where it has none. Raises SettingsError."""
    for name in NAMES:
        found = _read(os.path.join(folder, name), must_exist=False)
        if found is not None:
            return found
    return None


def read_settings(file: str) -> SettingsFile:
    """What one settings file says. Raises SettingsError where that cannot be used."""
    return _read(os.path.abspath(file), must_exist=True) or SettingsFile()


def _read(path: str, *, must_exist: bool) -> SettingsFile | None:
    """None where there is no such file, or a pyproject.toml that does not speak of aicfg."""
    if not must_exist and not os.path.isfile(path):
        return None
    shown = _shown(path)
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except FileNotFoundError:
        raise SettingsError("there is no such settings file", file=shown, hint="check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable path"
        raise SettingsError(f"this settings file cannot be read: {reason}", file=shown, hint="check the path") from None
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    shared = os.path.basename(path) == "pyproject.toml"
    if shared and not re.search(_ABOUT_US, text):
        return None
    if "\ufffd" in text and b"\xef\xbf\xbd" not in content:
        raise SettingsError("the text is not UTF-8", file=shown, hint="save it as UTF-8")
    data = _parsed(text, shown)
    if shared:
        tool = data.get("tool")
        if not isinstance(tool, dict) or "aicfg" not in tool:
            return None
        data = tool["aicfg"]
    return _Reader(data, text, shown, os.path.dirname(path)).settings()


def _parsed(text: str, file: str) -> dict[str, Any]:
    toml: Any = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        data: dict[str, Any] = toml.loads(text)
    except toml.TOMLDecodeError as error:
        place = re.search(_TOML_PLACE, str(error))
        line, column = (int(place[1]), int(place[2])) if place and place[1] else (len(text.splitlines()) or 1, None)
        reason = re.sub(_TOML_PLACE, "", str(error))
        message = f"this is no TOML: {reason[:1].lower()}{reason[1:]}"
        raise SettingsError(
            message, file=file, line=line, column=column, hint="write KEY = VALUE, and texts in quotes"
        ) from None
    except RecursionError:
        raise SettingsError("this is nested too deeply", file=file) from None
    return data


class _Reader:
    """Reads the values of one settings file."""

    def __init__(self, data: Any, text: str, file: str, folder: str) -> None:
        self.data = data
        self.text = text
        self.file = file
        self.folder = folder

    def settings(self) -> SettingsFile:
        if not isinstance(self.data, dict):
            raise self.error("aicfg", "`tool.aicfg` must be a table", "write [tool.aicfg]")
        for key in self.data:
            if key not in KEYS:
                raise self.error(key, f'"{key}" is not a setting of aicfg', did_you_mean(key, KEYS, "one of"))
        return SettingsFile(
            self.target(),
            self.codes("select"),
            self.codes("ignore"),
            tuple(Exclude(pattern, self.folder, named=False) for pattern in self.texts("exclude")),
            self.schemas(),
            self.severities(),
            self.per_file_ignores(),
            self.file,
            tuple(Exclude(pattern, self.folder) for pattern in self.texts("templates")),
        )

    def target(self) -> Target:
        target = Target(self.text_of("gateway-version"), self.text_of("edition"))
        for key, asked in (("edition", (None, target.edition)), ("gateway-version", target)):
            try:
                gateway_of(*asked)
            except UsageError as error:
                raise self.error(key, f"{key}: {error.message}", error.hint) from None
        return target

    def codes(self, key: str) -> tuple[str, ...]:
        return self.prefixes(key, self.texts(key), key)

    def prefixes(self, key: str, texts: Iterable[str], place: str) -> tuple[str, ...]:
        """Codes that stand under `key`, at or below the key `place`."""
        from aicfg.lint.registry import code_prefixes

        try:
            return code_prefixes(texts)
        except UsageError as error:
            raise self.error(place, f"{key}: {error.message}", error.hint) from None

    def severities(self) -> dict[str, str]:
        key, found = "severity", dict[str, str]()
        for code, level in self.table(key).items():
            if level not in LEVELS:
                message = f'{key}: "{code}" must be one of the texts {", ".join(LEVELS)}'
                raise self.error(code, message, did_you_mean(level, LEVELS) if isinstance(level, str) else None)
            found.update(dict.fromkeys(self.prefixes(key, (code,), code), level))
        return found

    def per_file_ignores(self) -> tuple[FileIgnores, ...]:
        key, found = "per-file-ignores", list[FileIgnores]()
        for glob, codes in self.table(key).items():
            if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
                raise self.error(glob, f'{key}: "{glob}" must have a list of codes, such as ["S", "P211"]')
            prefixes = self.prefixes(key, codes, glob)
            if prefixes:
                found.append(FileIgnores(Exclude(glob, self.folder), prefixes))
        return tuple(found)

    def schemas(self) -> dict[str, str]:
        value = self.table("plugin-schemas")
        for name, file in value.items():
            if not isinstance(file, str):
                raise self.error(name, f'plugin-schemas: the schema of "{name}" must be the name of a file in quotes')
        return {name: _shown(os.path.normpath(os.path.join(self.folder, file))) for name, file in value.items()}

    def text_of(self, key: str) -> str | None:
        value = self.data.get(key)
        if value is not None and (not isinstance(value, str) or not value):
            raise self.wrong_type(key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong_type(key)
        return tuple(value)

    def table(self, key: str) -> dict[str, Any]:
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong_type(key)
        return value

    def wrong_type(self, key: str) -> SettingsError:
        return self.error(key, f"{key} must be {KEYS[key]}")

    def error(self, key: str, message: str, hint: str | None = None) -> SettingsError:
        """An error about a key, in its line where only one can be meant: TOML readers do not tell."""
        at = re.compile(rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=", re.MULTILINE)
        places = [match.start() for match in at.finditer(self.text)]
        line = self.text.count("\n", 0, places[0]) + 1 if len(places) == 1 else None
        return SettingsError(message, file=self.file, line=line, hint=hint)


def _shown(path: str) -> str:
    """A path as the user knows it: from the current folder where it lies below that."""
    try:
        below = os.path.join(os.getcwd(), "")
    except OSError:
        return path
    return path.removeprefix(below)


def excludes_of(patterns: Iterable[str]) -> tuple[Exclude, ...]:
    """The globs of the command line, which are paths from the current folder."""
    return tuple(Exclude(pattern, os.getcwd()) for pattern in patterns)

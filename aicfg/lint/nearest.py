"""Which settings file counts for a file: the nearest one above it. Each folder is looked into once."""

from __future__ import annotations

import os
from collections.abc import Callable

from aicfg.lint.discovery import Exclude
from aicfg.lint.settings import NAMES, Settings, SettingsFile, settings_in


class Nearest:
    """The settings of files. `only` is the settings file of all of them, else each has the nearest one above it.

    `made` gives the settings of a run that a settings file stands for, with what the command line says over it. What
    reads a settings file raises SettingsError where that cannot be used.
    """

    def __init__(self, made: Callable[[SettingsFile], Settings], only: SettingsFile | None = None) -> None:
        self.made = made
        self.only = only
        self.looked_at: set[str] = set()
        self._by_folder: dict[str, SettingsFile] = {}
        self._made: dict[int, tuple[SettingsFile, Settings]] = {}

    def settings(self, path: str) -> Settings:
        """The settings of a run over a file."""
        return self.of(self.file(path))

    def of(self, file: SettingsFile) -> Settings:
        if id(file) not in self._made:
            self._made[id(file)] = file, self.made(file)
        return self._made[id(file)][1]

    def excludes(self, path: str) -> tuple[Exclude, ...]:
        """What is left out beside a file or folder."""
        return self.file(path).exclude

    def file(self, path: str) -> SettingsFile:
        """The settings file that counts for a file, or for a folder as its parent sees it."""
        return self.only if self.only is not None else self.in_folder(os.path.dirname(os.path.abspath(path)))

    def in_folder(self, folder: str) -> SettingsFile:
        """The settings file that counts for what stands in a folder."""
        if self.only is not None:
            return self.only
        folder = os.path.abspath(folder)
        if folder not in self._by_folder:
            self.looked_at.update(os.path.join(folder, name) for name in NAMES)
            found, above = settings_in(folder), os.path.dirname(folder)
            if found is None:
                found = SettingsFile() if above == folder else self.in_folder(above)
            self._by_folder[folder] = found
        return self._by_folder[folder]

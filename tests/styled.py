"""Manifests as people write them: the same values in any style, with comments and blank lines everywhere."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from aicfg.source.writing import is_plain

DASH = "the dash of a list"


class Styled:
    """Writes one manifest by chance. `above` and `behind` tell which key or dash each comment is about."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.above: dict[str, str] = {}
        self.behind: dict[str, str] = {}
        self.step = random.choice([1, 2, 2, 3, 4])
        self.list_step = random.choice([0, 2, 2, 3])
        self.column = random.choice([0, 20, 40])

    def write(self, manifest: dict[str, Any]) -> str:
        lines = ["---"] if self.chance(0.2) else []
        lines += ["# the header"] * self.random.choice([0, 1, 2])
        lines += [""] * (len(lines) > 0 and not self.chance(0.3)) or [""] * self.chance(0.2)
        items = list(manifest.items())
        if self.chance(0.7):
            self.random.shuffle(items)
        lines += self.map(dict(items), 0, first_lead="# the header" in lines and lines[-1] == "")
        lines += ["# the end"] * self.chance(0.3) + [""] * self.random.choice([0, 0, 2])
        return "\n".join(lines) + "\n" * (not self.chance(0.1))

    def chance(self, part: float) -> bool:
        return self.random.random() < part

    def lead(self, indent: int, key: str) -> list[str]:
        if self.chance(0.8):
            return []
        lines = [""] * self.random.choice([0, 0, 1, 3])
        for _ in range(self.random.choice([0, 1, 1, 2])):
            name = f'# above-{len(self.above)} it\'s: "odd" [{{'
            self.above[name] = key
            lines.append(" " * indent + name + " " * self.chance(0.2))
        return lines

    def with_tail(self, line: str, key: str) -> str:
        if self.chance(0.85):
            return line + " " * self.chance(0.1)
        name = f"# behind-{len(self.behind)}"
        self.behind[name] = key
        return line.ljust(self.column) + " " * self.random.choice([1, 2, 5]) + name

    def map(self, value: dict[str, Any], indent: int, *, first_lead: bool = True) -> list[str]:
        lines: list[str] = []
        for key, item in value.items():
            if lines or first_lead:
                lead = self.lead(indent, key)
                if not lines and self.above and lead and indent == 0:
                    lead = [line for line in lead if line]  # below a header, apart from it
                lines += lead
            lines += self.entry(" " * indent + self.key(key) + ":", key, item, indent, self.step)
        return lines

    def list(self, value: list[Any], indent: int) -> list[str]:
        lines: list[str] = []
        for item in value:
            lines += self.lead(indent, DASH)
            start = " " * indent + "-"
            if isinstance(item, dict) and item and self.chance(0.6):
                inner = self.map(item, indent + 2, first_lead=False)
                lines += [start + " " + inner[0][indent + 2 :], *inner[1:]]
            else:
                lines += self.entry(start, DASH, item, indent, 2)
        return lines

    def entry(self, start: str, key: str, value: Any, indent: int, step: int) -> list[str]:
        if isinstance(value, dict | list) and value and self.chance(0.7):
            if isinstance(value, dict):
                inner = self.map(value, indent + step)
            else:
                inner = self.list(value, indent + (2 if key == DASH else self.list_step))
            return [self.with_tail(start, key), *inner]
        if isinstance(value, str) and "\n" in value and self._fits_block(value) and self.chance(0.8):
            return [
                f"{start} {self._sign(value)}",
                *(" " * (indent + step) + each if each else "" for each in value.rstrip("\n").split("\n")),
            ]
        if isinstance(value, list | dict) and len(value) > 1 and self.chance(0.3):
            return self.broken(start, key, value, indent)
        text = self.flow(value, inside=False)
        if isinstance(value, str) and self.chance(0.05):
            return [start, self.with_tail(" " * (indent + step) + text, key)]
        return [self.with_tail(f"{start} {text}" if text else start, key)]

    def broken(self, start: str, key: str, value: Any, indent: int) -> list[str]:
        """A list or map in brackets, one item a line."""
        texts = (
            [self.pair(name, item) for name, item in value.items()]
            if isinstance(value, dict)
            else [self.flow(item) for item in value]
        )
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        comment = "  # inside" if self.chance(0.3) else ""
        inner = [" " * (indent + 4) + text + "," + comment for text in texts]
        return [f"{start} {opening}", *inner, " " * (indent + 2) + closing]

    def _sign(self, value: str) -> str:
        return "|" if value.endswith("\n") else "|-"

    def _fits_block(self, value: str) -> bool:
        lines = value.split("\n")
        fine = all(line.isprintable() and line == line.strip() for line in lines)
        return fine and bool(lines[0]) and not value.endswith("\n\n")

    def key(self, key: str) -> str:
        return self.scalar(key, inside=True)

    def pair(self, key: str, value: Any) -> str:
        return f"{self.key(key)}: {self.flow(value)}"

    def flow(self, value: Any, inside: bool = True) -> str:
        space = " " * self.chance(0.2)
        if isinstance(value, dict):
            return (
                "{"
                + space
                + ("," + " " * self.random.choice([1, 1, 3])).join(self.pair(*each) for each in value.items())
                + space
                + "}"
            )
        if isinstance(value, list):
            return "[" + space + ", ".join(self.flow(item) for item in value) + space + "]"
        return self.scalar(value, inside)

    def scalar(self, value: Any, inside: bool) -> str:
        if value is None:
            return self.random.choice(["null", "~"] if inside else ["null", "~", ""])
        if not isinstance(value, str):
            text = json.dumps(value)
            return {"Infinity": ".inf", "-Infinity": "-.inf", "NaN": ".nan"}.get(text, text)
        forms = [json.dumps(value, ensure_ascii=not value.isprintable())]
        if value.isprintable():
            forms.append("'" + value.replace("'", "''") + "'")
        if is_plain(value, "flow" if inside else "block"):
            forms += [value] * 3
        return self.random.choice(forms)


def starts_with(line: str, key: str) -> bool:
    """Whether a line of a formatted text begins with a key, or a dash, that a comment is about."""
    text = line.lstrip()
    if key == DASH:
        return text.startswith("-")
    while text.startswith("- "):
        text = text[2:].lstrip()
    forms = [key, json.dumps(key), json.dumps(key, ensure_ascii=False), "'" + key.replace("'", "''") + "'"]
    return any(text.startswith(form + ":") for form in forms)

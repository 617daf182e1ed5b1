#!/usr/bin/env python3
"""Measures aicfg and prints the figures: start-up, lint of small and big files and of many, render of a big manifest.

Usage: python tests/benchmarks/bench.py [--routes 10000] [--runs 5]

Whole commands are timed as processes and given as medians, in CPU and wall seconds and as multiples of a bare
`python -I -c pass` in the same run; quote the ratios, machines differ. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PROVIDERS = """
  openai: {type: openai, api_key: "${env:OPENAI_KEY}"}
  mistral: {type: mistral, api_key: "${env:MISTRAL_KEY}"}
  ollama: {type: mistral, hosting: ollama, base_url: "http://ollama.internal:11434"}
  anthropic: {type: anthropic, api_key: "${env:ANTHROPIC_KEY}", options: {anthropic_version: "2023-06-01"}}
  azure: {type: azure, api_key: "${env:AZURE_KEY}", options: {azure_instance: team, azure_deployment_id: gpt-4o}}
  llama: {type: llama2, hosting: llama.cpp, upstream_url: "http://llama.internal:8080/completion"}
"""
NAMES = [line.split(":")[0].strip() for line in PROVIDERS.strip().splitlines()]


def manifest(routes: int) -> Iterator[str]:
    yield f"version: 1\nproviders:{PROVIDERS}routes:\n"
    for number in range(routes):
        yield f"  chat-{number:05d}:\n    provider: {NAMES[number % len(NAMES)]}\n    model: model-{number % 7}\n"
        yield "    tags: [ai, gen]\n    logging: {log_statistics: true}\n"
        yield f"    options:\n      max_tokens: {256 + number % 512}\n      temperature: 1.0\n"


def kong_files(manifest_file: Path, folder: Path) -> tuple[Path, Path]:
    """The decK file that a manifest makes, and a folder of two hundred small ones."""
    big, many, small = folder / "kong.yaml", folder / "many", folder / "small.yaml"
    big.write_text(deck(manifest_file), encoding="utf-8")
    small.write_text("".join(manifest(5)), encoding="utf-8")
    text = deck(small)
    many.mkdir()
    for number in range(200):
        (many / f"{number}.yaml").write_text(text.replace("chat-", f"chat-{number}-"), encoding="utf-8")
    return big, many


def deck(manifest_file: Path) -> str:
    from aicfg.lint.engine import Run
    from aicfg.render import render

    run = Run()
    run.read(manifest_file)
    assert run.entities is not None
    [text] = render(run.entities, "deck").values()
    return text


def seconds(command: list[str], runs: int) -> tuple[float, float]:
    """The median CPU and wall time of a whole process, its output thrown away; one run before that is not counted."""
    cpu, wall = [], []
    for _ in range(runs + 1):
        started = time.perf_counter()
        pid = os.posix_spawn(
            command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        )
        _, _, usage = os.wait4(pid, 0)
        wall.append(time.perf_counter() - started)
        cpu.append(usage.ru_utime + usage.ru_stime)
    return statistics.median(cpu[1:]), statistics.median(wall[1:])


READ = "import gc, sys, yaml; gc.disable(); yaml.load(open(sys.argv[1], encoding='utf-8'), Loader=yaml.CSafeLoader)"


def whole_commands(big: Path, runs: int) -> None:
    bare = [sys.executable, "-I", "-c", "pass"]
    base, _ = seconds(bare, runs)
    aicfg = [sys.executable, "-m", "aicfg"]
    kong, many = kong_files(big, big.parent)
    rows = [
        ("python -I -c pass", bare),
        ("aicfg --version", [*aicfg, "--version"]),
        ("aicfg lint samples/everything.yaml", [*aicfg, "lint", str(SAMPLES / "everything.yaml")]),
        (f"aicfg lint {big.name}", [*aicfg, "lint", str(big)]),
        (f"aicfg render {big.name}", [*aicfg, "render", str(big), "-o", os.devnull]),
        ("aicfg lint kong.yaml (what that gives)", [*aicfg, "lint", str(kong)]),
        ("yaml.load of the same, CSafeLoader, no gc", [sys.executable, "-c", READ, str(kong)]),
        ("aicfg lint --jobs 1, 200 small Kong files", [*aicfg, "lint", str(many), "--jobs", "1"]),
        ("aicfg lint, the same files", [*aicfg, "lint", str(many)]),
    ]
    print(f"{'whole command':44} {'cpu s':>8} {'x python':>9} {'wall s':>8}")
    for name, command in rows:
        cpu, wall = seconds(command, runs)
        print(f"{name:44} {cpu:8.3f} {cpu / base:9.1f} {wall:8.3f}")


def in_one_process(big: Path) -> None:
    """Where the time of one lint and render goes, and how much of it the garbage collector takes."""
    from aicfg.lint.engine import Run
    from aicfg.render import render
    from aicfg.source import read_file

    collecting = [0.0, 0.0]

    def watch(phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            collecting[0] = time.perf_counter()
        else:
            collecting[1] += time.perf_counter() - collecting[0]

    gc.callbacks.append(watch)
    start = time.perf_counter()
    read_file(big)
    read = time.perf_counter()
    run = Run()
    run.read(big)
    linted = time.perf_counter()
    assert run.entities is not None
    render(run.entities, "deck")
    rendered = time.perf_counter()
    gc.callbacks.remove(watch)
    print(f"\n{'in one process':44} {'wall s':>8}")
    for name, seconds in (
        ("read", read - start),
        ("read, lint with all rules", linted - read),
        ("render", rendered - linted),
        ("of all that, garbage collector", collecting[1]),
    ):
        print(f"{name:44} {seconds:8.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        big = Path(folder) / f"{options.routes}-routes.yaml"
        big.write_text("".join(manifest(options.routes)), encoding="utf-8")
        whole_commands(big, options.runs)
        in_one_process(big)


if __name__ == "__main__":
    main()

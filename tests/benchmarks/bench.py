#!/usr/bin/env python3
"""Measures aicfg and prints the figures: start-up, lint of a sample, lint and render of big manifests, translation.

Usage: python tests/benchmarks/bench.py [--routes 10000] [--runs 5]

Whole commands are timed as processes and given as medians, in CPU seconds and as multiples of a bare
`python -I -c pass` in the same run; quote the ratios, machines differ. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


def cpu_seconds(command: list[str], runs: int) -> float:
    """The median CPU time of a whole process, its output thrown away; one run before that is not counted."""
    times = []
    for _ in range(runs + 1):
        pid = os.posix_spawn(
            command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        )
        _, _, usage = os.wait4(pid, 0)
        times.append(usage.ru_utime + usage.ru_stime)
    return statistics.median(times[1:])


def whole_commands(big: Path, runs: int) -> None:
    base = cpu_seconds([sys.executable, "-I", "-c", "pass"], runs)
    aicfg = [sys.executable, "-m", "aicfg"]
    rows = [
        ("python -I -c pass", [sys.executable, "-I", "-c", "pass"]),
        ("aicfg --version", [*aicfg, "--version"]),
        ("aicfg lint samples/everything.yaml", [*aicfg, "lint", str(SAMPLES / "everything.yaml")]),
        (f"aicfg lint {big.name}", [*aicfg, "lint", str(big)]),
        (f"aicfg render {big.name}", [*aicfg, "render", str(big), "-o", os.devnull]),
    ]
    print(f"{'whole command':44} {'cpu s':>8} {'x python':>9}")
    for name, command in rows:
        seconds = cpu_seconds(command, runs)
        print(f"{name:44} {seconds:8.3f} {seconds / base:9.1f}")


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


TRANSLATION = """
import aicfg
config = {"route_type": "llm/v1/chat", "auth": {"header_name": "Authorization", "header_value": "Bearer k"},
          "model": {"provider": "openai", "name": "gpt-4o", "options": {"max_tokens": 512}}}
body = {"messages": [{"role": "system", "content": "You answer in one short sentence."},
                     {"role": "user", "content": "Why does the sky look orange at dusk?"}], "temperature": 0.7}
"""


def translated_requests(runs: int) -> None:
    """One request in a fresh process, and plain chat requests a second in a loop."""
    base = cpu_seconds([sys.executable, "-I", "-c", "pass"], runs)
    once = f"{TRANSLATION}aicfg.translate_request(config, body)"
    seconds = cpu_seconds([sys.executable, "-c", once], runs)
    print(f"\n{'translation':44} {'cpu s':>8} {'x python':>9}\n{'one request, fresh process':44} ", end="")
    print(f"{seconds:8.3f} {seconds / base:9.1f}\n\n{'in a loop':44} {'a second':>8}")
    given: dict[str, Any] = {}
    exec(TRANSLATION, given)
    translator = given["aicfg"].Translator(given["config"])
    for name, body in (("parsed JSON", given["body"]), ("bytes", json.dumps(given["body"]).encode())):
        print(f"{name:44} {a_second(lambda body=body: translator.request(body)):8.0f}")
    print(f"{'parsed JSON, with the trace':44} {a_second(lambda: translator.request(given['body']).trace):8.0f}")


def a_second(call: Callable[[], object]) -> float:
    """How often a call can be made a second: the best of five tries of a fifth of a second."""
    best = 0.0
    for _ in range(5):
        start, count = time.perf_counter(), 0
        while time.perf_counter() - start < 0.2:
            for _ in range(100):
                call()
            count += 100
        best = max(best, count / (time.perf_counter() - start))
    return best


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
    translated_requests(options.runs)


if __name__ == "__main__":
    main()

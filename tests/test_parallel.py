"""Many files in several processes: the same bytes as in one, whatever is in the files and whatever goes wrong."""

from __future__ import annotations

import errno
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from aicfg.cli import main
from aicfg.errors import UsageError
from aicfg.lint import parallel
from aicfg.lint.discovery import Found
from aicfg.lint.engine import Run
from aicfg.lint.registry import rules
from aicfg.lint.runs import Runs
from aicfg.lint.settings import Settings
from aicfg.manifest.choice import Choice

SAMPLES = Path(__file__).parents[1] / "samples"
BROKEN = {
    "tab.yaml": b"version: 1\nroutes:\n\tchat: {}\n",
    "latin.yaml": b"version: 1\nname: caf\xe9\n",
    "empty.yaml": b"",
    "two.yaml": b"version: 1\n---\nversion: 1\n",
    "cut.yaml": b'version: 1\nproviders: {p: {type: openai, api_key: "sk-abcdefgh12345678',
    "including.yaml": b"version: 1\ninclude: [part.yaml, gone.yaml]\nroutes: {r: {provider: shared, model: m}}\n",
    "part.yaml": b"version: 1\n# aicfg: ignore[P204] for others\n"
    b"providers: {shared: {type: openai, api_key: sk-abcdefgh12345678}}\n",
    "half.yaml": b"version: 1\ninclude: [gone.yaml]  # aicfg: ignore[M202] in there\nenvironments: {prod: {}}\n",
    "silenced.yaml": b"version: 1\nproviders: {p: {type: opnai}}  # aicfg: ignore[P999]\n# aicfg: ignore[S102]\n",
    "template.yaml": b"# aicfg: template\nplugins:\n{% if x %}\n"
    b"- name: ai-proxy\n  config: {modle: {{ m }}}\n{% end %}\n",
    "variables.yaml": b"version: 1\nvariables: {token: abcdefgh12345678}\n"
    b"providers: {p: {type: opnai, api_key: '${var:token}'}}\n",
    "naming.yaml": b"version: 1\nvariables: {token: other1234567890}\n"
    b"providers: {p: {type: opnai, base_url: '${var:token}'}}\n",
    # in disguise, so that what is included is linted for itself, too
    "disguised.yaml": b'version: 1\n"inclu\\u0064e": [kubernetes.yaml]\nproviders: {p: {type: openai}}\n',
    "kubernetes.yaml": b"apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata: {name: x}\n"
    b"plugin: ai-prompt-guard\nconfig: {deny_patternz: [a]}  # aicfg: ignore[K101] there\n---\n"
    b"apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata: {name: y}\nplugin: ai-prompt-guard\n",
}
TOGETHER = {
    "1-services.yaml": b'_format_version: "3.0"\nservices: [{name: ai, url: "http://localhost:32000"}]\n',
    "2-routes.yaml": b'_format_version: "3.0"\nroutes:\n- {name: chat, paths: [/chat], service: {name: ai}}\n'
    b"- {name: chat, paths: [/chat], service: {name: ai}}\n- {name: mini, paths: [/mini], service: {name: aii}}\n",
    "3-plugins.yaml": b'_format_version: "3.0"\n# aicfg: ignore[M302] in another repository\n'
    b"plugins:\n- {name: ai-prompt-guard, route: chta, config: {deny_patterns: [a]}}\n"
    b"- {name: ai-prompt-guard, service: nowhere, config: {deny_patterns: [a], max_request_body_sise: 1}}\n",
    "4-again.yaml": b'_format_version: "3.0"\n_info: {default_lookup_tags: {services: [x]}}\n'
    b'services: [{name: ai, url: "http://localhost:32000"}]\nroutes: [{name: r, paths: [/r], service: {name: gone}}]\n',
    "5-elsewhere.yaml": b'_format_version: "3.0"\n_workspace: other\nservices: [{name: ai, url: "http://localhost:1"}]\n',
    "6-template.yaml": b"services: [{{ more }}]\n"
    b"routes: [{name: t, paths: [/t], service: {name: far}}, {name: u, paths: x}]\n",
    "aicfg.toml": b'templates = ["6-*"]\nselect = ["M", "K"]\n[severity]\nM316 = "warning"\n',
}
FORMATS = ["text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit"]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no workers here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Samples, examples of all rules, broken files, and random cuts of all these."""
    place = tmp_path / "files"
    place.mkdir()
    texts = [path.read_bytes() for path in sorted(SAMPLES.glob("*.yaml"))]
    texts += [each.documentation.example.encode() for each in rules() if each.documentation.example]
    chance = random.Random(1)
    for number, text in enumerate(texts):
        (place / f"{number:03}.yaml").write_bytes(text)
        start = chance.randrange(len(text))
        (place / f"{number:03}-cut.yaml").write_bytes(text[:start] + text[start + chance.randrange(20) :])
    for name, text in BROKEN.items():
        (place / name).write_bytes(text)
    (place / "together").mkdir()
    for name, text in TOGETHER.items():
        (place / "together" / name).write_bytes(text)
    (place / "dead.yaml").symlink_to("nowhere.yaml")
    return place


@pytest.fixture(autouse=True)
def can_fork(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tests' own threads do no harm: no worker outlives its work."""
    monkeypatch.setattr(parallel, "_can_fork", lambda: True)
    yield
    with pytest.raises(ChildProcessError):  # nothing is left behind
        os.waitpid(-1, os.WNOHANG)


def lint(capfdbinary: pytest.CaptureFixture[bytes], *args: str) -> tuple[int | str | None, bytes, bytes]:
    sys.argv = ["aicfg", "lint", *args]
    with pytest.raises(SystemExit) as end:
        main()
    out, err = capfdbinary.readouterr()
    return end.value.code, out, err


@pytest.mark.parametrize("format_", FORMATS)
def test_two_processes_say_what_one_says(
    format_: str, folder: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    one, two, five = (lint(capfdbinary, ".", "gone", "--format", format_, "--jobs", jobs) for jobs in "125")
    assert one == two == five
    assert one[0] == 2
    assert len(one[1]) > 10_000
    assert b"gone" in one[2]
    assert all(code in one[1] for code in (b"M302", b"M316", b"M003", b"S101"))
    assert b"abcdefgh12345678" not in one[1]


def test_the_order_of_the_files_is_that_of_the_arguments(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    paths = [str(path) for path in sorted(folder.glob("0*.yaml"), reverse=True)]
    one, two = (lint(capfdbinary, *paths, "--show-files", "--jobs", jobs) for jobs in "12")
    assert one == two
    assert one[1].decode().split() == paths


def test_a_crash_names_its_file_wherever_it_happens(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Run.read

    def crashing(self: Run, path: str, *, named: bool = True) -> None:
        if path.endswith(("004.yaml", "005.yaml", "two.yaml")):
            raise ZeroDivisionError
        read(self, path, named=named)

    monkeypatch.setattr(Run, "read", crashing)
    one, two, three = (lint(capfdbinary, str(folder), "--jobs", jobs) for jobs in "123")
    assert one == two == three
    assert one[0] == 3
    assert b"internal error (ZeroDivisionError) in " + str(folder / "004.yaml").encode() in one[2]
    assert one[1] == b""


def test_a_worker_that_is_killed_names_the_file_that_it_died_of(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, first = Run.read, os.getpid()

    def dying(self: Run, path: str, *, named: bool = True) -> None:
        if os.getpid() != first and path.endswith("-cut.yaml"):
            Path(folder / "died").write_text(path)
            os.kill(os.getpid(), signal.SIGKILL)
        read(self, path, named=named)

    monkeypatch.setattr(Run, "read", dying)
    code, out, err = lint(capfdbinary, str(folder), "--jobs", "2")
    assert (code, out) == (3, b"")
    assert f"internal error (a process ended early) in {(folder / 'died').read_text()}".encode() in err


def test_a_worker_that_is_killed_while_it_tells_is_no_less_a_crash(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(outcomes: object, stream: BinaryIO, protocol: int) -> None:
        found = pickle.dumps(outcomes, protocol)
        stream.write(found[: len(found) // 2])
        stream.flush()
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(pickle, "dump", dying)
    code, out, err = lint(capfdbinary, str(folder), "--jobs", "2")
    assert (code, out) == (3, b"")
    assert b"internal error (a process ended early) in " in err


@pytest.mark.parametrize("name", ["fork", "pipe", "dup"])
def test_one_process_goes_on_where_the_system_has_no_room_for_more(
    name: str, folder: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = lint(capfdbinary, str(folder), "--jobs", "1")
    real, calls = getattr(os, name), list[object]()

    def refused(*args: int) -> object:
        calls.append(args)
        if len(calls) > 1:
            raise OSError(errno.EAGAIN, "there is no room")
        return real(*args)

    before = os.listdir("/dev/fd")
    with monkeypatch.context() as patch:
        patch.setattr(os, name, refused)
        three = lint(capfdbinary, str(folder), "--jobs", "3")
    assert three == one
    assert len(calls) == 2
    assert os.listdir("/dev/fd") == before


def test_pipes_do_not_take_the_place_of_files(folder: Path) -> None:
    program = (
        "import resource, sys; from aicfg.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12)); sys.argv = ['aicfg', 'lint', *sys.argv[1:]]; main()"
    )
    command = [sys.executable, "-c", program, str(folder), "--jobs"]
    one, ten = (subprocess.run([*command, jobs], capture_output=True, check=False) for jobs in ("1", "10"))
    assert (one.returncode, one.stdout, one.stderr) == (ten.returncode, ten.stdout, ten.stderr)
    assert len(one.stdout) > 10_000


def test_who_starts_the_run_may_ignore_that_processes_end(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        one, three = (lint(capfdbinary, str(folder), "--jobs", jobs) for jobs in "13")
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert one == three


def test_a_worker_leaves_interrupts_to_the_first_process(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = lint(capfdbinary, str(folder), "--jobs", "1")
    read, first = Run.read, os.getpid()

    def interrupted(self: Run, path: str, *, named: bool = True) -> None:
        if os.getpid() != first:  # as in the background of a script, where the first process ignores it
            os.kill(os.getpid(), signal.SIGINT)
        read(self, path, named=named)

    monkeypatch.setattr(Run, "read", interrupted)
    assert lint(capfdbinary, str(folder), "--jobs", "3") == one


def test_an_interrupt_ends_all_processes(folder: Path) -> None:
    program = (
        "import os, signal, sys, time; from aicfg.cli import main; from aicfg.lint.engine import Run\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # who starts the tests may ignore it
        "def wait(self, path, named): print(os.getpid(), flush=True); time.sleep(60)\n"
        "Run.read = wait; sys.argv = ['aicfg', 'lint', sys.argv[1], '--jobs', '2']; main()"
    )
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        pids = [int(process.stdout.readline()) for _ in range(2)]
        os.killpg(process.pid, signal.SIGINT)
        error = process.stderr.read()
    assert len(set(pids)) == 2
    assert process.returncode == 130
    assert b"Traceback" not in error
    time.sleep(0.05)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_few_small_files_are_no_work_for_two(folder: Path) -> None:
    few = [Found(str(path)) for path in sorted(folder.glob("00*.yaml"))]
    assert parallel._worthwhile(few) == 1
    assert parallel._worthwhile(few * 1_000) == len(os.sched_getaffinity(0))


def test_settings_that_cannot_be_used_are_told_in_the_order_of_the_files(folder: Path) -> None:
    def settings(path: str) -> Settings:
        if path.endswith("0.yaml"):
            raise UsageError(f"not for {path}")
        return nearest

    nearest, told = Settings(), []
    for jobs in (1, 2):
        runs = Runs(nearest, settings)
        files = [Found(str(path)) for path in (folder / "gone.yaml", *sorted(folder.glob("0*.yaml")))]
        told.append([str(each) for each in runs.read_all(files, jobs=jobs)])
        assert len(runs.sources) > 50
    assert told[0] == told[1]
    assert len(told[0]) > 3


def test_a_run_knows_the_same_whoever_read_the_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    files = [Found(str(path), named=False) for path in sorted(Path().rglob("*.yaml"))]
    known = []
    for jobs in (1, 3):
        settings = Settings(choice=Choice(variables={"token": ("t", "token=t")}))
        runs = Runs(settings, lambda path, settings=settings: settings)  # type: ignore[misc]
        runs.read_all(files, jobs=jobs)
        [run] = runs.all
        entities = [(file.about, file.form, [item.path for item in file.items]) for file in run.kong_files]
        known.append((run.met, run.sought, run.partial, run.included, [*run.sources], [*runs.sources], entities))
    assert known[0] == known[1]
    assert all(known[0])

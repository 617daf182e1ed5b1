"""Regular expressions that are compiled later: ours, and those that importing PyYAML would compile."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from conftest import Command

from aicfg.patterns import compiled_later, later

COMPILE = re.compile


class TestLater:
    def test_does_what_the_pattern_does(self) -> None:
        pattern = later("(a)b", re.IGNORECASE)
        assert pattern.sub("c", "ABab-") == "cc-"
        assert [match.group(1) for match in pattern.finditer("xAb")] == ["A"]
        assert (pattern.pattern, bool(pattern.flags & re.IGNORECASE)) == ("(a)b", True)

    def test_compiles_at_the_first_use(self) -> None:
        pattern = later("(")
        with pytest.raises(re.error):
            pattern.search("")

    def test_ends_with_the_block_however_that_ends(self) -> None:
        made = []
        with suppress(ZeroDivisionError), compiled_later():
            made.append(re.compile("a+", flags=re.IGNORECASE))
            made.append(1 / 0)
        [pattern] = made
        assert not isinstance(pattern, re.Pattern)
        assert pattern.fullmatch("Aa")
        assert re.compile is COMPILE


class TestPyYaml:
    START = "import re, sys; from aicfg.cli import _options; _options.import_yaml(); import yaml; "
    USE = """
for text in ["[1, 0x1f, 1e3, 1.5, .inf, yes, ~, 2001-12-14, 2001-12-14t21:59:43.10-05:00, a]", "a: \\x07", "[", "é: 190:20:30"]:
    try:
        value = yaml.load(text, yaml.SafeLoader)
        print(value, yaml.dump(value, Dumper=yaml.SafeDumper))
    except yaml.YAMLError as error:
        print(error)
"""  # noqa: E501

    def test_imports_none_of_its_patterns(self, python: Command) -> None:
        status, out, err = python(self.START + "print(type(yaml.reader.Reader.NON_PRINTABLE) is re.Pattern)")
        assert (status, out, err) == (0, "False\n", "")

    def test_its_reader_in_python_still_does_all_that_it_did(self, python: Command) -> None:
        as_ever = python("import yaml\n" + self.USE)
        assert (as_ever.status, as_ever.out.count("datetime.datetime")) == (0, 1)
        assert python(self.START + self.USE) == as_ever

    def test_a_release_that_cannot_wait_is_imported_as_it_is(self, python: Command) -> None:
        broken = "from aicfg import patterns; patterns._Later.__init__ = lambda *given, **named: 1 / 0; "
        status, out, err = python(broken + self.START + "print(type(yaml.reader.Reader.NON_PRINTABLE) is re.Pattern)")
        assert (status, out, err) == (0, "True\n", "")

    def test_the_library_leaves_it_alone(self, python: Command) -> None:
        status, out, err = python(
            "import re, aicfg; aicfg.load; import yaml; print(type(yaml.reader.Reader.NON_PRINTABLE))"
        )
        assert (status, out, err) == (0, "<class 're.Pattern'>\n", "")

    def test_lint_works_without_libyaml(self, python: Command) -> None:
        code = "import sys; sys.modules['yaml._yaml'] = None; sys.argv = ['aicfg', 'lint', '-']; "
        code += "import io; sys.stdin = io.TextIOWrapper(io.BytesIO(b'version: 1\\nroutes: [}')); "
        status, out, err = python(code + "from aicfg.cli import main; main()")
        assert (status, err) == (1, "")
        assert "M001" in out

    @pytest.mark.parametrize("command", ["lint", "render"])
    def test_commands_that_read_files_compile_none_of_its_patterns(
        self, python: Command, manifest: Callable[..., str], command: str
    ) -> None:
        manifest("version: 1\nproviders:\n  p: {type: openai}\nroutes:\n  r: {provider: p, model: m}\n")
        code = "import atexit, re, sys; sys.argv[0] = 'aicfg'; from aicfg.cli import main; "
        code += "atexit.register(lambda: print(sys.modules['yaml'].reader.Reader.NON_PRINTABLE)); main()"
        status, out, _ = python(code, command, "aicfg.yaml")
        assert status == 0
        assert "_Later" in out.splitlines()[-1]

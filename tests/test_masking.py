"""Secrets never show in the lines of a file; references to them stay readable, and columns stay where they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicfg.lint.masking import Mask, mask_text, masked_lines, secret_variables
from aicfg.lint.secrets import looks_secret, may_hold_secret, names_secret
from aicfg.source import SourceError, Text, read_text

SECRET = "hunter2"


def shown(text: str) -> str:
    """The text as a report shows its lines."""
    try:
        documents = read_text(text, "f.yaml")
    except SourceError:
        documents = []
    source = documents[0].source if documents else Text(text, "f.yaml")
    return "\n".join(masked_lines(source, documents))


def broken(text: str) -> str:
    """The text as a report shows its lines when it is no YAML."""
    return "\n".join(masked_lines(Text(text, "f.yaml"), []))


class TestNames:
    @pytest.mark.parametrize(
        "key",
        [
            *("api_key", "apiKey", "x-api-key", "header_value", "param_value", "password", "client_secret", "secret"),
            *("aws_access_key_id", "aws_secret_access_key", "gcp_service_account_json", "azure_client_secret", "token"),
            *("access_token", "credentials", "private_key", "key", "keyauth_credentials", "Authorization"),
        ],
    )
    def test_these_keys_name_secrets(self, key: str) -> None:
        assert names_secret(key)

    @pytest.mark.parametrize(
        "key",
        [
            *("max_tokens", "tokens_count_strategy", "header_name", "param_name", "secretName", "secretKeyRef", "name"),
            *("token_endpoint", "authorization_endpoint", "credential_claim", "api_key_file", "eos_token", "", 1, None),
        ],
    )
    def test_these_do_not(self, key: object) -> None:
        assert not names_secret(key)


class TestKnownForms:
    @pytest.mark.parametrize(
        "token",
        [
            "sk-proj-a1B2c3D4e5F6", "sk-ant-api03-abcdefgh", "AKIAIOSFODNN7EXAMPLE", "AIzaSyA-1234567890abcdefghijk",
            "hf_abcdefghijklmnopqrst", "ghp_abcdefghijklmnopqrst", "glpat-abcdefghijklmnopqrst", "xoxb-1234567890-abc",
            "kpat_abcdefghijklmnopqrst", "spat_abcdefghijklmnopqrst", "gsk_abcdefghijklmnopqrstuv",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_-def", "hvs.abcdefghijklmnopqrstuvwx",
        ],
    )  # fmt: skip
    def test_tokens_are_hidden_wherever_they_stand(self, token: str) -> None:
        assert looks_secret(f"see {token}!")
        assert mask_text(f"see {token}!") == f"see {'*' * len(token)}!"
        assert shown(f"note: {token}\n").startswith("note: ***")
        assert token not in shown(f"{token}: 1\n")

    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            ("https://user:hunter2@host/x", "https://************@host/x"),
            ("redis://:hunter2@host:6379", "redis://********@host:6379"),
            ("https://u:p@ss@host", "https://******@host"),
            ("https://host/x?key=hunter2&a=b", "https://host/x?key=*******&a=b"),
            ("Bearer hunter2hunter2", "Bearer **************"),
            ("basic aHVudGVyMg==", "basic ************"),
            ("-----BEGIN RSA PRIVATE KEY----- MIIE", "*" * 36),
        ],
    )
    def test_credentials_in_urls_and_headers_are_hidden(self, text: str, masked: str) -> None:
        assert mask_text(text) == masked

    @pytest.mark.parametrize(
        "text",
        [
            "task-force-of-eleven", "sk-chat", "https://host:8000/a@b", "http://a:1,http://b/c@d",
            "Bearer authentication", "Basic functionality", "claude-3-5-sonnet-20241022",
            "https://user:${env:PASSWORD}@host", "https://${env:USER}:${env:PASSWORD}@host",
            "https://host/x?key=${env:KEY}", "Bearer ${env:KEY}", "Bearer {vault://env/key}",
        ],
    )  # fmt: skip
    def test_what_is_no_secret_stays(self, text: str) -> None:
        assert mask_text(text) == text
        assert not looks_secret(text)


class TestPlainTextOrReference:
    @pytest.mark.parametrize("value", ["hunter2", "Bearer hunter2", "${env:X}hunter2", "$NAME"])
    def test_plain_text_may_be_a_secret(self, value: str) -> None:
        assert may_hold_secret(value)

    @pytest.mark.parametrize(
        "value",
        ["", "Bearer ", "${env:X}", "Bearer ${env:X}", "{vault://env/x}", '${{ env "DECK_X" }}', "Basic {vault://a/b}"],
    )
    def test_references_and_nothing_are_none(self, value: str) -> None:
        assert not may_hold_secret(value)


HIDDEN = [
    ("api_key: hunter2\n", "api_key: *******\n"),
    ("api_key: hunter2  # mine\n", "api_key: *******  # mine\n"),
    ("'api_key': \"hunter2\"\n", "'api_key': \"*******\"\n"),
    ('{"a": 1, "password": "hunter2", "b": 2}', '{"a": 1, "password": "*******", "b": 2}'),
    ("x: {api_key: hunter2, name: foo}\n", "x: {api_key: *******, name: foo}\n"),
    ("api_keys: [hunter2, 'hunter2']\n", "api_keys: [*******, '*******']\n"),
    ("password:\n- hunter2\n- x: hunter2\n", "password:\n- *******\n- x: *******\n"),
    ("password: |\n  hunter2\n  hunter2\nb: 1\n", "password: |\n  *******\n  *******\nb: 1\n"),
    ("password: >-  # folded\n  hunter2\n", "password: >-  # folded\n  *******\n"),
    ("password: hunter2\n  hunter2\n", "password: *******\n  *******\n"),
    ('password: "hunter2\n  hunter2"\n', 'password: "*******\n  *******"\n'),
    ("password: 1234567\n", "password: *******\n"),
    ("password: &a hunter2\n", "password: &a *******\n"),
    ("x: &a hunter2\npassword: *a\n", "x: &a *******\npassword: *a\n"),
    ("x: &a {y: hunter2}\npassword: *a\n", "x: &a {y: *******}\npassword: *a\n"),
    ("a: {<<: {api_key: hunter2}}\n", "a: {<<: {api_key: *******}}\n"),
    ("header_value: Bearer hunter2\n", "header_value: Bearer *******\n"),
    ("api_key: ${env:X}hunter2\n", "api_key: ${env:X}*******\n"),
    ("# api_key: hunter2\na: 1\n", "# api_key: *******\na: 1\n"),
    ('add: ["apikey:hunter2"]\n', 'add: ["apikey:*******"]\n'),
    ('a: "user=me;password=hunter2;b=c"\n', 'a: "user=me;password=*******;b=c"\n'),
    (
        "x: |\n  -----BEGIN PRIVATE KEY-----\n  hunter2\n  -----END PRIVATE KEY-----\n  y\n",
        "x: |\n  ***************************\n  *******\n  -----END PRIVATE KEY-----\n  y\n",
    ),
]

READABLE = [
    "api_key: ${env:KEY}\n",
    'api_key: "Bearer ${env:KEY}"\n',
    'header_value: "{vault://env/key}"\n',
    """header_value: 'Bearer ${{ env "DECK_KEY" }}'\n""",
    'header_value: "Bearer ${{ env "DECK_KEY" }}"\n',
    'api_key: "${OPENAI_KEY}"\n',
    "max_tokens: 512\ntokens_count_strategy: total-tokens\n",
    "auth: {header_name: Authorization, allow_override: false}\n",
    "valueFrom: {secretKeyRef: {name: openai, key: OPENAI_KEY}}\nsecretName: openai\n",
    "keyauth_credentials:\n- {name: me, tags: [a]}\n",
    "hide_credentials: true\npassword:\n",
    "password: *a\n".join(["x: &a ${env:X}\n", ""]),
]


class TestLines:
    @pytest.mark.parametrize(("text", "masked"), HIDDEN)
    def test_plain_text_under_a_secret_name_is_hidden(self, text: str, masked: str) -> None:
        assert shown(text) == masked

    @pytest.mark.parametrize("text", READABLE)
    def test_references_and_harmless_values_stay(self, text: str) -> None:
        assert shown(text) == text

    @pytest.mark.parametrize("text", [text for text, _ in HIDDEN if "&" not in text])
    @pytest.mark.parametrize("fault", ["[", "\t- x: [", "}: {", '"'])
    def test_nothing_shows_in_a_file_that_is_broken_elsewhere(self, text: str, fault: str) -> None:
        assert SECRET not in broken(text + fault)
        assert SECRET not in broken(f"x: {fault}\n{text}")

    @pytest.mark.parametrize(
        "text",
        [
            "api_key: hunter2: x\n",
            'api_key: "hunter2\nb: 1\n',
            "api_key: 'it's hunter2'\n",
            "api_key: @hunter2\n",
            'password: {a: "hunter2"\n',
            'password: ["hunter2"\n',
            '{"password":\n"hunter2"\n',
            "password:\nhunter2\nb: c\n",
            "{a: '${{', api_key: [hunter2] }}",
            "{a: '{vault://', password: hunter2 }",
            "key: |\n-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
        ],
    )
    def test_nothing_shows_where_the_secret_itself_is_what_breaks_the_file(self, text: str) -> None:
        assert SECRET not in broken(text)

    @pytest.mark.parametrize("text", READABLE[:4])
    def test_references_stay_readable_in_a_broken_file(self, text: str) -> None:
        assert broken(text + "[") == text + "["

    def test_each_kind_of_line_end_ends_a_line(self) -> None:
        assert shown("a: 1\r\npassword: hunter2\r\nb: 2\r\n").split("\n") == ["a: 1", "password: *******", "b: 2", ""]

    def test_a_single_line_is_masked_like_all_of_them(self) -> None:
        text = "a: 1\npassword: |\n  hunter2\n"
        documents = read_text(text, "f.yaml")
        mask = Mask(documents[0].source, documents)
        assert [mask.line(number) for number in range(6)] == ["", "a: 1", "password: |", "  *******", "", ""]

    @given(
        st.lists(
            st.sampled_from(
                ["password", ": ", "key", "a", "\n", "  ", "- ", "'", '"', "{", "}", "|", "x", "漢", "\r", "${env:A}"]
            )
        )
    )
    def test_every_line_keeps_its_width(self, pieces: list[str]) -> None:
        source = Text("".join(pieces), "f.yaml")
        widths = [len(line.rstrip("\r\n")) for line in source.lines]
        assert [len(line) for line in shown(source.text).split("\n")] == widths
        assert [len(line) for line in masked_lines(source, [])] == widths

    @pytest.mark.parametrize(
        "piece", ["sk-", "-eyJ", "://a:", "?key=", "password:", "bearer ", "${{", "{vault:/", "-----BEGIN", "'"]
    )
    def test_very_long_lines_come_to_an_end(self, piece: str) -> None:
        """A pattern that goes back over the line again and again would take hours."""
        text = piece * (500_000 // len(piece))
        assert len(broken(text)) == len(mask_text(text)) == len(text)


def test_a_variable_that_is_given_twice_hides_both_of_its_values() -> None:
    text = (
        "version: 1\nvariables: {other: qwerty-one}\nvariables: {other: qwerty-two}\n"
        "providers: {p: {type: openai, api_key: '${var:other}'}}\n"
    )
    source, documents = Text(text, "f.yaml"), [*read_text(text, "f.yaml")]
    mask = Mask(source, documents, secret_variables([(source, documents)]))
    assert [mask.line(number) for number in (2, 3)] == ["variables: {other: **********}"] * 2

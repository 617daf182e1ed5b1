"""A command that sends the upstream request to the provider itself. Keys come from the environment."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from aicfg.preview.formats.text import heading, notes
from aicfg.preview.paint import Paint
from aicfg.preview.run import Preview
from aicfg.preview.words import pretty, refusal_lines

_SIGNED = ("authorization", "x-amz-date", "x-amz-security-token")
_GCP_TOKEN = "<GCP-TOKEN>"


def write(previews: Sequence[Preview], paint: Paint) -> str:
    return "\n".join("\n".join(_command(preview, len(previews) > 1)) + "\n" for preview in previews)


def _command(preview: Preview, several: bool) -> Iterator[str]:
    if several:
        yield heading(preview)
    for note in notes(preview):
        yield f"# note: {note}"
    if preview.upstream is None:
        yield from (f"# {line}" for line in refusal_lines(preview))
        return
    yield " \\\n  ".join(_words(preview))


def _words(preview: Preview) -> Iterator[str]:
    upstream = preview.upstream
    assert upstream is not None
    yield f"curl -X {_quoted(preview, upstream.method)} {_quoted(preview, preview.url)}"
    if upstream.signing is not None:
        signing = upstream.signing
        yield f"--aws-sigv4 {_quoted(preview, 'aws:amz:{region}:{service}'.format(**signing))}"
        yield '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
    for name, value in preview.headers.items():
        if name.lower() == "accept-encoding":
            yield "--compressed"
        elif upstream.signing is None or name.lower() not in _SIGNED:
            yield f"-H {_quoted(preview, f'{name}: {value}')}"
    if preview.body is not None and preview.body != "":
        yield f"--data-raw {_quoted(preview, preview.body if isinstance(preview.body, str) else pretty(preview.body))}"


def _quoted(preview: Preview, text: str) -> str:
    """A word for a shell: literal pieces quoted, variables between them."""
    pieces = []
    for part in preview.hidden.parts(text):
        if isinstance(part, str):
            before, token, after = part.partition(_GCP_TOKEN)
            pieces += [shlex.quote(before)] if before else []
            pieces += ['"$(gcloud auth print-access-token)"'] if token else []
            pieces += [shlex.quote(after)] if after else []
        else:
            pieces.append(f'"${part.variable}"')
    return "".join(pieces) or "''"

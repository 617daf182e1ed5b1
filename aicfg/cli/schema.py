from __future__ import annotations

from pathlib import Path

import click

from aicfg.cli._options import offers, write


@click.command("schema", short_help="Print the JSON Schema of the manifest, of a plugin, or of lint's report.")
@click.option(
    "--plugin",
    metavar="NAME",
    shell_complete=offers("plugins"),
    help="Print the schema of this AI plugin's config instead of the manifest's.",
)
@click.option("--report", is_flag=True, help="Print the schema of what `lint --format json` writes.")
@click.option(
    "--gateway-version", metavar="VERSION", help="Gateway that has the plugin, such as 3.10. Default: the newest."
)
@click.option(
    "--edition", type=click.Choice(["enterprise", "oss"]), help="Edition of that gateway. Default: enterprise."
)
@click.option("-o", "--output", metavar="FILE", help="A file to write to. Default: standard output.")
def command(
    plugin: str | None, report: bool, gateway_version: str | None, edition: str | None, output: str | None
) -> None:
    """Print the manifest's JSON Schema: save it, and let your editor complete and explain every key.

    With the YAML language server, put this at the top of the manifest, with the path of what `-o aicfg.schema.json`
    writes (`aicfg init` does both):

        # yaml-language-server: $schema=./aicfg.schema.json

    `aicfg docs` prints the same as Markdown to read, with what each shorthand compiles to.

    With --plugin, print the schema (draft-07) of what stands under `config` of that plugin in a Kong file. Its verdict
    is Kong's, except that it counts the characters of a text where Kong counts bytes. `aicfg lint` knows more than
    Kong's schema, and tells what to write instead.
    """
    if report and (plugin or gateway_version or edition):
        raise click.UsageError("--report is the schema of the report alone: it goes with no option but -o")
    text = _schema(plugin, report, gateway_version, edition)
    if output in (None, "-"):
        write(text)
        return
    from aicfg.files import write_files

    write_files({Path(str(output)): text})


def _schema(plugin: str | None, report: bool, version: str | None, edition: str | None) -> str:
    """The text of the schema that is asked for. Raises UsageError."""
    from aicfg.errors import UsageError
    from aicfg.resources import schema_file

    if plugin is not None:
        return _plugin_schema(plugin, version, edition)
    if version or edition:
        raise UsageError("the manifest's schema is the same for every gateway", hint="name a plugin with --plugin")
    file = schema_file("report.schema.json" if report else "manifest.schema.json")
    return Path(file).read_text(encoding="utf-8")


def _plugin_schema(name: str, version: str | None, edition: str | None) -> str:
    from aicfg.catalog.plugins import plugin_names, plugin_schema
    from aicfg.catalog.versions import gateway
    from aicfg.errors import UsageError
    from aicfg.kong.check import check
    from aicfg.kong.json_schema import as_text, plugin_json_schema
    from aicfg.words import nearest

    if name not in plugin_names():
        meant = nearest(name, plugin_names())
        hint = f'did you mean "{meant}"?' if meant else f"use one of {', '.join(plugin_names())}"
        raise UsageError(f'"{name}" is not a plugin that aicfg knows', hint=hint)
    schema = plugin_schema(name, gateway(version, edition))
    if not schema.available:
        absent = next(check(schema, {}))
        raise UsageError(absent.message, hint=absent.hint)
    return as_text(plugin_json_schema(schema))

from __future__ import annotations

from pathlib import Path

import click

from aicfg.cli._options import offers, write


@click.command("init", short_help="Write a commented manifest to start from.")
@click.argument("file", type=click.Path(allow_dash=True, dir_okay=False), default="aicfg.yaml")
@click.option(
    "--provider",
    "type_",
    metavar="TYPE",
    shell_complete=offers("providers"),
    default="openai",
    show_default=True,
    help="As `aicfg providers` lists.",
)
def command(file: str, type_: str) -> None:
    """Write a commented starter manifest to FILE (default: aicfg.yaml; `-` is standard output).

    The manifest's JSON Schema goes beside it, so that editors complete and explain its keys. An existing manifest is
    never written over.
    """
    from aicfg.errors import UsageError
    from aicfg.files import write_files

    if file != "-" and Path(file).exists():
        raise UsageError("this file exists already", file=file, hint="choose another name, or remove it first")
    schema = Path(file).with_name("aicfg.schema.json")
    text = starter(type_, "FILE" if file == "-" else file, f"./{schema.name}")
    if file == "-":
        write(text)
        click.echo(f"its first line names {schema}, for editors: `aicfg schema -o {schema}` writes it", err=True)
        return
    from aicfg.resources import schema_file

    published = Path(schema_file("manifest.schema.json")).read_text(encoding="utf-8")
    write_files({Path(file): text, schema: published})
    write(f"wrote {file} and {schema}\nnext: aicfg lint {file} && aicfg render {file} -o kong.yaml\n")


def starter(type_: str, file: str, schema: str) -> str:
    """The text of a starter manifest for a provider type. Raises UsageError for an unknown one."""
    import jinja2

    from aicfg.catalog.providers import provider, provider_types
    from aicfg.catalog.versions import NEWEST
    from aicfg.errors import UsageError
    from aicfg.reference.hostings import options_to_fill
    from aicfg.render.quoting.yaml import block
    from aicfg.resources import folder
    from aicfg.words import did_you_mean

    if type_ not in provider_types():
        hint = did_you_mean(type_, provider_types())
        raise UsageError(f'there is no provider "{type_}"', hint=hint or "`aicfg providers` lists them all")
    chosen = provider(type_)
    hosting = chosen.hostings[chosen.default_hosting or next(iter(chosen.hostings))]
    found = hosting.capability("llm/v1/chat")
    options = options_to_fill(chosen, hosting)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder("templates")),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template("init/manifest.yaml.j2").render(
        provider=chosen,
        hosting=hosting,
        others=[name for name in chosen.hostings if name != hosting.name],
        options=block(options).splitlines() if options else [],
        name=type_,
        variable=f"{type_.upper()}_API_KEY",
        model=(found.model if found else None) or chosen.type,
        gateway=NEWEST["enterprise"],
        file=file,
        schema=schema,
    )

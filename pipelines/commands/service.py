"""Commands for whoever runs a site: serve the pages, and look whether everything works."""

from functools import partial
from typing import Annotated

import typer
from rich.text import Text as RichText

from pipelines.commands.context import CommandContext, emit_json
from pipelines.doctor.checks import by_part, examine
from pipelines.doctor.finding import Finding, Health
from pipelines.doctor.words import told
from qm.domain.text import Language
from qm.setting_table import SETTINGS

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
STYLES = {Health.OK: "green", Health.NOTE: "yellow", Health.FAULT: "bold red"}
UNAVAILABLE = 3
NAME_WIDTH, STATE_WIDTH = 10, 8


def serve(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port instead of QM_PORT.")] = None,
) -> None:
    """Serve the pages and their JSON; on the first start, say how to set the first administrator's password."""
    from qm.operations.first_start import tell_first_admin
    from qm.operations.listening import check_listening, site_address, tls_context
    from qm.operations.serve import serve as serve_pages

    context = CommandContext.open()
    settings, at = context.settings, port or context.settings.port
    tls_context(settings)
    check_listening(settings)
    context.wiring.database.upgrade()
    context.errors.print(f"{site_address(settings, at)}/  (Ctrl-C to stop)", markup=False)
    first = partial(tell_first_admin, context.wiring.people, settings, at)
    serve_pages("api.app:create_app", settings, at, first)


def doctor(as_json: AsJson = False) -> None:
    """Print the settings in force, where each came from, and whether the parts work."""
    context = CommandContext.open()
    values = {setting.name: context.settings.shown(setting.name.lower()) for setting in SETTINGS}
    findings = examine(context.wiring, context.language)
    if as_json:
        origins = dict(context.settings.origins)
        emit_json({"settings": values, "origins": origins, "parts": by_part(findings), "findings": findings})
    else:
        _print_settings(context, values)
        for finding in findings:
            context.out.print(_line(finding, context.language), soft_wrap=True)
    if any(finding.health is Health.FAULT for finding in findings):
        raise typer.Exit(UNAVAILABLE)


def _print_settings(context: CommandContext, values: dict[str, str]) -> None:
    width = max(len(setting.name) for setting in SETTINGS)
    for setting in SETTINGS:
        origin = context.settings.origins[setting.name.lower()]
        line = RichText(f"QM_{setting.name:<{width}} {values[setting.name]}  ")
        context.out.print(line.append(f"({origin}: {setting.meaning})", "dim"), soft_wrap=True)
    context.out.print()


def _line(finding: Finding, language: Language) -> RichText:
    """Part, state, message; what to do on the same line, so that `grep` shows both."""
    line = RichText(f"{finding.part:<{NAME_WIDTH}} ")
    line.append(f"{told(finding.health.value, language):<{STATE_WIDTH}}", STYLES[finding.health])
    line.append(finding.message)
    return line.append(f" → {finding.hint}", "dim") if finding.hint else line


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    app.command("doctor")(doctor)

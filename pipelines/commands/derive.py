"""`qm forms derive`: propose a form from what customers say."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from pipelines.commands.context import CommandContext, emit_json
from pipelines.files.form_files import find_pack, folder_of
from qm.domain.derived_form import DerivedForm
from qm.domain.text import Language
from qm.errors import InputError
from qm.rules.bundle import read_bundle
from qm.rules.derive_pack import derive_bundle, needs_of
from qm.rules.loader import load_packs
from qm.rules.yaml_file import write_yaml
from qm.services.drivers import DriverRequest
from qm.wording_derived import (
    DERIVED_REFUSALS,
    FATES,
    basis,
    derived_word,
    evidence,
    guidelines,
    validity_lines,
    weights_text,
)

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, 2026-11-23.")]
REFUSED = 2


def register(forms: typer.Typer) -> None:
    """Add this command to `qm forms`."""
    forms.command("derive")(derive)


def derive(
    form: Annotated[str, typer.Argument(help="Id of a published form.")],
    scale: Annotated[str, typer.Option(help="Scale of the survey.")] = "satisfaction",
    since: Day = None,
    until: Day = None,
    out: Annotated[Path | None, typer.Option(help="File for the draft; `qm forms import` takes it in.")] = None,
    guide: Annotated[Path | None, typer.Option(help="File for the reasons (Markdown), for those who decide.")] = None,
    margin: Annotated[float, typer.Option(min=0.1, max=50, help="Points within which an effect moves nothing.")] = 3.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Propose questions and weights from drivers and comments, and judge old and new form on other agents."""
    context = CommandContext.open()
    if since and until and since >= until:
        message = f"{since:%Y-%m-%d} isn't before {until:%Y-%m-%d}"
        raise InputError("drivers.period", message, "--until is the day after the last")
    root = context.settings.rules
    bundle = read_bundle(folder_of(find_pack(load_packs(root), form), root))
    zone = ZoneInfo(context.wiring.plan.window.zone)
    begin, end = (day.replace(tzinfo=zone) if day else None for day in (since, until))
    request = DriverRequest(scale, form, begin, end, margin=margin)
    derived = context.wiring.derive.propose(request, needs_of(bundle), datetime.now(UTC))
    if out and not derived.refused:
        _write(out, write_yaml(derive_bundle(bundle, derived)))
    if guide and not derived.refused:
        _write(guide, guidelines(derived, context.language))
    if as_json:
        emit_json(derived)
    else:
        _print(context, derived, out)
    if derived.refused:
        raise typer.Exit(REFUSED)


def _print(context: CommandContext, derived: DerivedForm, out: Path | None) -> None:
    language, console = context.language, context.out
    console.print(basis(derived, language))
    if derived.refused:
        console.print(DERIVED_REFUSALS[derived.refused].said_in(language))
        return
    console.print(_table(derived, language))
    for one in derived.new:
        console.print(f"{derived_word('new', language)}: {one.name} (n = {one.n}): «{one.said}»")
    lines = validity_lines(derived.validity, language) if derived.validity else [derived_word("no_validity", language)]
    for line in lines:
        console.print(line)
    console.print(derived_word("draft", language))
    if out:
        console.print(derived_word("written", language, file=out))


def _table(derived: DerivedForm, language: Language) -> Table:
    table = Table(title=derived_word("heading", language), title_justify="left")
    for key in ("question", "fate", "weight", "effect"):
        table.add_column(derived_word(key, language))
    for one in derived.criteria:
        title, fate = one.title.said_in(language), FATES[one.fate].said_in(language)
        table.add_row(title, fate, weights_text(one, language), evidence(one, language))
    return table


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError("file.unwritable", f"{path}: {error.strerror}", "give another place") from error

"""Commands about forms: `forms list`, `show`, `export`, `import`, `publish`, `schema`, `lint`."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.files.form_files import find_pack, folder_of, publish, take_in
from pipelines.reports.form_report import Uses, form_lines, list_lines, row_of, status_of
from qm.analysis.measure_talk import MEASURES
from qm.domain.weights import weigh
from qm.errors import Fault, InputError, StorageError
from qm.rules.bundle import plain, read_bundle
from qm.rules.cases import load_cases, missing_proof
from qm.rules.dump_form import form_tree
from qm.rules.form_table import write_table
from qm.rules.lint_forms import lint_form
from qm.rules.loader import PACK_FILE, load_packs, read_yaml
from qm.rules.located import FaultList
from qm.rules.pack import Pack
from qm.rules.parse_conditions import ConditionParser
from qm.rules.schema import make_schema
from qm.rules.yaml_file import write_yaml
from qm.services.forms import FormService
from qm.wording import say

forms = typer.Typer(no_args_is_help=True, help="Forms: what is asked of a contact.")
FormId = Annotated[str, typer.Argument(help="Id of a form.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
OfDraft = Annotated[bool, typer.Option("--draft", help="Its draft, where there is one beside the published version.")]


class Format(StrEnum):
    """What a form is written as; a CSV has the form without its rules."""

    YAML = "yaml"
    JSON = "json"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(forms, name="forms")


def _packs(context: CommandContext) -> tuple[Pack, ...]:
    return load_packs(context.settings.rules, drafts=True)


def _uses(context: CommandContext) -> Uses:
    try:
        return FormService(context.wiring.database.unit_of_work).uses()
    except StorageError:
        return None  # forms can be looked at before anything was processed


@forms.command("list")
def list_forms(as_json: AsJson = False) -> None:
    """List forms with version, status and how many evaluations rest on them."""
    context = CommandContext.open()
    packs, uses = _packs(context), _uses(context)
    if as_json:
        emit_json({"forms": [row_of(pack, uses) for pack in packs]})
        return
    for line in list_lines(packs, uses, context.language):
        context.out.print(line, markup=False)


@forms.command()
def show(form: FormId, draft: OfDraft = False, as_json: AsJson = False) -> None:
    """Show a form: sections, criteria, what each weighs."""
    context = CommandContext.open()
    pack = find_pack(_packs(context), form, draft=draft)
    if as_json:
        shares = weigh(pack.form, {criterion.id for criterion in pack.form.criteria})
        emit_json({"form": pack.form, "status": status_of(pack.form), "weights": shares})
        return
    for line in form_lines(pack, context.language):
        context.out.print(line, markup=False)


@forms.command()
def export(
    form: FormId,
    format_: Annotated[Format, typer.Option("--as", help="Format.")] = Format.YAML,
    out: Annotated[Path | None, typer.Option(help="File to write; standard output where not given.")] = None,
    draft: OfDraft = False,
) -> None:
    """Write a form as one document, its rules and cases inside (in a CSV, the form only)."""
    context = CommandContext.open()
    pack = find_pack(_packs(context), form, draft=draft)
    text = export_text(pack, folder_of(pack, context.settings.rules), format_)
    if out is None:
        print(text, end="")
        return
    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError("file.unwritable", f"{out}: {error.strerror}", "give another place") from error


def export_text(pack: Pack, folder: Path, format_: Format) -> str:
    """The document of a pack."""
    if format_ is Format.CSV:
        return write_table(_with_conditions(pack, folder))
    bundle = read_bundle(folder)
    return write_yaml(bundle) if format_ is Format.YAML else json.dumps(bundle, ensure_ascii=False, indent=2) + "\n"


def _with_conditions(pack: Pack, folder: Path) -> dict[str, object]:
    """The form's tree with the conditions of `pack.yaml`, which the form itself doesn't know."""
    tree = form_tree(pack.form)
    pairs = [(tree, plain(read_yaml(folder / PACK_FILE, PACK_FILE)[0]))]
    while pairs:
        own, given = pairs.pop()
        if "when" in given:
            own["when"] = given["when"]
        for key in ("sections", "criteria"):
            pairs.extend(zip(own.get(key, []), given.get(key) or [], strict=True))
    return tree


@forms.command("import")
def import_form(
    file: Annotated[Path, typer.Argument(help="A form document: YAML, JSON, or CSV.")],
    into: Annotated[Path | None, typer.Option(help="Folder of packs; QM_RULES where not given.")] = None,
) -> None:
    """Take a form in as a draft. Nothing is written where it has a fault."""
    context = CommandContext.open()
    root = into or context.settings.rules
    pack, faults = take_in(file, root)
    _print_faults(faults)
    if pack is None:
        raise typer.Exit(2)
    words = {"form": pack.form.id, "version": pack.form.version, "folder": str(folder_of(pack, root))}
    context.out.print(say("form.imported", context.language).format(**words), markup=False)


@forms.command("publish")
def publish_form(form: FormId) -> None:
    """Publish a form's draft and lock it; an earlier version is put aside."""
    context = CommandContext.open()
    pack = publish(context.settings.rules, form, _known_uses(context, form))
    _note_published(context, pack)
    words = {"form": pack.form.id, "version": pack.form.version}
    context.out.print(say("form.published", context.language).format(**words), markup=False)


def _note_published(context: CommandContext, pack: Pack) -> None:
    """Forms can be published before there is a database; what is scored names its form and pack all the same."""
    try:
        with context.wiring.database.unit_of_work() as unit:
            unit.audit.note("form.published", "form", f"{pack.form.id} {pack.form.version}", after=pack.sha256)
    except StorageError as error:
        print(f"warning: not noted in the audit trail: {error}", file=sys.stderr)


def _known_uses(context: CommandContext, form: str) -> dict[tuple[str, str], int]:
    """A draft has no evaluations; whether a published form has, only the database can tell."""
    if find_pack(_packs(context), form, draft=True).form.draft:
        return {}
    return FormService(context.wiring.database.unit_of_work).uses()


@forms.command()
def schema() -> None:
    """Print the JSON Schema of packs, families and form documents."""
    print(schema_text(), end="")


def schema_text() -> str:
    """The schema as it lies beside the packs."""
    parser = ConditionParser(FaultList(""), {}, {}, MEASURES)
    operators = getattr(parser, "operators", None) or tuple(vars(parser)["_parsers"])
    return json.dumps(make_schema(operators), indent=2, ensure_ascii=False) + "\n"


@forms.command()
def lint(
    form: Annotated[str | None, typer.Argument(help="Id of a form; all where not given.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 2 where there is a warning.")] = False,
) -> None:
    """Warn of wording, weights and conditions that load but won't serve."""
    context = CommandContext.open()
    packs = _packs(context)
    chosen = [pack for pack in packs if pack.form.id == form] if form else packs
    if form and not chosen:
        find_pack(packs, form)  # raises, with the ids that are known
    found = [warning for pack in chosen for warning in _lint(pack, context.settings.rules)]
    for warning in found:
        print(warning)
    words = say("form.warnings" if found else "form.no_warnings", context.language)
    context.errors.print(words.format(n=len(found)), markup=False)
    if strict and found:
        raise typer.Exit(2)


def _lint(pack: Pack, root: Path) -> list[Fault]:
    folder = folder_of(pack, root)
    cases, faults = load_cases(pack, folder, root)
    return [*lint_form(pack), *faults, *missing_proof(pack, cases, str(folder.relative_to(root.parent)))]


def _print_faults(faults: list[Fault]) -> None:
    for fault in faults:
        print(fault, file=sys.stderr)

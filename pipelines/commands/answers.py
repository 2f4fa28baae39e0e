"""Commands about trained answers: `answers`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.commands.context import CommandContext, emit_json
from pipelines.files.label_file import read_labels
from qm.analysis.follow_answers import agreement
from qm.analysis.train_answers import DEFAULT_SEED, DEFAULT_TARGET
from qm.domain.text import Language
from qm.domain.trained_answers import SideBound
from qm.errors import Fault
from qm.services.answer_card import card_of, shown_count
from qm.services.answers import LeftOut, Trained
from qm.wording_answers import ANSWER_WORDS

answers = typer.Typer(no_args_is_help=True, help="Answers learned from analysts' labels.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
LEFT_OUT = 1


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(answers, name="answers")


@answers.command("train")
def train_answers(
    labels: Annotated[Path, typer.Argument(help="CSV: contact_id, criterion_id, answer, and maybe analyst, at.")],
    target: Annotated[
        float, typer.Option(min=0.5, max=0.99, help="That the precision's lower bound has to reach.")
    ] = DEFAULT_TARGET,
    seed: Annotated[int, typer.Option(min=0, help="Of how contacts are dealt to folds.")] = DEFAULT_SEED,
    as_json: AsJson = False,
) -> None:
    """Learn the criteria that the labels speak of; a criterion trained anew begins as assisted."""
    context = CommandContext.open()
    rows, faults = read_labels(labels, str(labels))
    _tell_faults(faults)
    service = context.wiring.answers
    found, left_out = service.train(
        rows, target=target, seed=seed, tell=lambda line: context.errors.print(line, markup=False)
    )
    _tell_left_out(left_out, context.language)
    _show(context, found, as_json=as_json)
    _end(faults, left_out)


@answers.command("report")
def report_answers(
    criterion: Annotated[str, typer.Argument(help="One criterion's card; all in a table where none is named.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what was found about trained criteria, and where each stands."""
    context = CommandContext.open()
    service = context.wiring.answers
    if not criterion:
        _show(context, service.reports(), as_json=as_json)
        return
    found = service.report(criterion)
    if as_json:
        emit_json(found)
    else:
        print(card_of(found.report, found.labels_sha256, found.encoder_sha256, found.seed), end="")


@answers.command("apply")
def apply_answers(
    contacts: Annotated[list[str] | None, typer.Argument(help="Contacts; all where none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the models in use say about contacts; no evaluation is changed."""
    context = CommandContext.open()
    found = context.wiring.answers.apply(contacts or [])
    if as_json:
        emit_json(found)
        return
    table = _table(context.language, "contact", "criterion", "answer", "probability", "stage")
    for contact_id, predictions in found.items():
        for one in predictions.values():
            given, stage = (_word(key, context.language) for key in (one.answer.value, one.stage))
            table.add_row(contact_id, one.criterion_id, given, f"{one.probability:.3f}", stage)
    context.out.print(table)


@answers.command("review")
def review_answers(
    reviews: Annotated[Path, typer.Argument(help="CSV as for training, of contacts that came after it.")],
    as_json: AsJson = False,
) -> None:
    """Count people's answers against the models' and move criteria: to automatic, or back to people."""
    context = CommandContext.open()
    rows, faults = read_labels(reviews, str(reviews))
    _tell_faults(faults)
    service = context.wiring.answers
    _moved, left_out = service.review(rows)
    _tell_left_out(left_out, context.language)
    _show(context, service.reports(), as_json=as_json)
    _end(faults, left_out)


def _show(context: CommandContext, found: Sequence[Trained], *, as_json: bool) -> None:
    language = context.language
    if as_json:
        emit_json(list(found))
        return
    if not found:
        context.out.print(_word("nothing", language))
        return
    table = _table(language, "criterion", "stage", "why", "labels", "met", "not_met", "reviews")
    for one in found:
        standing, report = one.standing, one.report
        sides = [_side(side, language) for side in report.sides] or ["", ""]
        table.add_row(
            standing.criterion_id, _word(standing.stage.value, language), _word(standing.reason, language),
            f"{report.labels.hits} / {report.labels.n}", *sides, shown_count(agreement(standing.reviews)),
        )  # fmt: skip
    context.out.print(table)


def _side(side: SideBound, language: Language) -> str:
    if side.threshold is None:
        return _word(side.reason, language)
    return _word("from", language).format(**{"from": f"{side.threshold:.3f}", "right": shown_count(side.right)})


def _table(language: Language, *columns: str) -> Table:
    table = Table()
    for name in columns:
        table.add_column(_word(name, language))
    return table


def _word(key: str, language: Language) -> str:
    return ANSWER_WORDS[key].said_in(language)


def _tell_faults(faults: Sequence[Fault]) -> None:
    for fault in faults:
        print(fault, file=sys.stderr)


def _tell_left_out(left_out: Sequence[LeftOut], language: Language) -> None:
    for one in left_out:
        why = _word(one.reason, language)
        print(f"{one.label.contact_id} / {one.label.criterion_id}: {why}", file=sys.stderr)


def _end(faults: Sequence[Fault], left_out: Sequence[LeftOut]) -> None:
    if faults or left_out:
        raise typer.Exit(LEFT_OUT)

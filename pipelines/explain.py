"""The decision tree of one answer, as text."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from pipelines.command import CommandContext
from pipelines.reports import clock
from qm.domain.evaluation import Evidence
from qm.errors import NotFoundError
from qm.rules.conditions import All, AnyOf, Beside, Condition, ContactField, Measure, Not, Order, Say
from qm.rules.engine import answer_criterion
from qm.rules.predicates import decide
from qm.rules.scene import Scene
from qm.wording import say


def explain(context: CommandContext, contact_id: str, criterion_id: str) -> Iterator[str]:
    """Lines from the answer down to each condition's ground.

    Raises:
        NotFoundError: no such contact, criterion, or the contact isn't processed yet.
    """
    pack = next((p for p in context.wiring.packs if any(rule.id == criterion_id for rule in p.rules)), None)
    if pack is None:
        raise NotFoundError("criterion.unknown", f"no criterion '{criterion_id}'", "`qm rules check` lists the packs")
    with context.wiring.database.unit_of_work() as unit:
        contact = unit.contacts.get(contact_id)
        transcript = unit.outputs.transcript(contact_id)
        signals = unit.outputs.signals(contact_id)
    scene = Scene(contact, transcript, signals, context.wiring.thresholds)
    rule = pack.rule(criterion_id)
    answer = answer_criterion(pack.form.criterion(criterion_id), rule, scene)
    yield f"{rule.title.said_in(context.language)}: {say(f'answer.{answer.answer}', context.language)}"
    yield f"  {say(f'reason.{answer.reason}', context.language)}"
    if rule.applies is not None:
        yield "applies:"
        yield from _tree(rule.applies, scene, 1)
    yield "met:"
    yield from _tree(rule.met, scene, 1)


def _tree(condition: Condition, scene: Scene, depth: int) -> Iterator[str]:
    verdict = decide(condition, scene)
    indent = "  " * depth
    yield f"{indent}{_name(condition)} -> {verdict.truth.value} ({verdict.reason})"
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from _tree(part, scene, depth + 1)
    elif isinstance(condition, Not):
        yield from _tree(condition.part, scene, depth + 1)
    else:
        for item in verdict.evidence:
            yield f"{indent}  {_evidence(item)}"
        for doubt in verdict.doubts:
            yield f"{indent}  doubt: {doubt}"


def _name(condition: Condition) -> str:
    if isinstance(condition, Say):
        return f"say by {'/'.join(sorted(condition.roles))}"
    if is_dataclass(condition) and not isinstance(condition, All | AnyOf | Not):
        shown = [
            f"{f.name}={getattr(condition, f.name)}"
            for f in fields(condition)
            if isinstance(getattr(condition, f.name), str | float | tuple)
        ]
        return f"{_OPERATORS[type(condition)]} {' '.join(shown)}"
    return _OPERATORS[type(condition)]


_OPERATORS: dict[type, str] = {
    All: "all", AnyOf: "any", Not: "not", Order: "order", Beside: "beside", Measure: "measure", ContactField: "contact",
}  # fmt: skip


def _evidence(item: Evidence) -> str:
    place = f"{clock(item.start_s)}-{clock(item.end_s)}" if item.end_s > item.start_s else ""
    turns = f"{len(item.turn_ids)} turns searched" if item.kind == "absence" else " ".join(item.turn_ids)
    parts = [item.kind.value, place, turns, f"«{item.quote}»" if item.quote else "", item.fact]
    return "  ".join(part for part in parts if part)

"""The decision tree of one answer, as text."""

from collections.abc import Iterator
from dataclasses import fields

from pipelines.commands.context import CommandContext
from pipelines.reports.day_tables import clock
from qm.domain.evaluation import Evidence
from qm.domain.text import Language, Text
from qm.errors import NotFoundError
from qm.rules.conditions import (
    All,
    Answered,
    AnyOf,
    Beside,
    Condition,
    ContactField,
    Means,
    Measure,
    Near,
    Not,
    Order,
    Repeats,
    Reply,
    Say,
    Trained,
)
from qm.rules.engine import answer_one
from qm.rules.pack import Pack
from qm.rules.predicates import decide
from qm.rules.scene import Scene
from qm.wording import say


def explain(context: CommandContext, contact_id: str, criterion_id: str) -> Iterator[str]:
    """Lines from the answer down to each condition's ground.

    Raises:
        NotFoundError: no such contact, criterion, or the contact isn't processed yet.
    """
    wiring, language = context.wiring, context.language
    pack = next((p for p in wiring.packs if any(one.id == criterion_id for one in p.form.criteria)), None)
    if pack is None:
        raise NotFoundError("criterion.unknown", f"no criterion '{criterion_id}'", "`qm rules check` lists the packs")
    with wiring.database.unit_of_work() as unit:
        contact = unit.contacts.get(contact_id)
        transcript = unit.outputs.transcript(contact_id)
        signals = unit.outputs.signals(contact_id)
        unit.audit.note("transcript.viewed", "contact", contact_id)
    aids = wiring.rule_aids
    predictions = aids.predict(contact, transcript, signals) if aids.predict else {}
    scene = Scene(contact, transcript, signals, wiring.thresholds, aids.encoder, predictions)
    answer = answer_one(pack, criterion_id, scene)
    title = pack.form.criterion(criterion_id).title
    yield f"{title.said_in(language)}: {say(f'answer.{answer.answer}', language)}"
    yield f"  {say(f'reason.{answer.reason}', language)}"
    for heading, condition in _conditions(pack, criterion_id, language):
        yield f"{heading}:"
        yield from _tree(condition, scene, 1, language)


def _conditions(pack: Pack, criterion_id: str, language: Language) -> Iterator[tuple[str, Condition]]:
    """What the answer was decided on, in that order; nothing for a criterion that only people answer."""
    if (shown := pack.shown.get(criterion_id)) is not None:
        yield "when", shown
    rule = pack.rule_of(criterion_id)
    if rule is None:
        return
    if rule.applies is not None:
        yield _word("applies", language), rule.applies
    if rule.options:
        yield from ((option.id, option.when) for option in rule.options if option.when is not None)
    else:
        yield _word("met", language), rule.value or rule.met


def _tree(condition: Condition, scene: Scene, depth: int, language: Language) -> Iterator[str]:
    verdict = decide(condition, scene)
    indent = "  " * depth
    reason = say(f"reason.{verdict.reason}", language)
    yield f"{indent}{_name(condition, language)} -> {_word(verdict.truth.value, language)} ({reason})"
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from _tree(part, scene, depth + 1, language)
    elif isinstance(condition, Not):
        yield from _tree(condition.part, scene, depth + 1, language)
    else:
        for item in verdict.evidence:
            yield f"{indent}  {_evidence(item, language)}"
        for doubt in verdict.doubts:
            yield f"{indent}  {_word('doubt', language)}: {say(f'reason.{doubt}', language)}"


def _name(condition: Condition, language: Language) -> str:
    """The operator as rules write it, and what it was given, phrases aside."""
    operator = _OPERATORS[type(condition)]
    if isinstance(condition, AnyOf) and condition.least > 1:
        return f"at_least {condition.least}"
    if isinstance(condition, All | AnyOf | Not):
        return operator
    return f"{operator} {' '.join(_given(condition, language))}".rstrip()


def _given(condition: Condition, language: Language) -> Iterator[str]:
    for field in fields(condition):
        value = getattr(condition, field.name)
        if field.name == "roles":
            yield "/".join(_word(role.value, language) for role in sorted(value))
        elif field.name == "span":
            yield from (f"{name}={limit:g}" for name, limit in vars(value).items() if limit is not None)
        elif isinstance(value, str | int | float) and value is not False:
            yield f"{field.name}={value}"
        elif field.name in ("values", "answers") and value:
            yield f"{field.name}={'/'.join(value)}"


_OPERATORS: dict[type, str] = {
    All: "all", AnyOf: "any", Not: "not", Say: "say", Order: "order", Beside: "beside", Near: "near", Reply: "reply",
    Repeats: "repeats", Means: "means", Trained: "trained", Answered: "answered", Measure: "measure",
    ContactField: "contact",
}  # fmt: skip
_WORDS = {
    "applies": Text("si applica", "applies"),
    "met": Text("soddisfatto", "met"),
    "true": Text("vero", "true"),
    "false": Text("falso", "false"),
    "unknown": Text("non si sa", "unknown"),
    "doubt": Text("dubbio", "doubt"),
    "words": Text("parole", "words"),
    "absence": Text("assenza", "absence"),
    "signal": Text("segnale", "signal"),
    "contact": Text("contatto", "contact"),
    "agent": Text("operatore", "agent"),
    "customer": Text("cliente", "customer"),
    "ivr": Text("voce registrata", "recorded voice"),
    "searched": Text("turni cercati", "turns searched"),
}


def _word(name: str, language: Language) -> str:
    return _WORDS[name].said_in(language) if name in _WORDS else name


def _evidence(item: Evidence, language: Language) -> str:
    place = f"{clock(item.start_s)}-{clock(item.end_s)}" if item.end_s > item.start_s else ""
    is_absence = item.kind == "absence"
    turns = f"{len(item.turn_ids)} {_word('searched', language)}" if is_absence else " ".join(item.turn_ids)
    alike = f"({item.similarity:.2f})" if item.quote and item.similarity < 1 else ""
    quoted = f"«{item.quote}»" if item.quote else ""
    parts = [_word(item.kind.value, language), place, turns, quoted, alike, item.fact]
    return "  ".join(part for part in parts if part)

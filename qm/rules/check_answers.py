"""What has to fit together between criteria and their rules, beyond the shape of each."""

from collections.abc import Iterator

from qm.domain.form import Criterion
from qm.domain.scales import CriterionType
from qm.errors import Fault
from qm.rules.conditions import Measure
from qm.rules.located import nearest_hint
from qm.rules.order import answered_in, answering_order
from qm.rules.pack import Pack, Place, Rule

WAYS_OF = {
    CriterionType.YES_NO: "met",
    CriterionType.SINGLE_CHOICE: "options",
    CriterionType.MULTIPLE_CHOICE: "options",
    CriterionType.NUMBER: "value",
    CriterionType.DATE: "value",
    CriterionType.TEXT: "value",
}
"""How a rule answers a criterion of each type."""


def answer_faults(pack: Pack) -> list[Fault]:
    """Rules that don't fit their criterion's type, conditions on answers that can't be given, cycles."""
    faults = [fault for criterion in pack.form.criteria for fault in _faults_of(criterion, pack)]
    cycle = answering_order(pack.asked)[1]
    if cycle:
        message = "criteria ask for each other's answers: " + " → ".join(cycle)
        faults.append(_fault(_place(pack, cycle[0]), "rules.cycle", message, "let one of them stand without the other"))
    return faults


def _faults_of(criterion: Criterion, pack: Pack) -> Iterator[Fault]:
    rule = pack.rule_of(criterion.id)
    if rule is not None:
        yield from _misfits(criterion, rule, pack)
    conditions = (*(() if rule is None else rule.conditions), pack.shown.get(criterion.id))
    for part in (part for condition in conditions for part in answered_in(condition)):
        if part.criterion_id not in pack.asked:
            hint = nearest_hint(part.criterion_id, pack.asked)
            message = f"criterion '{criterion.id}' asks for '{part.criterion_id}', which the form hasn't"
            yield _fault(_place(pack, criterion.id), "rules.unknown_criterion", message, hint)
            continue
        known = {option.id for option in pack.form.criterion(part.criterion_id).options}
        for value in part.values:
            if value not in known:
                message = f"criterion '{criterion.id}' asks for option '{value}' of '{part.criterion_id}'"
                yield _fault(_place(pack, criterion.id), "rules.unknown_option", message, nearest_hint(value, known))


def _misfits(criterion: Criterion, rule: Rule, pack: Pack) -> Iterator[Fault]:
    place = pack.places[f"rule:{rule.id}"]
    way = "options" if rule.options else "value" if rule.value is not None else "met"
    if way != WAYS_OF[criterion.type]:
        message = f"rule '{rule.id}' answers with `{way}`, but its criterion is a {criterion.type}"
        hint = f"use `{WAYS_OF[criterion.type]}`, or give the criterion another `type`"
        yield _fault(place, "rules.wrong_answer", message, hint)
        return
    known = {option.id for option in criterion.options}
    for option in rule.options:
        if option.id not in known:
            message = f"rule '{rule.id}' chooses '{option.id}', which its criterion hasn't"
            yield _fault(place, "rules.unknown_option", message, nearest_hint(option.id, known))
    if isinstance(rule.value, Measure) and criterion.type is not CriterionType.NUMBER:
        message = f"rule '{rule.id}' takes a {criterion.type} from a measure"
        yield _fault(place, "rules.wrong_answer", message, "measures are numbers; take it from a `contact:` field")
    if rule.applies is not None and not criterion.na:
        message = f"rule '{rule.id}' has `applies`, but its criterion says `na: false`"
        yield _fault(place, "rules.wrong_answer", message, "remove one of them")


def _place(pack: Pack, criterion_id: str) -> Place:
    return pack.places[f"criterion:{criterion_id}"]


def _fault(place: Place, code: str, message: str, hint: str) -> Fault:
    return Fault(place.file, place.line, code, message, hint)

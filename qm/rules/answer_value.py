"""Decide answers that aren't yes or no: options, numbers, dates and texts."""

import math
from collections.abc import Callable
from datetime import datetime

from qm.domain.evaluation import Evidence, EvidenceKind
from qm.domain.form import Criterion, Value
from qm.domain.scales import CriterionType
from qm.rules.conditions import ContactField, Measure
from qm.rules.pack import Chosen, Rule
from qm.rules.predicates import decide
from qm.rules.scene import Scene
from qm.rules.verdict import Truth, Verdict, at_least, unknown


def decide_value(criterion: Criterion, rule: Rule, scene: Scene) -> tuple[Value | None, Verdict]:
    """The value that a rule finds and what it rests on; no value where the verdict is unknown."""
    if criterion.type is CriterionType.SINGLE_CHOICE:
        return _first_that_holds(rule, scene)
    if criterion.type is CriterionType.MULTIPLE_CHOICE:
        return _all_that_hold(rule, scene)
    assert rule.value is not None, "the loader lets no other rule through"
    if isinstance(rule.value, Measure):
        return _measured(rule.value, scene)
    return _known(rule.value, criterion.type, scene)


def _first_that_holds(rule: Rule, scene: Scene) -> tuple[Value | None, Verdict]:
    """An unknown option before one that holds might be the right one: then nothing is chosen."""
    seen: list[Verdict] = []
    for option in rule.options:
        verdict = _holds(option, seen, scene)
        if verdict.truth is Truth.UNKNOWN:
            return None, verdict
        seen.append(verdict)
        if verdict.truth is Truth.TRUE:
            return option.id, Verdict(Truth.TRUE, verdict.reason, verdict.evidence, _doubts(seen))
    return None, unknown("no_option", *_evidence(seen))


def _all_that_hold(rule: Rule, scene: Scene) -> tuple[Value | None, Verdict]:
    seen: list[Verdict] = []
    for option in rule.options:
        seen.append(_holds(option, seen, scene))
    if open_ones := [verdict for verdict in seen if verdict.truth is Truth.UNKNOWN]:
        return None, open_ones[0]
    chosen = tuple(option.id for option, verdict in zip(rule.options, seen, strict=True) if verdict.truth is Truth.TRUE)
    ground = at_least(seen, 1)
    return chosen, Verdict(Truth.TRUE, ground.reason, ground.evidence, _doubts(seen))


def _holds(option: Chosen, seen: list[Verdict], scene: Scene) -> Verdict:
    """An option without a condition holds where none before it does; it rests on what was looked for in vain."""
    if option.when is not None:
        return decide(option.when, scene)
    truth = Truth.FALSE if any(verdict.truth is Truth.TRUE for verdict in seen) else Truth.TRUE
    return Verdict(truth, "no_other_option", _evidence(seen), _doubts(seen))


def _measured(measure: Measure, scene: Scene) -> tuple[Value | None, Verdict]:
    verdict = decide(measure, scene)
    return scene.signals.measures.get(measure.name), verdict


def _known(field: ContactField, kind: CriterionType, scene: Scene) -> tuple[Value | None, Verdict]:
    given = scene.contact.field_value(field.name)
    evidence = Evidence(EvidenceKind.CONTACT, fact=f"{field.name} = {'?' if given is None else given}")
    if given is None:
        return None, unknown("field_unknown", evidence)
    value = _READERS[kind](str(given))
    if value is None:
        return None, unknown("bad_field", evidence)
    return value, Verdict(Truth.TRUE, "known", (evidence,))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _date(text: str) -> str | None:
    try:
        return datetime.fromisoformat(text.strip()).date().isoformat()  # the day as the site wrote it, whatever zone
    except ValueError:
        return None


def _text(text: str) -> str | None:
    return text


_READERS: dict[CriterionType, Callable[[str], Value | None]] = {
    CriterionType.NUMBER: _number,
    CriterionType.DATE: _date,
    CriterionType.TEXT: _text,
}


def _doubts(verdicts: list[Verdict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(doubt for verdict in verdicts for doubt in verdict.doubts))


def _evidence(verdicts: list[Verdict]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(item for verdict in verdicts for item in verdict.evidence))

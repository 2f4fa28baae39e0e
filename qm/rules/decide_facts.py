"""Conditions on what isn't words: measures, the contact's data, other answers, a trained model's answer."""

from dataclasses import replace

from qm.domain.evaluation import Answer, CriterionAnswer, Evidence, EvidenceKind
from qm.domain.transcript import Role
from qm.rules.conditions import Answered, ContactField, Measure, Trained
from qm.rules.decide_say import MOST_QUOTES, quote_turn
from qm.rules.scene import Scene
from qm.rules.verdict import Verdict, truth_of, unknown


def decide_measure(measure: Measure, scene: Scene) -> Verdict:
    """True where the measure lies between the bounds; unknown where it couldn't be taken."""
    value = scene.signals.measures.get(measure.name)
    if value is None:
        return unknown("roles_unknown" if not scene.transcript.has_known_roles else "measure_unknown")
    holds = _in_bounds(value, measure.at_least, measure.at_most)
    fact = f"{measure.name} = {value:g}"
    return Verdict(truth_of(holds), "measured", _measured(measure.name, fact, scene))


def _measured(name: str, fact: str, scene: Scene) -> tuple[Evidence, ...]:
    """The spans behind a measure, where it has any, longest first."""
    spans = [s for s in scene.signals.spans if s.kind.value in name]
    parties = [role for role in (Role.AGENT, Role.CUSTOMER) if name.startswith(f"{role.value}_")]
    spans = [span for span in spans if not parties or span.role in parties]
    spans.sort(key=lambda span: (-span.length_s, span.start_s))
    if not spans:
        return (Evidence(EvidenceKind.SIGNAL, fact=fact),)
    return tuple(Evidence(EvidenceKind.SIGNAL, s.start_s, s.end_s, fact=fact) for s in spans[:MOST_QUOTES])


def decide_field(field: ContactField, scene: Scene) -> Verdict:
    """True where the contact's field is one of the values or inside the bounds; unknown where it's empty."""
    value = scene.contact.field_value(field.name)
    if value is None:
        return unknown("field_unknown", Evidence(EvidenceKind.CONTACT, fact=f"{field.name} = ?"))
    if field.values:
        holds = str(value).casefold() in {allowed.casefold() for allowed in field.values}
    else:
        number = _number(value)
        if number is None:
            return unknown("field_unknown", Evidence(EvidenceKind.CONTACT, fact=f"{field.name} = {value}"))
        holds = _in_bounds(number, field.at_least, field.at_most)
    evidence = Evidence(EvidenceKind.CONTACT, fact=f"{field.name} = {value}")
    return Verdict(truth_of(holds), "known", (evidence,))


def _number(value: str | float) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _in_bounds(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def decide_answered(answered: Answered, scene: Scene) -> Verdict:
    """True where another criterion has such an answer; its evidence is this verdict's.

    Unknown where it wasn't answered yet or can't be told, unless *cannot tell* is just what is asked for.
    """
    other = scene.answers.get(answered.criterion_id)
    if other is None:
        return unknown("answer_unknown")
    if other.answer is Answer.CANNOT_TELL and Answer.CANNOT_TELL not in answered.answers:
        return unknown("answer_unknown", *other.evidence)
    holds = not answered.answers or other.answer in answered.answers
    return Verdict(truth_of(holds and _has_value(other, answered)), "answered", other.evidence)


def _has_value(other: CriterionAnswer, answered: Answered) -> bool:
    value = other.value
    if answered.values:
        chosen = value if isinstance(value, tuple) else () if value is None else (str(value),)
        return not set(answered.values).isdisjoint(chosen)
    if answered.at_least is None and answered.at_most is None:
        return True
    return isinstance(value, int | float) and _in_bounds(value, answered.at_least, answered.at_most)


def decide_trained(trained: Trained, scene: Scene) -> Verdict:
    """The answer of the model trained on people's answers; the turns that weigh most are its evidence.

    Unknown where there is no model or people answer this criterion themselves (`not_trained`), where its answers are
    only shown to people as yet (`model_assists`), and where it isn't sure enough or no turn stands out that would
    show why (`model_unsure`).
    """
    prediction = scene.predictions.get(trained.criterion_id)
    if prediction is None or prediction.stage == "people":
        return unknown("not_trained")
    shown = _weighing(prediction.turn_ids, prediction.probability, scene)
    if prediction.stage != "automatic":
        return unknown("model_assists", *shown)
    if prediction.answer not in (Answer.MET, Answer.NOT_MET) or not shown:
        return unknown("model_unsure", *shown)
    return Verdict(truth_of(prediction.answer is Answer.MET), "predicted", shown)


def _weighing(turn_ids: tuple[str, ...], probability: float, scene: Scene) -> tuple[Evidence, ...]:
    """The turns that weigh most, as far as they hold words; each as sure as the model is of its answer."""
    index_of = {turn.id: index for index, turn in enumerate(scene.transcript.turns)}
    indexes = sorted([index_of[turn_id] for turn_id in turn_ids if turn_id in index_of][:MOST_QUOTES])
    sure = round(max(probability, 1.0 - probability), 4)
    quotes = (quote_turn(index, scene) for index in indexes)
    return tuple(replace(item, similarity=sure) for item in quotes if item is not None)

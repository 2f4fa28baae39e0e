"""Answer a form: applicability first, then the question, then doubt, then a check of the evidence."""

from dataclasses import replace

from qm.domain.evaluation import PEOPLE_ONLY, Answer, CriterionAnswer, Evidence, EvidenceKind, Origin
from qm.domain.form import Criterion, Value
from qm.domain.recording import Severity
from qm.domain.scales import CriterionType
from qm.domain.transcript import Transcript
from qm.rules.answer_value import decide_value
from qm.rules.conditions import Condition, Trained
from qm.rules.pack import Pack, Rule
from qm.rules.predicates import decide
from qm.rules.scene import Scene
from qm.rules.verdict import ABSENCES, Truth, Verdict
from qm.rules.verify import UNTRUSTED, Verifier


def answer_form(pack: Pack, scene: Scene) -> tuple[CriterionAnswer, ...]:
    """An answer to every criterion of the pack's form, in the form's order; `scene.answers` has them by id."""
    scene.use(pack.book)
    verifier = _verifier(scene)
    for criterion_id in pack.order:
        scene.answers[criterion_id] = _answer_in(pack, criterion_id, scene, verifier)
    return tuple(scene.answers[criterion.id] for criterion in pack.form.criteria)


def answer_one(pack: Pack, criterion_id: str, scene: Scene) -> CriterionAnswer:
    """The answer to one criterion of a pack's form, after those whose answers it asks for.

    Raises:
        KeyError: the form has no such criterion.
    """
    needed, waiting = {criterion_id}, [criterion_id]
    while waiting:
        found = set(pack.asked[waiting.pop()]) - needed
        needed |= found
        waiting.extend(found)
    scene.use(pack.book)
    verifier = _verifier(scene)
    for needed_id in (one for one in pack.order if one in needed):
        scene.answers[needed_id] = _answer_in(pack, needed_id, scene, verifier)
    return scene.answers[criterion_id]


def _verifier(scene: Scene) -> Verifier:
    return Verifier(scene.transcript, scene.signals, scene.contact)


def _answer_in(pack: Pack, criterion_id: str, scene: Scene, verifier: Verifier) -> CriterionAnswer:
    criterion, rule = pack.form.criterion(criterion_id), pack.rule_of(criterion_id)
    shown = pack.shown.get(criterion_id)
    hidden = _hidden(criterion, shown, scene) if shown is not None else None
    if hidden is not None:
        return hidden
    if rule is None:
        return _answer_of_people(criterion, scene, verifier)
    if scene.language is not None and scene.language not in pack.form.languages:
        return CriterionAnswer(criterion_id, Answer.CANNOT_TELL, reason="form_language")
    return answer_criterion(criterion, rule, scene, verifier)


def _answer_of_people(criterion: Criterion, scene: Scene, verifier: Verifier) -> CriterionAnswer:
    """What a model learned from people's answers says to a criterion without a rule, where they let it answer."""
    predicted = decide(Trained(criterion.id), scene)
    if predicted.reason == "not_trained" or criterion.type is not CriterionType.YES_NO:
        return CriterionAnswer(criterion.id, Answer.CANNOT_TELL, reason=PEOPLE_ONLY)
    if predicted.truth is Truth.UNKNOWN:
        return replace(_answer(criterion, Answer.CANNOT_TELL, predicted), origin=Origin.MODEL)
    answer = _answer(criterion, Answer.MET if predicted.truth is Truth.TRUE else Answer.NOT_MET, predicted)
    humble = _humble(replace(answer, origin=Origin.MODEL), criterion, predicted.doubts, scene)
    return _proved(humble, criterion, scene, verifier)


def _hidden(criterion: Criterion, shown: Condition, scene: Scene) -> CriterionAnswer | None:
    """The answer to a criterion that isn't shown, or of which that can't be told; `None` where it is shown."""
    verdict = decide(shown, scene)
    if verdict.truth is Truth.TRUE:
        return None
    if verdict.truth is Truth.UNKNOWN:
        return _answer(criterion, Answer.CANNOT_TELL, verdict)
    return replace(_answer(criterion, Answer.NOT_APPLICABLE, verdict), reason="not_shown")


def answer_criterion(
    criterion: Criterion, rule: Rule, scene: Scene, verifier: Verifier | None = None
) -> CriterionAnswer:
    """The answer of a rule to its criterion; whatever can't be proved becomes *cannot tell* with its reason.

    Args:
        verifier: of this scene; what it read of the transcript serves all criteria. Made where not given.
    """
    applies = decide(rule.applies, scene) if rule.applies is not None else Verdict(Truth.TRUE, "always")
    if applies.truth is Truth.FALSE:
        return _answer(criterion, Answer.NOT_APPLICABLE, applies)
    if applies.truth is Truth.UNKNOWN:
        return _answer(criterion, Answer.CANNOT_TELL, applies)
    value, met = (None, decide(rule.met, scene)) if _is_plain(rule) else decide_value(criterion, rule, scene)
    if met.truth is Truth.UNKNOWN:
        return _answer(criterion, Answer.CANNOT_TELL, met)
    answer = _answer(criterion, Answer.MET if met.truth is Truth.TRUE else Answer.NOT_MET, met)
    if value is not None:
        answer = with_value(answer, criterion, value)
    humble = _humble(answer, criterion, (*applies.doubts, *met.doubts), scene)
    return _proved(humble, criterion, scene, verifier or _verifier(scene))


def with_value(answer: CriterionAnswer, criterion: Criterion, value: Value) -> CriterionAnswer:
    """The answer with a value, and what that earns: met or not met by the criterion's own pass mark.

    Raises:
        KeyError: the criterion has no such option.
    """
    share = criterion.share_of(value)
    given = Answer.MET if criterion.is_met_by(share) else Answer.NOT_MET
    return replace(answer, answer=given, value=value, share=share)


def _is_plain(rule: Rule) -> bool:
    return not rule.options and rule.value is None


def _humble(answer: CriterionAnswer, criterion: Criterion, doubts: tuple[str, ...], scene: Scene) -> CriterionAnswer:
    """Doubt never counts against the agent.

    Nothing on a transcript of the lowest grade makes a *not met*; nor do words that only sound alike, or an absence
    among words that were mostly guessed; no more does a value that earns less than all points.
    No doubtful word decides an automatic fail.
    """
    grade = scene.transcript.grade
    against = answer.answer is Answer.NOT_MET or (answer.share is not None and answer.share < 1)
    if against and grade is not None and grade.letter == UNTRUSTED:
        return _open(answer, reason="transcript_grade")
    if against and "alike" in doubts:
        return _open(answer, reason="alike")
    if against and (answer.reason in ABSENCES or answer.value is not None) and "low_confidence" in doubts:
        return _open(answer, reason="low_confidence")
    if not criterion.automatic_fail:
        return answer
    if answer.answer is Answer.MET:
        return _open(answer, reason="alike") if "alike" in doubts else answer
    doubts = doubts or _doubts_about(scene.transcript)
    return _open(answer, reason=doubts[0]) if doubts else answer


def _open(answer: CriterionAnswer, reason: str) -> CriterionAnswer:
    """The answer left to a person, with its evidence but without a value."""
    return replace(answer, answer=Answer.CANNOT_TELL, reason=reason, value=None, share=None)


def _doubts_about(transcript: Transcript) -> tuple[str, ...]:
    """Why no automatic fail may rest on a transcript: what was found on it, or that a machine told who said a word."""
    found = tuple(finding.code for finding in transcript.quality if finding.severity is Severity.DOUBT)
    return found or (("voices_told_apart",) if transcript.is_told_apart else ())


def _proved(answer: CriterionAnswer, criterion: Criterion, scene: Scene, verifier: Verifier) -> CriterionAnswer:
    """Evidence that doesn't hold makes the answer *cannot tell*; it can't happen unless the engine is wrong."""
    fails_below = scene.thresholds.word_confidence if criterion.automatic_fail else None
    wrong = verifier.flaws(answer) or verifier.overreach(answer, fails_below)
    return _open(answer, reason=wrong[0]) if wrong else answer


def _answer(criterion: Criterion, answer: Answer, verdict: Verdict) -> CriterionAnswer:
    return CriterionAnswer(criterion.id, answer, verdict.reason, verdict.evidence, _confidence(verdict.evidence))


def _confidence(evidence: tuple[Evidence, ...]) -> float:
    """The weakest quoted word; for an absence, how far the nearest miss is from a hit."""
    links = [1.0]
    for item in evidence:
        if item.kind is EvidenceKind.WORDS:
            links.append(min(item.confidence, item.similarity))
        elif item.kind is EvidenceKind.ABSENCE:
            links.append(1.0 - max(0.0, item.similarity - 0.6))
    return round(min(links), 4)

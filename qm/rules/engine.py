"""Answer a form: applicability first, then the question, then doubt, then a check of the evidence."""

from dataclasses import replace

from qm.domain.evaluation import Answer, CriterionAnswer, Evidence, EvidenceKind
from qm.domain.form import Criterion
from qm.domain.recording import Severity
from qm.domain.transcript import Transcript
from qm.rules.pack import Pack, Rule
from qm.rules.predicates import decide
from qm.rules.scene import Scene
from qm.rules.verdict import Truth, Verdict
from qm.rules.verify import flaws


def answer_form(pack: Pack, scene: Scene) -> tuple[CriterionAnswer, ...]:
    """An answer to every criterion of the pack's form, in the form's order."""
    return tuple(answer_criterion(criterion, pack.rule(criterion.id), scene) for criterion in pack.form.criteria)


def answer_criterion(criterion: Criterion, rule: Rule, scene: Scene) -> CriterionAnswer:
    """The answer to one criterion; whatever can't be proved becomes *cannot tell* with its reason."""
    applies = decide(rule.applies, scene) if rule.applies is not None else Verdict(Truth.TRUE, "always")
    if applies.truth is Truth.FALSE:
        return _answer(criterion, Answer.NOT_APPLICABLE, applies)
    if applies.truth is Truth.UNKNOWN:
        return _answer(criterion, Answer.CANNOT_TELL, applies)
    met = decide(rule.met, scene)
    if met.truth is Truth.UNKNOWN:
        return _answer(criterion, Answer.CANNOT_TELL, met)
    answer = _answer(criterion, Answer.MET if met.truth is Truth.TRUE else Answer.NOT_MET, met)
    return _proved(_humble(answer, criterion, (*applies.doubts, *met.doubts), scene), scene.transcript)


UNTRUSTED = "D"
"""Grade of a transcript on which nothing that counts against somebody may rest."""


def _humble(answer: CriterionAnswer, criterion: Criterion, doubts: tuple[str, ...], scene: Scene) -> CriterionAnswer:
    """Doubt never counts against the agent.

    Nothing on a transcript of the lowest grade makes a *not met*; nor do words that only sound alike, or an absence
    among words that were mostly guessed;
    no doubtful word decides an automatic fail.
    """
    grade = scene.transcript.grade
    if answer.answer is Answer.NOT_MET and grade is not None and grade.letter == UNTRUSTED:
        return replace(answer, answer=Answer.CANNOT_TELL, reason="transcript_grade")
    if answer.answer is Answer.NOT_MET and "alike" in doubts:
        return replace(answer, answer=Answer.CANNOT_TELL, reason="alike")
    if answer.answer is Answer.NOT_MET and answer.reason == "absent" and "low_confidence" in doubts:
        return replace(answer, answer=Answer.CANNOT_TELL, reason="low_confidence")
    if not criterion.automatic_fail:
        return answer
    if answer.answer is Answer.MET:
        return replace(answer, answer=Answer.CANNOT_TELL, reason="alike") if "alike" in doubts else answer
    doubts = doubts or _doubts_about(scene.transcript)
    return replace(answer, answer=Answer.CANNOT_TELL, reason=doubts[0]) if doubts else answer


def _doubts_about(transcript: Transcript) -> tuple[str, ...]:
    """Why no automatic fail may rest on a transcript: what was found on it, or that a machine told who said a word."""
    found = tuple(finding.code for finding in transcript.quality if finding.severity is Severity.DOUBT)
    return found or (("voices_told_apart",) if transcript.is_told_apart else ())


def _proved(answer: CriterionAnswer, transcript: Transcript) -> CriterionAnswer:
    """Evidence that doesn't hold makes the answer *cannot tell*; it can't happen unless the engine is wrong."""
    wrong = flaws(answer, transcript)
    return replace(answer, answer=Answer.CANNOT_TELL, reason=wrong[0]) if wrong else answer


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

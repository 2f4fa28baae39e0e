"""Answer one criterion by a generative model: applicability first, then the answer, then whether the quote carries it.

Everything that code can't prove becomes *cannot tell* with its reason. An automatic fail is never asked about.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from qm.domain.evaluation import Answer, CriterionAnswer, Evidence, Origin
from qm.domain.form import Criterion
from qm.domain.generative import Part, Prompt, Reply
from qm.domain.scales import CriterionType
from qm.domain.text import Language
from qm.rules.generative_prompt import confirm_prompt, ground_of, prompt_for
from qm.rules.generative_reply import Claim, prove, read_reply
from qm.rules.pack import Rule
from qm.rules.predicates import decide
from qm.rules.scene import Scene
from qm.rules.verdict import ABSENCES, Truth, Verdict
from qm.rules.verify import UNTRUSTED, Verifier

Ask: TypeAlias = Callable[[Prompt], Reply]
"""Hands a prompt over and brings the reply."""
ASKED = frozenset(
    [
        "people_only", "not_trained", "model_assists", "model_unsure", "meaning_unavailable", "field_unknown",
        "measure_unknown",
    ]
)  # fmt: skip
"""Reasons of a *cannot tell* that a model may help out of; not doubt about what was heard, where a person listens."""
ANSWERS = {"met": Answer.MET, "not_met": Answer.NOT_MET, "applies_not": Answer.NOT_APPLICABLE}
MOST_WORDS = 1500
"""Shown in one request; more doesn't fit a small model's context."""


def answer_generatively(
    criterion: Criterion, rule: Rule | None, scene: Scene, ask: Ask, most_words: int = MOST_WORDS
) -> CriterionAnswer:
    """The answer to one criterion. Pure but for `ask`: equal replies, equal answers.

    Args:
        rule: whose conditions say who is looked at, and where; `None` for a criterion that no rule answers.
        most_words: a contact with more words to show isn't asked about.
    """
    hindrance = _hindrance(criterion, scene)
    if hindrance:
        return _open(criterion, hindrance)
    asking = _Asking(criterion, scene, ask, most_words)
    applies = decide(rule.applies, scene) if rule and rule.applies is not None else None
    if applies is not None and applies.truth is Truth.FALSE:
        return CriterionAnswer(criterion.id, Answer.NOT_APPLICABLE, applies.reason, applies.evidence)
    if rule is None or (applies is not None and applies.truth is Truth.UNKNOWN):
        concerns = asking.about(Part.APPLIES, rule.applies if rule else None)
        if concerns.code or concerns.verdict != "applies":
            return _closed(criterion, concerns, scene)
    ruling = asking.about(Part.ANSWER, rule.met if rule else None)
    absence = _absence(rule, scene) if (ruling.verdict, ruling.code) == ("not_met", "generative.no_quote") else None
    if absence is not None:
        return _decided(criterion, Answer.NOT_MET, absence.reason, absence.evidence, scene)
    return _closed(criterion, ruling, scene)


def is_asked(answer: CriterionAnswer, rule: Rule | None = None) -> bool:
    """True for what the rules left open without any doubt about what was heard, or whose rule asks for it."""
    is_wished = rule is not None and rule.answer == "generative"
    is_open = answer.answer is Answer.CANNOT_TELL and answer.origin is not Origin.GENERATIVE
    return is_open and (answer.reason in ASKED or is_wished)


def _hindrance(criterion: Criterion, scene: Scene) -> str:
    """Why a contact or a criterion isn't put to a model at all; empty where it is."""
    transcript = scene.transcript
    grade = transcript.grade
    return _first_of(
        ("generative.automatic_fail", bool(criterion.automatic_fail)),
        ("generative.not_yes_no", criterion.type is not CriterionType.YES_NO),
        ("no_speech", not transcript.has_words),
        ("language_unsupported", scene.language is None),
        ("roles_unknown", not transcript.has_known_roles),
        # Single words may stand under the other party: the customer's would be shown as the agent's.
        ("voices_told_apart", transcript.is_told_apart),
        ("transcript_grade", grade is not None and grade.letter == UNTRUSTED),
    )


def _first_of(*reasons: tuple[str, bool]) -> str:
    return next((reason for reason, holds in reasons if holds), "")


@dataclass(frozen=True)
class _Ruling:
    """What a question came to: a verdict with its evidence, or the code of why there is none."""

    verdict: str
    evidence: tuple[Evidence, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class _Asking:
    """One criterion on one contact, and whom to ask."""

    criterion: Criterion
    scene: Scene
    ask: Ask
    most_words: int

    @property
    def language(self) -> Language:
        """Of the contact; it is known, see `_hindrance`."""
        assert self.scene.language is not None
        return self.scene.language

    def about(self, part: Part, condition: object) -> _Ruling:
        """Put one part of the question, verify what is quoted, and have the quote confirmed by itself."""
        ground = ground_of(condition, self.scene)
        if ground is None:
            return _Ruling("", code="generative.nothing_to_show")
        if ground.words > self.most_words:
            return _Ruling("", code="generative.too_long")
        if ground.gives_orders:
            return _Ruling("", code="generative.orders")
        claim = self._claim(prompt_for(part, self.criterion, ground, self.language))
        if claim.code or claim.verdict == "unsure":
            return _Ruling("", code=claim.code or "generative.unsure")
        proof = prove(claim, ground, self.scene)
        if proof.evidence is None:
            return _Ruling(claim.verdict, code=proof.code)
        return self._confirmed(claim.verdict, proof.evidence)

    def _confirmed(self, verdict: str, evidence: Evidence) -> _Ruling:
        """Words that exist may still have nothing to do with the question, or have been named by somebody's order."""
        role = next(turn.role for turn in self.scene.transcript.turns if turn.id in evidence.turn_ids)
        claim = self._claim(confirm_prompt(self.criterion, verdict, role, evidence.quote, self.language))
        if claim.code or claim.verdict != "yes":
            return _Ruling(verdict, code=claim.code or "generative.unconfirmed")
        return _Ruling(verdict, (evidence,))

    def _claim(self, prompt: Prompt) -> Claim:
        reply = self.ask(prompt)
        return Claim(code=reply.code) if reply.code else read_reply(reply.text, prompt.part)


def _absence(rule: Rule | None, scene: Scene) -> Verdict | None:
    """Evidence of absence: the rule's own search, where it found nothing and has no doubt; a model's word is none."""
    found = decide(rule.met, scene) if rule else None
    sure = found is not None and found.truth is Truth.FALSE and found.reason in ABSENCES and not found.doubts
    return found if sure else None


def _closed(criterion: Criterion, ruling: _Ruling, scene: Scene) -> CriterionAnswer:
    if ruling.code:
        return _open(criterion, ruling.code)
    return _decided(criterion, ANSWERS[ruling.verdict], "generative.found", ruling.evidence, scene)


def _decided(
    criterion: Criterion, answer: Answer, reason: str, evidence: tuple[Evidence, ...], scene: Scene
) -> CriterionAnswer:
    """The answer, if the check of all evidence has nothing against it."""
    confidence = min((item.confidence for item in evidence), default=1.0)
    made = CriterionAnswer(criterion.id, answer, reason, evidence, round(confidence, 4), Origin.GENERATIVE)
    verifier = Verifier(scene.transcript, scene.signals, scene.contact)
    wrong = verifier.flaws(made) or verifier.overreach(made)
    return _open(criterion, wrong[0]) if wrong else made


def _open(criterion: Criterion, reason: str) -> CriterionAnswer:
    return CriterionAnswer(criterion.id, Answer.CANNOT_TELL, reason, origin=Origin.GENERATIVE)

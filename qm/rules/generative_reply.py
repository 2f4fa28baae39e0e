"""Read a generative model's reply, and make evidence of what it quotes only where code finds it in the transcript."""

import json
from dataclasses import dataclass, replace
from typing import Any

from qm.analysis.normalise_text import normalise
from qm.domain.evaluation import Answer, CriterionAnswer, Evidence, EvidenceKind, Origin
from qm.domain.generative import Part
from qm.domain.transcript import Turn
from qm.rules.generative_prompt import MOST_LETTERS, VERDICTS, Ground
from qm.rules.scene import Scene
from qm.rules.verify import flaws
from qm.units import Seconds, Share

LEAST_LETTERS = 8
"""A shorter quote ("sì", "ok") stands in every contact and proves nothing."""


@dataclass(frozen=True)
class Claim:
    """What a reply says. `code` says what is wrong with its shape; it is empty where nothing is."""

    verdict: str = ""
    turn: int = 0
    quote: str = ""
    code: str = ""


def read_reply(text: str, part: Part) -> Claim:
    """The claim in a reply; anything but an object of just the asked shape is refused."""
    try:
        document = json.loads(_unfenced(text))
    except (ValueError, RecursionError):
        return Claim(code="generative.not_json")
    wanted = {"verdict"} if part is Part.CONFIRM else {"verdict", "turn", "quote"}
    if not isinstance(document, dict) or set(document) != wanted or not _has_kinds(document, part):
        return Claim(code="generative.wrong_schema")
    return Claim(**document)


def _unfenced(text: str) -> str:
    """Without the Markdown fence that models put round JSON where the server doesn't bind them."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```") and "\n" in bare:
        return bare.partition("\n")[2][:-3]
    return bare


def _has_kinds(document: dict[str, Any], part: Part) -> bool:
    turn, quote = document.get("turn", 0), document.get("quote", "")
    return (
        document["verdict"] in VERDICTS[part]
        and type(turn) is int
        and type(quote) is str
        and len(quote) <= MOST_LETTERS
    )


@dataclass(frozen=True)
class Proof:
    """Evidence that was verified, or the code of why there is none."""

    evidence: Evidence | None = None
    code: str = ""


def prove(claim: Claim, ground: Ground, scene: Scene) -> Proof:
    """Evidence of a claim's quote: it exists, the right party said it, inside the window, surely enough.

    The quote is looked for in the turn that the claim names, not elsewhere: a model that mixes turns up guesses.
    """
    if sum(len(word) for word in normalise(claim.quote)) < LEAST_LETTERS:
        return Proof(code="generative.no_quote")
    if not 1 <= claim.turn <= len(ground.turns):
        return Proof(code="evidence.no_such_turn")
    evidence = _evidence(claim.quote, ground.turns[claim.turn - 1], ground)
    # Any answer serves: the check looks at the evidence alone.
    found = flaws(CriterionAnswer("", Answer.MET, "found", (evidence,), origin=Origin.GENERATIVE), scene.transcript)
    if found:
        return Proof(code=found[0])
    if evidence.start_s not in ground.starts:
        return Proof(code="evidence.outside_window")
    if evidence.confidence < scene.thresholds.word_confidence:
        return Proof(code="low_confidence")
    return Proof(evidence)


@dataclass(frozen=True)
class _Piece:
    """A comparable word, and the word of the transcript that it comes from."""

    text: str
    source: str
    place: int
    start_s: Seconds
    end_s: Seconds
    confidence: Share


def _evidence(quote: str, turn: Turn, ground: Ground) -> Evidence:
    """Evidence with the words as they stand in the turn; with the quote as claimed where they don't stand there."""
    claimed = Evidence(
        EvidenceKind.WORDS, turn.start_s, turn.end_s, (turn.id,), quote, tuple(sorted(ground.roles)), ground.window
    )
    pieces, wanted = _pieces(turn), normalise(quote)
    for at in range(len(pieces) - len(wanted) + 1):
        run = pieces[at : at + len(wanted)]
        if tuple(piece.text for piece in run) == wanted:
            return _quoted(claimed, run)
    # Not in one piece: no confidence, so that it proves nothing whatever the check finds.
    return replace(claimed, confidence=0.0)


def _quoted(claimed: Evidence, run: list[_Piece]) -> Evidence:
    sources = {piece.place: piece.source for piece in run}
    return replace(
        claimed,
        start_s=run[0].start_s,
        end_s=run[-1].end_s,
        quote=" ".join(sources.values()),
        confidence=min(piece.confidence for piece in run),
    )


def _pieces(turn: Turn) -> list[_Piece]:
    """The turn's words; a written turn lends its own time and confidence. Suspected words break a run."""
    words = [(w.text, w.start_s, w.end_s, w.confidence, w.suspect) for w in turn.words]
    if not turn.words:
        words = [(text, turn.start_s, turn.end_s, turn.confidence, False) for text in turn.text.split()]
    return [
        _Piece("" if suspect else piece, text, place, start_s, end_s, confidence)
        for place, (text, start_s, end_s, confidence, suspect) in enumerate(words)
        for piece in normalise(text)
    ]

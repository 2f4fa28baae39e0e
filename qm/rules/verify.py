"""Check evidence after the fact: it must exist in the transcript, in the right role, inside its window."""

from qm.analysis.normalise_text import normalise
from qm.domain.evaluation import CriterionAnswer, Evidence, EvidenceKind
from qm.domain.transcript import Transcript, Turn
from qm.units import Seconds

SLACK_S: Seconds = 0.51
"""A phrase may end a little after its window closes: it has to begin inside; words last about half a second."""
LONGEST_QUOTE_S: Seconds = 15.0
"""A quote that begins inside its window may go on for this long."""


def flaws(answer: CriterionAnswer, transcript: Transcript) -> tuple[str, ...]:
    """Codes of what doesn't hold in an answer's evidence; empty where all of it does."""
    turns = {turn.id: turn for turn in transcript.turns}
    found = [flaw for item in answer.evidence for flaw in _flaws_of(item, turns)]
    return tuple(dict.fromkeys(found))


def _flaws_of(item: Evidence, turns: dict[str, Turn]) -> list[str]:
    if item.kind not in (EvidenceKind.WORDS, EvidenceKind.ABSENCE):
        return []
    if any(turn_id not in turns for turn_id in item.turn_ids):
        return ["evidence.no_such_turn"]
    quoted = [turns[turn_id] for turn_id in item.turn_ids]
    found = []
    if item.roles and any(turn.role not in item.roles for turn in quoted):
        found.append("evidence.wrong_role")
    if item.kind is EvidenceKind.WORDS:
        found.extend(_flaws_of_words(item, quoted))
    return found


def _flaws_of_words(item: Evidence, quoted: list[Turn]) -> list[str]:
    found = []
    if not quoted or not _is_said(item.quote, quoted):
        found.append("evidence.not_said")
    if quoted and not (
        min(t.start_s for t in quoted) - SLACK_S <= item.start_s <= item.end_s <= max(t.end_s for t in quoted) + SLACK_S
    ):
        found.append("evidence.wrong_time")
    window = item.window
    if window and not (
        window.start_s - SLACK_S <= item.start_s <= window.end_s + SLACK_S
        and item.end_s <= window.end_s + LONGEST_QUOTE_S
    ):
        found.append("evidence.outside_window")
    return found


def _is_said(quote: str, quoted: list[Turn]) -> bool:
    said = [word for turn in quoted for word in normalise(turn.text)]
    wanted = list(normalise(quote))
    return bool(wanted) and any(said[at : at + len(wanted)] == wanted for at in range(len(said) - len(wanted) + 1))

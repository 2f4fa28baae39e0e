"""Which words of a transcript are evidence, and what is marked along the audio."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from api import texts
from qm.domain.evaluation import Answer, Evidence, EvidenceKind
from qm.domain.signals import SignalKind
from qm.domain.text import Language
from qm.domain.transcript import Role, Transcript, Turn
from qm.services.views import ContactView
from qm.wording import say

LOW_CONFIDENCE = 0.4
"""Words below are shown as doubtful: worth a listen, well above where rules stop trusting a word."""


@dataclass(frozen=True)
class Mark:
    """One piece of evidence that the transcript shows. `id` ties it to its button beside the form."""

    id: str
    answer: Answer
    title: str
    start_s: float
    end_s: float
    turn_ids: tuple[str, ...]
    quote: str


@dataclass(frozen=True)
class Piece:
    """A run of words of a turn that share one marking."""

    text: str
    is_doubtful: bool = False
    mark: Mark | None = None


@dataclass(frozen=True)
class MarkedTurn:
    """A turn with its text cut into pieces; joined they give the text again."""

    turn: Turn
    pieces: tuple[Piece, ...]


def evidence_id(evaluation_id: str, criterion_id: str, place: int) -> str:
    """The page-wide name of a piece of evidence."""
    return f"ev-{evaluation_id}-{criterion_id}-{place}"


def word_marks(view: ContactView, language: Language) -> tuple[Mark, ...]:
    """Evidence of words, those that failed first: where two overlap, the more serious one is shown."""
    rows = [(e.score.evaluation_id, row) for e in view.evaluations for s in e.sections for row in s.criteria]
    marks = []
    for evaluation_id, row in rows:
        title = f"{row.criterion.title.said_in(language)}: {say('answer.' + row.answer.answer, language)}"
        for place, item in enumerate(row.answer.evidence):
            if item.kind is EvidenceKind.WORDS:
                name = evidence_id(evaluation_id, row.criterion.id, place)
                marks.append(_mark(name, row.answer.answer, title, item))
    order = (Answer.NOT_MET, Answer.CANNOT_TELL, Answer.MET, Answer.NOT_APPLICABLE)
    return tuple(sorted(marks, key=lambda mark: order.index(mark.answer)))


def _mark(name: str, answer: Answer, title: str, item: Evidence) -> Mark:
    return Mark(name, answer, title, item.start_s, item.end_s, item.turn_ids, item.quote)


def marked_turns(view: ContactView, language: Language) -> tuple[MarkedTurn, ...]:
    """The turns of a contact, each cut where its marking changes."""
    if view.transcript is None:
        return ()
    marks = word_marks(view, language)
    return tuple(MarkedTurn(turn, _pieces(turn, marks)) for turn in view.transcript.turns)


def _pieces(turn: Turn, marks: Sequence[Mark]) -> tuple[Piece, ...]:
    own = [mark for mark in marks if turn.id in mark.turn_ids]
    if not turn.words:
        return _written_pieces(turn.text, own)
    pieces = []
    for word in turn.words:
        middle = (word.start_s + word.end_s) / 2
        mark = next((mark for mark in own if mark.start_s <= middle <= mark.end_s), None)
        pieces.append(Piece(word.text.strip(), word.confidence < LOW_CONFIDENCE, mark))
    return _joined(pieces)


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    joined = []
    for _, run in groupby(pieces, key=lambda piece: (piece.mark.id if piece.mark else "", piece.is_doubtful)):
        parts = list(run)
        joined.append(replace(parts[0], text=" ".join(part.text for part in parts)))
    return tuple(joined)


def _written_pieces(text: str, marks: Sequence[Mark]) -> tuple[Piece, ...]:
    """A chat line has no word times: the quote is looked up in the text, without regard to case."""
    for mark in marks:
        place = text.casefold().find(mark.quote.casefold()) if mark.quote else -1
        # Folding may change the length of rare letters; then the positions don't fit and the whole line is marked.
        if place >= 0 and len(text.casefold()) == len(text):
            end = place + len(mark.quote)
            before, after = text[:place].strip(), text[end:].strip()
            parts = (Piece(before), Piece(text[place:end].strip(), mark=mark), Piece(after))
            return tuple(part for part in parts if part.text)
    return (Piece(text, mark=marks[0] if marks else None),)


def lanes(transcript: Transcript | None) -> tuple[Role, ...]:
    """Who speaks on each channel, as far as turns tell; one `unknown` lane where the parties share a channel."""
    if transcript is None or transcript.recording is None:
        return ()
    roles = [Role.UNKNOWN] * transcript.recording.channels
    for turn in transcript.turns:
        channel = _channel(turn)
        if channel is not None and channel < len(roles):
            roles[channel] = turn.role
    return tuple(roles)


def _channel(turn: Turn) -> int | None:
    number = turn.speaker.removeprefix("ch")
    return int(number) if number != turn.speaker and number.isdigit() else None


def audio_marks(view: ContactView, language: Language) -> list[dict[str, object]]:
    """Spans to show along the waveform, as JSON: evidence, long silences, interruptions. `lane` -1: all channels."""
    return [*_evidence_marks(view, language), *_signal_marks(view, language)]


def _evidence_marks(view: ContactView, language: Language) -> Iterator[dict[str, object]]:
    channels = {turn.id: _channel(turn) for turn in view.transcript.turns} if view.transcript else {}
    for mark in word_marks(view, language):
        if mark.end_s > mark.start_s:
            lane = channels.get(mark.turn_ids[0]) if mark.turn_ids else None
            yield _along(mark.answer.value, (mark.start_s, mark.end_s), mark.title, lane, mark.id)


def _signal_marks(view: ContactView, language: Language) -> Iterator[dict[str, object]]:
    shown = (SignalKind.SILENCE, SignalKind.INTERRUPTION)
    roles = lanes(view.transcript)
    for signal in view.signals.spans if view.signals else ():
        if signal.kind in shown:
            who = f" ({say('role.' + signal.role, language)})" if signal.role is not Role.UNKNOWN else ""
            title = f"{texts.say('player.' + signal.kind, language)}{who}, {signal.length_s:.0f} s"
            lane = roles.index(signal.role) if who and signal.role in roles else None
            yield _along(signal.kind.value, (signal.start_s, signal.end_s), title, lane)


def _along(kind: str, where: tuple[float, float], title: str, lane: int | None, name: str = "") -> dict[str, object]:
    place = -1 if lane is None else lane
    return {"kind": kind, "start": where[0], "end": where[1], "title": title, "lane": place, "id": name}

"""Which words of a transcript are evidence, and what is marked along the audio."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from api import texts
from qm.domain.evaluation import Answer, Evidence, EvidenceKind
from qm.domain.recording import Finding
from qm.domain.signals import Signal, SignalKind
from qm.domain.text import Language
from qm.domain.transcript import Role, Transcript, Turn, Word
from qm.services.views import ContactView
from qm.wording import say
from qm.wording_findings import phantom_reason

LOW_CONFIDENCE = 0.66
"""Calibrated confidence. Words below are shown as doubtful: worth a listen, well above where rules stop trusting."""
MOVED_S = 1.0
"""Words are moved back to the speech where they were heard, by less than this."""
PHANTOM = "transcript.phantom"
DUAL_MONO = "recording.dual_mono"
"""Codes of findings that the pages treat by themselves."""
WHOLE = slice(None)
"""All turns."""


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
    """A run of words of a turn that share one marking.

    Attributes:
        suspected: why the words were perhaps never said; `None` where they aren't suspected.
    """

    text: str
    is_doubtful: bool = False
    mark: Mark | None = None
    suspected: str | None = None


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
    rows = [(e.score.evaluation_id, row) for e in view.evaluations for s in e.leaves for row in s.criteria]
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


def marked_turns(view: ContactView, language: Language, wanted: slice = WHOLE) -> tuple[MarkedTurn, ...]:
    """The turns of a contact, or some in a row, each cut where its marking changes."""
    if view.transcript is None:
        return ()
    marks = word_marks(view, language)
    phantoms = [finding for finding in view.transcript.quality if finding.code == PHANTOM]
    return tuple(MarkedTurn(turn, _pieces(turn, marks, phantoms, language)) for turn in view.transcript.turns[wanted])


def _pieces(turn: Turn, marks: Sequence[Mark], phantoms: Sequence[Finding], language: Language) -> tuple[Piece, ...]:
    own = [mark for mark in marks if turn.id in mark.turn_ids]
    if not turn.words:
        return _written_pieces(turn.text, own)
    pieces = []
    for word in turn.words:
        middle = (word.start_s + word.end_s) / 2
        mark = next((mark for mark in own if mark.start_s <= middle <= mark.end_s), None)
        suspected = _why_suspected(word, phantoms, language) if word.suspect else None
        doubtful = word.confidence < LOW_CONFIDENCE and not word.suspect
        pieces.append(Piece(word.text.strip(), doubtful, mark, suspected))
    return _joined(pieces)


def _why_suspected(word: Word, phantoms: Sequence[Finding], language: Language) -> str:
    """What the finding says in whose span the word lies; empty where no finding tells.

    Words may have been moved a little since they were suspected, so the nearest span is taken, but none far away.
    """

    def away_s(finding: Finding) -> float:
        start_s, end_s = finding.start_s or 0.0, finding.end_s or 0.0
        return max(start_s - word.end_s, word.start_s - end_s, 0.0)

    nearest = min(phantoms, key=away_s, default=None)
    return phantom_reason(nearest.message, language) if nearest and away_s(nearest) <= MOVED_S else ""


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    joined = []
    for _, run in groupby(pieces, key=lambda p: (p.mark.id if p.mark else "", p.is_doubtful, p.suspected)):
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
    """Who speaks on each channel, as far as turns tell; one `unknown` lane where the parties share a channel.

    A recorded voice names a channel only where nobody else speaks on it.
    """
    if transcript is None or transcript.recording is None:
        return ()
    roles = [Role.UNKNOWN] * transcript.recording.channels
    for turn in sorted(transcript.turns, key=lambda turn: turn.role is not Role.IVR):
        channel = _channel(turn)
        if channel is not None and channel < len(roles):
            roles[channel] = turn.role
    return tuple(roles)


def is_shared(transcript: Transcript | None) -> bool:
    """True where both parties are on every channel: mono, or the same signal twice."""
    if transcript is None or transcript.recording is None:
        return False
    return transcript.recording.channels < 2 or any(f.code == DUAL_MONO for f in transcript.quality)


def _channel(turn: Turn) -> int | None:
    """The channel that a speaker's name tells: `ch0`, or `ch0-ivr` for a recorded voice on it."""
    number = turn.speaker.removeprefix("ch").removesuffix("-ivr")
    return int(number) if turn.speaker.startswith("ch") and number.isdigit() else None


def audio_marks(view: ContactView, language: Language) -> list[dict[str, object]]:
    """Spans to show along the waveform, as JSON: evidence, holds, silences off hold, interruptions. `lane` -1: all."""
    return [*_evidence_marks(view, language), *_signal_marks(view, language)]


def _evidence_marks(view: ContactView, language: Language) -> Iterator[dict[str, object]]:
    channels = {turn.id: _channel(turn) for turn in view.transcript.turns} if view.transcript else {}
    for mark in word_marks(view, language):
        if mark.end_s > mark.start_s:
            lane = channels.get(mark.turn_ids[0]) if mark.turn_ids else None
            yield _along(mark.answer.value, (mark.start_s, mark.end_s), mark.title, lane, mark.id)


def review_marks(view: ContactView, language: Language) -> list[dict[str, object]]:
    """The same, with where both speak and with words that were perhaps never said: for whoever listens to decide."""
    overlaps = _signal_marks(view, language, (SignalKind.OVERLAP,))
    return [*audio_marks(view, language), *overlaps, *_phantom_marks(view, language)]


def _phantom_marks(view: ContactView, language: Language) -> Iterator[dict[str, object]]:
    turns = view.transcript.turns if view.transcript else ()
    for turn in turns:
        for is_suspect, run in groupby(turn.words, key=lambda word: word.suspect):
            words = list(run)
            if is_suspect:
                title = f"{texts.say('contact.suspect_unsaid', language)}: {' '.join(w.text.strip() for w in words)}"
                yield _along("phantom", (words[0].start_s, words[-1].end_s), title, _channel(turn))


HEARD = (SignalKind.SILENCE, SignalKind.INTERRUPTION, SignalKind.HOLD)


def _signal_marks(
    view: ContactView, language: Language, shown: Sequence[SignalKind] = HEARD
) -> Iterator[dict[str, object]]:
    roles = lanes(view.transcript)
    holds = view.signals.of(SignalKind.HOLD) if view.signals else ()
    for signal in view.signals.spans if view.signals else ():
        if signal.kind not in shown or _is_hold_silence(signal, holds):
            continue
        # A hold is nobody's speech: it concerns both channels, whoever put the other on hold.
        who = signal.role if signal.role is not Role.UNKNOWN and signal.kind is not SignalKind.HOLD else None
        by = f" ({say('role.' + who, language)})" if who else ""
        title = f"{texts.say('player.' + signal.kind, language)}{by}, {signal.length_s:.0f} s"
        lane = roles.index(who) if who in roles else None
        yield _along(signal.kind.value, (signal.start_s, signal.end_s), title, lane)


def _is_hold_silence(signal: Signal, holds: Sequence[Signal]) -> bool:
    """True for a silence that lies mostly inside a hold: one mark says enough."""
    if signal.kind is not SignalKind.SILENCE:
        return False
    shared_s = sum(max(0.0, min(signal.end_s, hold.end_s) - max(signal.start_s, hold.start_s)) for hold in holds)
    return shared_s > 0.5 * signal.length_s


def _along(kind: str, where: tuple[float, float], title: str, lane: int | None, name: str = "") -> dict[str, object]:
    place = -1 if lane is None else lane
    return {"kind": kind, "start": where[0], "end": where[1], "title": title, "lane": place, "id": name}

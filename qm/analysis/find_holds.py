"""Find where a party was put on hold: music after the agent had begun, and long silences that words frame.

Words frame a silence that announce a wait before it, or give thanks for the wait after it. What isn't found: a silent
hold without either (it is a silence like any other), and any hold during which the
recorder was paused. The telephone system's own figures go before these (see `qm.analysis.measure_talk`).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from qm.analysis.find_speech import Talk, WordsByTime, joined
from qm.analysis.find_talk_spans import SILENCE_LEAST_S
from qm.analysis.match_text import PhraseSet, role_stream_indexes, tokens_of
from qm.domain.recognition import Stretch
from qm.domain.recording import Finding
from qm.domain.signals import Signal, SignalKind
from qm.domain.text import Language
from qm.domain.transcript import Role
from qm.units import Seconds

MUSIC = "recording.music"
"""Code of the finding that gives a span of music."""
HOLD_SILENCE_LEAST_S: Seconds = 10.0
"""A shorter wait is a search on the screen with the customer on the line, announced or not."""
ANNOUNCED_WITHIN_S: Seconds = 10.0
"""The announcement ends at most so long before the silence: thanks and a reason come between."""
WORD_LATE_S: Seconds = 1.0
"""The announcement's last word may seem to end so much after the silence begins: aligners stretch it."""
THANKED_WITHIN_S: Seconds = 5.0
"""Who comes back gives thanks for waiting at once, after a greeting at most."""
HOLD_JOIN_S: Seconds = 10.0
"""Parts of a hold no further apart are one, if the agent says nothing between: announcements interrupt the music."""

_PERSONS = frozenset(set(Role) - {Role.IVR})
"""Who may announce a hold where it isn't known who is the agent."""
_ANNOUNCEMENTS = {
    Language.ITALIAN: PhraseSet(
        [
            "(metto|mettiamo|metterla|metterti|mettervi|mettere|pongo|porla|lascio) ...2 attesa",
            "(attenda|attendete|attendi|attendere|pazienti)", "(aspetti|aspetta|aspettate|aspettare)",
            "(resti|resta|restate|restare|rimanga|rimani|rimanere|stia|stare|tenga) ...2 (linea|attesa)",
            "(un|solo un|giusto un|qualche|pochi) (attimo|attimino|momento|momentino|minuto|minutino|minuti|istante)",
            "un paio di (minuti|secondi)", "(torno|ritorno) (subito|tra poco|fra poco|da lei)",
        ],
        Language.ITALIAN,
    ),
    Language.ENGLISH: PhraseSet(
        [
            "(please hold|hold please|hold on|hang on|hold the line|on hold)", "(can|could|would|may) you (hold|wait)",
            "(bear|bare) with (me|us)", "(one|a|just a|another) (moment|second|minute)",
            "(a few|a couple of) (moments|seconds|minutes)", "(please wait|wait a|wait while)", "stay on the line",
            "(be right back|be back)", "while i (check|look|find|get|ask|speak)",
        ],
        Language.ENGLISH,
    ),
}  # fmt: skip
"""What announces a wait. Deliberately wide: it counts only where a silence of `HOLD_SILENCE_LEAST_S` follows."""
_THANKS = {
    Language.ITALIAN: PhraseSet(
        ["(grazie|ringrazio) ...4 (attesa|atteso|aspettato|pazienza)", "(scusi|scusa|scusate) ...3 attesa"],
        Language.ITALIAN,
    ),
    Language.ENGLISH: PhraseSet(
        ["(thank you|thanks) ...3 (waiting|holding|hold|patience|patient)", "sorry ...4 (wait|waiting|delay|hold)"],
        Language.ENGLISH,
    ),
}
"""What thanks or apologises for a wait, after it."""


def find_holds(
    talk: Talk, findings: Sequence[Finding], silences: Sequence[Signal], language: str
) -> tuple[Signal, ...] | None:
    """Holds by start; the role is the agent's where roles are known.

    Music before the agent's first word is the queue's, not a hold; a hold may last to the end of the recording.

    Returns:
        `None` where it can't be told: no music was found and there are no announcements known in the language.
    """
    roles = frozenset({Role.AGENT}) if talk.has_known_roles else _PERSONS
    words = WordsByTime(word for turn in talk.turns if turn.role in roles for word in turn.words)
    music = _music_after(findings, words)
    if language not in _ANNOUNCEMENTS and not music:
        return None
    framed = _framed(talk, roles, silences, language)
    parts = joined((*music, *_continued(framed, silences, words)))
    role = Role.AGENT if talk.has_known_roles else Role.UNKNOWN
    return tuple(Signal(SignalKind.HOLD, start_s, end_s, role) for start_s, end_s in _without_gaps(parts, words))


def _music_after(findings: Sequence[Finding], words: WordsByTime) -> list[Stretch]:
    """Music that begins after the first word of the one who could put on hold."""
    first_s = words.first_s
    return [
        (finding.start_s, finding.end_s)
        for finding in findings
        if finding.code == MUSIC
        and finding.start_s is not None
        and finding.end_s is not None
        and first_s is not None
        and finding.start_s > first_s
        and finding.end_s - finding.start_s >= SILENCE_LEAST_S
    ]


def _framed(talk: Talk, roles: frozenset[Role], silences: Sequence[Signal], language: str) -> set[Stretch]:
    """Long silences that follow an announcement or precede thanks for the wait."""
    if language not in _ANNOUNCEMENTS:
        return set()
    stream = tokens_of(talk.turns, role_stream_indexes(talk.turns, roles))
    announced, thanked = (phrases[Language(language)].find(stream) for phrases in (_ANNOUNCEMENTS, _THANKS))
    ends = sorted(stream[hit.last].end_s for hit in announced if not hit.negated)
    begins = sorted(stream[hit.first].start_s for hit in thanked if not hit.negated)
    return {
        (silence.start_s, silence.end_s)
        for silence in silences
        if silence.length_s >= HOLD_SILENCE_LEAST_S
        and (
            _any_in(ends, silence.start_s - ANNOUNCED_WITHIN_S, silence.start_s + WORD_LATE_S)
            or _any_in(begins, silence.end_s - WORD_LATE_S, silence.end_s + THANKED_WITHIN_S)
        )
    }


def _any_in(times_s: Sequence[Seconds], from_s: Seconds, to_s: Seconds) -> bool:
    return bisect_left(times_s, from_s) < bisect_right(times_s, to_s)


def _continued(framed: set[Stretch], silences: Sequence[Signal], words: WordsByTime) -> list[Stretch]:
    """Those, and the long silences after them in which the announcer went on saying nothing."""
    found: list[Stretch] = []
    for silence in silences:
        is_long = silence.length_s >= HOLD_SILENCE_LEAST_S
        goes_on = is_long and bool(found) and _is_one_hold(found[-1][1], silence.start_s, words)
        if goes_on or (silence.start_s, silence.end_s) in framed:
            found.append((silence.start_s, silence.end_s))
    return found


def _without_gaps(parts: Sequence[Stretch], words: WordsByTime) -> list[Stretch]:
    """The parts, those made one that are near and have nothing of the announcer's between."""
    found: list[Stretch] = []
    for start_s, end_s in parts:
        if found and _is_one_hold(found[-1][1], start_s, words):
            found[-1] = (found[-1][0], end_s)
        else:
            found.append((start_s, end_s))
    return found


def _is_one_hold(ended_s: Seconds, begins_s: Seconds, words: WordsByTime) -> bool:
    return begins_s - ended_s <= HOLD_JOIN_S and not words.any_begins_in((ended_s, begins_s))


def outside_holds(silences: Sequence[Signal], holds: Sequence[Signal]) -> tuple[Signal, ...]:
    """What is left of the silences where nobody was on hold, in pieces of at least `SILENCE_LEAST_S`.

    >>> silence = Signal(SignalKind.SILENCE, 10.0, 40.0)
    >>> hold = Signal(SignalKind.HOLD, 15.0, 39.0)
    >>> [(piece.start_s, piece.end_s) for piece in outside_holds([silence], [hold])]
    [(10.0, 15.0)]
    """
    ends = [hold.end_s for hold in holds]
    found = []
    for silence in silences:
        # Holds are disjoint and in order: those that end before the silence begins can't cut it.
        inside = [(silence.start_s, silence.start_s)]
        place = bisect_left(ends, silence.start_s)
        while place < len(holds) and holds[place].start_s < silence.end_s:
            inside.append((holds[place].start_s, holds[place].end_s))
            place += 1
        inside.append((silence.end_s, silence.end_s))
        found += [
            Signal(SignalKind.SILENCE, before[1], after[0])
            for before, after in pairwise(inside)
            if after[0] - before[1] >= SILENCE_LEAST_S
        ]
    return tuple(found)

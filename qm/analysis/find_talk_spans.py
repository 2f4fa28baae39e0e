"""Find silences, overlaps, interruptions, backchannels, responses and monologues.

Definitions follow conversation analysis. H. Sacks, E. Schegloff & G. Jefferson (1974), "A simplest systematics for the
organization of turn-taking for conversation": a *silence* is a stretch in which nobody speaks, an *overlap* one in
which both do. V. Yngve (1970), "On getting a word in edgewise", and N. Ward & W. Tsukahara (2000), "Prosodic features
which cue back-channel responses": a *backchannel* is a short sound of listening that the other party neither asked for
nor answers. M. Heldner & J. Edlund (2010), "Pauses, gaps and overlaps in conversations": a *gap* is the silence where
the speaker changes. The numbers are ours. All searches take time in proportion to the stretches and words.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qm.analysis.find_speech import Activity, Talk, joined
from qm.analysis.normalise_text import normalise
from qm.domain.recognition import Stretch
from qm.domain.signals import Signal, SignalKind
from qm.domain.transcript import Role
from qm.units import Seconds

SILENCE_LEAST_S: Seconds = 3.0
"""Shorter stretches are ordinary turn-taking, not worth a mark."""
INTERRUPTION_LEFT_S: Seconds = 1.0
"""What the interrupted party still had to say, at least; less is a turn's natural end overlapped."""
INTERRUPTION_IN_S: Seconds = 0.4
"""The interrupted party had been speaking for at least this long; less is both starting at once."""
INTERRUPTION_LEAST_S: Seconds = 0.6
"""The interrupting stretch lasts at least so long; less is a cough or a started syllable."""
OVERLAP_LEAST_S: Seconds = 0.2
"""Shorter overlaps lie within the error of detected borders and of turn ends foreseen by the listener."""
BACKCHANNEL_WORDS = 2
"""Up to so many words, all of them acknowledgements, are a backchannel."""
BACKCHANNEL_NEAR_S: Seconds = 1.0
"""The other party spoke at most so long before a backchannel, and goes on at most so long after it."""
ACKNOWLEDGEMENTS = frozenset(
    "si certo ok okay bene esatto capisco ecco ah eh mh mhm uhm va perfetto no".split()
    + "yes yeah right sure i see uh huh mm".split()
)
"""Comparable words (see `normalise`) that show listening."""
PARTIES = {Role.AGENT: Role.CUSTOMER, Role.CUSTOMER: Role.AGENT}
"""Each party's other."""


@dataclass(frozen=True)
class Response:
    """A party begins to speak after the other has ended, from the other's end to the own beginning."""

    role: Role
    start_s: Seconds
    end_s: Seconds

    @property
    def delay_s(self) -> Seconds:
        """How long the other waited."""
        return self.end_s - self.start_s


def find_silences(activity: Activity, least_s: Seconds = SILENCE_LEAST_S) -> tuple[Signal, ...]:
    """Stretches between the first and the last speech in which nobody speaks, at least `least_s` long."""
    speech = joined(stretch for stretches in activity.values() for stretch in stretches)
    return tuple(
        Signal(SignalKind.SILENCE, before[1], after[0])
        for before, after in pairwise(speech)
        if after[0] - before[1] >= least_s
    )


def find_overlaps(activity: Activity) -> tuple[Signal, ...]:
    """Stretches of at least `OVERLAP_LEAST_S` in which agent and customer both speak.

    The role is who began it, unknown where both began at once.
    """
    return tuple(
        Signal(SignalKind.OVERLAP, own[0], min(own[1], other[1]), role)
        for role, own, other in _crossings(activity)
        if min(own[1], other[1]) - own[0] >= OVERLAP_LEAST_S
    )


def _crossings(activity: Activity) -> Iterator[tuple[Role, Stretch, Stretch]]:
    """Who began while the other was speaking, the stretch so begun, and the other's; by start.

    One pass: neither party's stretches overlap among themselves, so the one that ends first is done with.
    """
    agent, customer = activity.get(Role.AGENT, ()), activity.get(Role.CUSTOMER, ())
    i = j = 0
    while i < len(agent) and j < len(customer):
        one, two = agent[i], customer[j]
        if max(one[0], two[0]) < min(one[1], two[1]):
            if one[0] == two[0]:
                yield Role.UNKNOWN, one, two
            elif one[0] > two[0]:
                yield Role.AGENT, one, two
            else:
                yield Role.CUSTOMER, two, one
        if one[1] <= two[1]:
            i += 1
        else:
            j += 1


def find_interruptions(talk: Talk) -> tuple[Signal, ...]:
    """Overlaps that take the word from the other party; the role is who did it.

    The other party had been speaking for `INTERRUPTION_IN_S` and went on for `INTERRUPTION_LEFT_S`; the interrupting
    stretch is at least `INTERRUPTION_LEAST_S` long and holds more than an acknowledgement.
    """
    return tuple(
        Signal(SignalKind.INTERRUPTION, own[0], min(own[1], other[1]), role)
        for role, own, other in _crossings(talk.activity)
        if own[1] - own[0] >= INTERRUPTION_LEAST_S
        and own[0] - other[0] >= INTERRUPTION_IN_S
        and other[1] - own[0] >= INTERRUPTION_LEFT_S
        and not is_acknowledgement(_text_in(talk, role, own))
    )


def find_backchannels(talk: Talk) -> tuple[Signal, ...]:
    """Acknowledgements by one party while the other keeps the word; the role is who gave them.

    The other was speaking no more than `BACKCHANNEL_NEAR_S` before, goes on no more than that after, and hadn't just
    asked: what follows a question mark is an answer. Nothing else is said by the listener that near.
    """
    found = [
        Signal(SignalKind.BACKCHANNEL, own[0], own[1], role)
        for role, other in PARTIES.items()
        for own in joined(talk.spoken.get(role, ()), BACKCHANNEL_NEAR_S)
        if _keeps_the_word(talk.spoken.get(other, ()), own)
        and is_acknowledgement(_text_in(talk, role, own))
        and not _has_asked(talk, other, own[0])
    ]
    return tuple(sorted(found, key=lambda span: (span.start_s, span.end_s, span.role)))


def _keeps_the_word(theirs: Sequence[Stretch], own: Stretch) -> bool:
    """True where a party speaks right before and right after (or all through) the other's stretch."""
    place = bisect_left(theirs, own)
    if place == 0 or own[0] - theirs[place - 1][1] > BACKCHANNEL_NEAR_S:
        return False
    goes_on = theirs[place - 1][1] > own[1]
    return goes_on or (place < len(theirs) and theirs[place][0] - own[1] <= BACKCHANNEL_NEAR_S)


def _has_asked(talk: Talk, role: Role, at_s: Seconds) -> bool:
    word = talk.words[role].last_before(at_s) if role in talk.words else None
    return word is not None and word.text.rstrip().endswith("?")


def find_responses(talk: Talk, backchannels: Sequence[Signal]) -> tuple[Response, ...]:
    """Where the speaker changes without overlap (a *gap* of Heldner & Edlund 2010), by start.

    The party that was heard last is the other one, and has ended. Backchannels neither respond nor are responded to.
    """
    found = []
    last_role, last_end_s = Role.UNKNOWN, 0.0
    for start_s, end_s, role in _takings(talk, backchannels):
        if last_role is PARTIES.get(role) and start_s >= last_end_s:
            found.append(Response(role, last_end_s, start_s))
        if last_role is Role.UNKNOWN or end_s >= last_end_s:
            last_role, last_end_s = role, end_s
    return tuple(found)


def find_monologues(talk: Talk, backchannels: Sequence[Signal]) -> tuple[Signal, ...]:
    """Runs of speech of one party, by start; the role is whose.

    A run ends where another party says more than a backchannel, or with a silence of the party of `SILENCE_LEAST_S`.
    """
    found: list[Signal] = []
    for start_s, end_s, role in _takings(talk, backchannels):
        last = found[-1] if found else None
        if last and last.role is role and start_s - last.end_s < SILENCE_LEAST_S:
            found[-1] = Signal(SignalKind.MONOLOGUE, last.start_s, end_s, role)
        else:
            found.append(Signal(SignalKind.MONOLOGUE, start_s, end_s, role))
    return tuple(found)


def _takings(talk: Talk, backchannels: Sequence[Signal]) -> list[tuple[Seconds, Seconds, Role]]:
    """Stretches in which a party takes or keeps the word, by start."""
    takings = []
    for role, stretches in talk.spoken.items():
        listening = [span for span in backchannels if span.role is role]
        starts = [span.start_s for span in listening]
        for start_s, end_s in stretches:
            place = bisect_right(starts, start_s) - 1
            if place < 0 or start_s >= listening[place].end_s:
                takings.append((start_s, end_s, role))
    return sorted(takings)


def _text_in(talk: Talk, role: Role, stretch: Stretch) -> str:
    return " ".join(word.text for word in talk.said_in(role, stretch))


def is_acknowledgement(text: str) -> bool:
    """True for a few words that show listening and don't ask for the word; true for no words at all.

    >>> is_acknowledgement("Sì, certo."), is_acknowledgement("aspetti")
    (True, False)
    """
    words = normalise(text)
    return len(words) <= BACKCHANNEL_WORDS and all(word in ACKNOWLEDGEMENTS for word in words)

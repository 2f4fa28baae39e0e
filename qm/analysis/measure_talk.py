"""Measure a conversation from its turns: talk share, silence, overlap, interruptions.

Definitions follow conversation analysis (Sacks, Schegloff & Jefferson 1974, "A simplest systematics for the
organization of turn-taking for conversation"; Yngve 1970 for backchannels): a *silence* is a stretch in which nobody
speaks; an *overlap* one in which both do; an *interruption* is a turn that begins while the other party is speaking,
who would have had at least `INTERRUPTION_LEFT_S` to go, and that isn't a backchannel.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from qm.analysis.normalise_text import normalise
from qm.domain.recognition import Stretch
from qm.domain.signals import Signal, SignalKind, Signals
from qm.domain.transcript import Role, Transcript, Turn
from qm.units import Seconds, Share

SILENCE_LEAST_S: Seconds = 3.0
"""Shorter stretches are ordinary turn-taking, not worth a mark."""
INTERRUPTION_LEFT_S: Seconds = 1.0
"""What the interrupted party still had to say, at least; less is a turn's natural end overlapped."""
INTERRUPTION_IN_S: Seconds = 0.4
"""The interrupted party had been speaking for at least this long; less is both starting at once."""
INTERRUPTION_LEAST_S: Seconds = 0.6
"""The interrupting stretch lasts at least so long; less is a cough or a started syllable."""
OVERLAP_LEAST_S: Seconds = 0.2
WORD_PAUSE_S: Seconds = 0.5
"""Words further apart than this are two stretches of speech."""
BACKCHANNEL_WORDS = 2
"""Up to so many words, all of them acknowledgements, are a backchannel."""
ACKNOWLEDGEMENTS = frozenset(
    "si certo ok okay bene esatto capisco ecco ah eh mh mhm uhm va perfetto no".split()
    + "yes yeah right sure i see uh huh mm".split()
)
ROLE_MEASURES = (
    "overlap_total_s", "agent_talk_share", "agent_interruption_count", "customer_interruption_count",
    "agent_longest_turn_s", "agent_words_per_minute",
)  # fmt: skip
"""Measures that need to know who speaks."""
MEASURES = frozenset({"silence_longest_s", "silence_total_s", "silence_share", "silence_count", *ROLE_MEASURES})
"""Names that rules may use in `measure:`."""


Activity: TypeAlias = Mapping[Role, tuple[Stretch, ...]]
"""Stretches of detected speech by role, in order."""


def activity_by_role(transcript: Transcript, activity: Sequence[Sequence[Stretch]]) -> Activity:
    """Detected speech of each channel under the role that the channel's turns have (`ch0`, `ch1`, …)."""
    roles = {turn.speaker: turn.role for turn in transcript.turns}
    merged: dict[Role, list[Stretch]] = {}
    for channel, stretches in enumerate(activity):
        merged.setdefault(roles.get(f"ch{channel}", Role.UNKNOWN), []).extend(stretches)
    return {role: tuple(sorted(stretches)) for role, stretches in merged.items()}


def activity_of_words(turns: Sequence[Turn]) -> Activity:
    """Stretches of speech by role from the words' times, where nothing better is known."""
    found: dict[Role, list[Stretch]] = {}
    for turn in turns:
        for word in turn.words:
            own = found.setdefault(turn.role, [])
            if own and word.start_s - own[-1][1] <= WORD_PAUSE_S:
                own[-1] = (own[-1][0], max(own[-1][1], word.end_s))
            else:
                own.append((word.start_s, word.end_s))
    return {role: tuple(sorted(stretches)) for role, stretches in found.items()}


def measure_talk(transcript: Transcript, activity: Activity | None = None) -> Signals:
    """Spans and measures of one call.

    Measures that need roles are `None` where any turn's role is unknown; all are `None` for a chat or where
    nobody speaks. Silence before the first and after the last speech isn't counted: nothing was awaited there.

    Args:
        activity: detected speech by role; taken from the words' times where it isn't given.
    """
    if transcript.recording is None or not transcript.has_words:
        return Signals((), dict.fromkeys(sorted(MEASURES)))
    turns, known = transcript.turns, transcript.has_known_roles
    activity = activity or activity_of_words(turns)
    silences = find_silences(activity)
    overlaps = find_overlaps(activity) if known else ()
    interruptions = find_interruptions(activity, turns) if known else ()
    measures = _silence_measures(silences, activity)
    measures |= _role_measures(turns, activity, overlaps, interruptions) if known else dict.fromkeys(ROLE_MEASURES)
    spans = sorted((*silences, *overlaps, *interruptions), key=lambda s: (s.start_s, s.end_s, s.kind))
    return Signals(tuple(spans), measures)


def find_silences(activity: Activity, least_s: Seconds = SILENCE_LEAST_S) -> tuple[Signal, ...]:
    """Stretches between the first and the last speech in which nobody speaks, at least `least_s` long."""
    found = []
    spoken_until = None
    for start_s, end_s in sorted(stretch for stretches in activity.values() for stretch in stretches):
        if spoken_until is not None and start_s - spoken_until >= least_s:
            found.append(Signal(SignalKind.SILENCE, spoken_until, start_s))
        spoken_until = end_s if spoken_until is None else max(spoken_until, end_s)
    return tuple(found)


def find_overlaps(activity: Activity) -> tuple[Signal, ...]:
    """Stretches of at least `OVERLAP_LEAST_S` in which agent and customer both speak; the role is who began it."""
    pairs = [
        (role, own, others)
        for role, other in ((Role.AGENT, Role.CUSTOMER), (Role.CUSTOMER, Role.AGENT))
        for own in activity.get(role, ())
        for others in activity.get(other, ())
    ]
    found = [
        Signal(SignalKind.OVERLAP, start_s, min(end_s, until_s), role)
        for role, (start_s, end_s), (begun_s, until_s) in pairs
        if begun_s < start_s < until_s and min(end_s, until_s) - start_s >= OVERLAP_LEAST_S
    ]
    return tuple(sorted(found, key=lambda span: (span.start_s, span.end_s)))


def find_interruptions(activity: Activity, turns: Sequence[Turn]) -> tuple[Signal, ...]:
    """Overlaps that take the word from the other party; the role is who did it.

    The other party had been speaking for `INTERRUPTION_IN_S` and went on for `INTERRUPTION_LEFT_S`; the interrupting
    stretch is at least `INTERRUPTION_LEAST_S` long and holds more than a backchannel.
    """
    found = []
    for overlap in find_overlaps(activity):
        other = Role.CUSTOMER if overlap.role is Role.AGENT else Role.AGENT
        begun_s, until_s = next(s for s in activity[other] if s[0] < overlap.start_s < s[1])
        end_s = next(end for start, end in activity[overlap.role] if start == overlap.start_s)
        long_enough = end_s - overlap.start_s >= INTERRUPTION_LEAST_S
        in_the_middle = (
            overlap.start_s - begun_s >= INTERRUPTION_IN_S and until_s - overlap.start_s >= INTERRUPTION_LEFT_S
        )
        if long_enough and in_the_middle and not _is_backchannel_at(overlap.role, overlap.start_s, end_s, turns):
            found.append(Signal(SignalKind.INTERRUPTION, overlap.start_s, overlap.end_s, overlap.role))
    return tuple(found)


def _is_backchannel_at(role: Role, start_s: Seconds, end_s: Seconds, turns: Sequence[Turn]) -> bool:
    """True where the words spoken in a stretch are an acknowledgement, or none were recognised."""
    words = [w.text for t in turns if t.role is role for w in t.words if w.start_s < end_s and w.end_s > start_s]
    return is_acknowledgement(" ".join(words))


def is_acknowledgement(text: str) -> bool:
    """True for a few words that show listening ("sì, certo") and don't ask for the word; true for no words at all."""
    words = normalise(text)
    return len(words) <= BACKCHANNEL_WORDS and all(word in ACKNOWLEDGEMENTS for word in words)


def _silence_measures(silences: Sequence[Signal], activity: Activity) -> dict[str, float | None]:
    total = sum(span.length_s for span in silences)
    spoken = sorted(stretch for stretches in activity.values() for stretch in stretches)
    length = max((end for _start, end in spoken), default=0.0) - (spoken[0][0] if spoken else 0.0)
    return {
        "silence_longest_s": round(max((span.length_s for span in silences), default=0.0), 3),
        "silence_total_s": round(total, 3),
        "silence_share": _share(total, length),
        "silence_count": float(len(silences)),
    }


def _role_measures(
    turns: Sequence[Turn], activity: Activity, overlaps: Sequence[Signal], interruptions: Sequence[Signal]
) -> dict[str, float | None]:
    agent_s, customer_s = (_length(activity.get(role, ())) for role in (Role.AGENT, Role.CUSTOMER))
    agent = [turn for turn in turns if turn.role is Role.AGENT]
    words = sum(len(turn.words) for turn in agent)
    by_agent = sum(span.role is Role.AGENT for span in interruptions)
    return {
        "overlap_total_s": round(sum(span.length_s for span in overlaps), 3),
        "agent_talk_share": _share(agent_s, agent_s + customer_s),
        "agent_interruption_count": float(by_agent),
        "customer_interruption_count": float(len(interruptions) - by_agent),
        "agent_longest_turn_s": round(max((turn.end_s - turn.start_s for turn in agent), default=0.0), 3),
        "agent_words_per_minute": round(60 * words / agent_s, 1) if agent_s else None,
    }


def _length(stretches: Sequence[Stretch]) -> Seconds:
    return sum(end_s - start_s for start_s, end_s in stretches)


def _share(part: float, whole: float) -> Share | None:
    return round(part / whole, 4) if whole else None

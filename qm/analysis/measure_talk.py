"""Measure a conversation from its turns: talk, silence, holds, responses, overlap, interruptions, loudness.

What is counted is defined, with sources, in `qm.analysis.find_talk_spans` and `qm.analysis.find_holds`. A measure that
can't be taken is `None`, never 0.
"""

from collections.abc import Mapping, Sequence
from statistics import median
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from qm.analysis.find_holds import find_holds, outside_holds
from qm.analysis.find_speech import Activity, Talk, length_of, make_talk
from qm.analysis.find_talk_spans import (
    Response,
    find_backchannels,
    find_interruptions,
    find_monologues,
    find_overlaps,
    find_responses,
    find_silences,
)
from qm.analysis.measure_chat import CHAT_MEASURES, measure_chat
from qm.domain.contact import History
from qm.domain.signals import Signal, Signals
from qm.domain.transcript import Role, Transcript
from qm.units import Seconds, Share

LONG_SILENCE_S: Seconds = 10.0
"""From here on a silence is one that callers remark on; it is also the least length of an announced hold."""
RESPONSES_LEAST = 5
"""With fewer responses the 90th percentile is hardly anything but the slowest one."""
PARTIES = (Role.AGENT, Role.CUSTOMER)

Measures: TypeAlias = dict[str, float | None]

SILENCE_MEASURES = (
    "silence_longest_s", "silence_total_s", "silence_share", "silence_count", "long_silence_count",
)  # fmt: skip
HEARD_HOLD_MEASURES = (
    "hold_heard_count", "hold_heard_total_s", "hold_heard_longest_s",
    "silence_outside_holds_longest_s", "silence_outside_holds_total_s", "silence_outside_holds_count",
)  # fmt: skip
"""Need music, or a language whose announcements are known."""
HOLD_MEASURES = ("hold_count", "hold_total_s", *HEARD_HOLD_MEASURES)
_ONE_PARTY = (
    "talk_share", "interruption_count", "overlap_begun_count", "backchannel_count", "words_per_minute",
    "longest_monologue_s", "response_count", "response_delay_median_s", "response_delay_p90_s", "loudness_dbfs",
)  # fmt: skip
ROLE_MEASURES = (
    "overlap_total_s", "overlap_count", "overlap_share", "agent_longest_turn_s", "loudness_difference_db",
    *(f"{role}_{name}" for role in PARTIES for name in _ONE_PARTY),
)  # fmt: skip
"""Measures that need to know who speaks."""
MEASURES = frozenset({*SILENCE_MEASURES, *HOLD_MEASURES, *ROLE_MEASURES, *CHAT_MEASURES})
"""Names that rules may use in `measure:`."""

_NO_HISTORY = History()
_NO_LOUDNESS: Mapping[Role, float | None] = MappingProxyType({})


def measure_talk(
    transcript: Transcript, activity: Activity | None = None,
    *, history: History = _NO_HISTORY, loudness: Mapping[Role, float | None] = _NO_LOUDNESS,
) -> Signals:  # fmt: skip
    """Spans and measures of one contact, in time near to linear in its words and stretches.

    Measures that need roles are `None` where any turn's role is unknown; all are `None` where nobody speaks or
    writes. A chat or an e-mail has those of `qm.analysis.measure_chat` and no others; a call has none of them.
    Silence before the first and after the last speech isn't counted: nothing was awaited there. Suspected words don't
    count as speech.

    Args:
        activity: detected speech by role; taken from the words' times where it isn't given.
        history: what the telephone system counted; its holds go before those heard.
        loudness: level of each party's speech, dB relative to full scale; `None` or absent where it wasn't taken.
    """
    if transcript.recording is None:
        return Signals((), dict.fromkeys(sorted(MEASURES)) | measure_chat(transcript))
    talk = make_talk(transcript, activity)
    if not any(turn.text.strip() for turn in talk.turns):
        return Signals((), dict.fromkeys(sorted(MEASURES)))
    silences = find_silences(talk.activity)
    holds = find_holds(talk, transcript.quality, silences, transcript.language)
    measures: Measures = dict.fromkeys(sorted(MEASURES))
    measures |= _silence_measures(silences, talk.activity) | _hold_measures(holds, silences, history)
    spans = [*silences, *(holds or ())]
    if talk.has_known_roles:
        found, by_role = _measure_parties(talk, holds or ())
        spans += found
        measures |= by_role | _loudness_measures(loudness)
    return Signals(tuple(sorted(spans, key=lambda s: (s.start_s, s.end_s, s.kind))), measures)


def _silence_measures(silences: Sequence[Signal], activity: Activity) -> Measures:
    spoken = [stretch for stretches in activity.values() for stretch in stretches]
    length_s = max(end for _start, end in spoken) - min(spoken)[0] if spoken else 0.0
    total_s = _total(silences)
    return {
        "silence_longest_s": _longest(silences),
        "silence_total_s": total_s,
        "silence_share": _share(sum(span.length_s for span in silences), length_s),
        "silence_count": float(len(silences)),
        "long_silence_count": float(sum(span.length_s >= LONG_SILENCE_S for span in silences)),
    }


def _hold_measures(holds: Sequence[Signal] | None, silences: Sequence[Signal], history: History) -> Measures:
    measures: Measures = {}
    if holds is not None:
        outside = outside_holds(silences, holds)
        measures = {
            "hold_heard_count": float(len(holds)),
            "hold_heard_total_s": _total(holds),
            "hold_heard_longest_s": _longest(holds),
            "silence_outside_holds_longest_s": _longest(outside),
            "silence_outside_holds_total_s": _total(outside),
            "silence_outside_holds_count": float(len(outside)),
        }
    counted, held_s = history.holds, history.hold_s
    measures["hold_count"] = measures.get("hold_heard_count") if counted is None else float(counted)
    measures["hold_total_s"] = measures.get("hold_heard_total_s") if held_s is None else float(held_s)
    return measures


def _measure_parties(talk: Talk, holds: Sequence[Signal]) -> tuple[list[Signal], Measures]:
    """Spans and measures that need roles."""
    overlaps, interruptions = find_overlaps(talk.activity), find_interruptions(talk)
    backchannels = find_backchannels(talk)
    monologues = find_monologues(talk, backchannels)
    responses = _outside(find_responses(talk, backchannels), holds)
    measures = _overlap_measures(overlaps, talk.activity)
    agent = [turn.end_s - turn.start_s for turn in talk.turns if turn.role is Role.AGENT]
    measures["agent_longest_turn_s"] = round(max(agent, default=0.0), 3)
    for role in PARTIES:
        own: Measures = {
            "interruption_count": _count(interruptions, role),
            "overlap_begun_count": _count(overlaps, role),
            "backchannel_count": _count(backchannels, role),
            "longest_monologue_s": _longest([span for span in monologues if span.role is role]),
        }
        own |= _speech_measures(talk, role) | _response_measures(responses, role)
        measures |= {f"{role}_{name}": value for name, value in own.items()}
    # The agent's where both are as long: one span shows who spoke longest at a stretch.
    both = [span for span in monologues if span.role in PARTIES]
    longest = sorted(both, key=lambda span: (-span.length_s, span.role, span.start_s))[:1]
    return [*overlaps, *interruptions, *backchannels, *longest], measures


def _overlap_measures(overlaps: Sequence[Signal], activity: Activity) -> Measures:
    both_s = sum(span.length_s for span in overlaps)
    speech_s = sum(length_of(activity.get(role, ())) for role in PARTIES) - both_s
    return {
        "overlap_total_s": _total(overlaps),
        "overlap_count": float(len(overlaps)),
        "overlap_share": _share(both_s, speech_s),
    }


def _speech_measures(talk: Talk, role: Role) -> Measures:
    """Share of talk, and words a minute of own speech: pauses aren't counted, so it is a rate of articulation."""
    own_s = length_of(talk.activity.get(role, ()))
    both_s = sum(length_of(talk.activity.get(party, ())) for party in PARTIES)
    words = sum(len(turn.words) for turn in talk.turns if turn.role is role)
    return {
        "talk_share": _share(own_s, both_s),
        "words_per_minute": round(60 * words / own_s, 1) if own_s else None,
    }


def _response_measures(responses: Sequence[Response], role: Role) -> Measures:
    delays_s = [response.delay_s for response in responses if response.role is role]
    return {
        "response_count": float(len(delays_s)),
        "response_delay_median_s": round(median(delays_s), 3) if delays_s else None,
        "response_delay_p90_s": percentile(delays_s, 90) if len(delays_s) >= RESPONSES_LEAST else None,
    }


def percentile(values: Sequence[float], percent: float) -> float:
    """Value at `1 + (n - 1) percent / 100` of those in order, between neighbours in proportion.

    Definition 7 of R. Hyndman & Y. Fan (1996), "Sample quantiles in statistical packages"; refuses an empty sequence.

    >>> percentile([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 90)
    5.5
    """
    return round(float(np.percentile(values, percent)), 3)


def _outside(responses: Sequence[Response], holds: Sequence[Signal]) -> list[Response]:
    """The responses whose delay touches no hold: who comes back from a hold doesn't answer slowly."""
    kept, place = [], 0
    for response in responses:
        while place < len(holds) and holds[place].end_s <= response.start_s:
            place += 1
        if place == len(holds) or holds[place].start_s >= response.end_s:
            kept.append(response)
    return kept


def _loudness_measures(loudness: Mapping[Role, float | None]) -> Measures:
    agent, customer = (loudness.get(role) for role in PARTIES)
    return {
        "agent_loudness_dbfs": None if agent is None else round(agent, 1),
        "customer_loudness_dbfs": None if customer is None else round(customer, 1),
        "loudness_difference_db": None if agent is None or customer is None else round(agent - customer, 1),
    }


def _count(spans: Sequence[Signal], role: Role) -> float:
    return float(sum(span.role is role for span in spans))


def _total(spans: Sequence[Signal]) -> Seconds:
    return round(float(sum(span.length_s for span in spans)), 3)


def _longest(spans: Sequence[Signal]) -> Seconds:
    return round(max((span.length_s for span in spans), default=0.0), 3)


def _share(part: float, whole: float) -> Share | None:
    return round(part / whole, 4) if whole else None

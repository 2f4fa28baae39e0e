"""Words, turns, links and intervals."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.analysis.build_turns import Party, build_turns
from qm.analysis.estimate_quality import mean_figure, wilson
from qm.analysis.find_talk_spans import OVERLAP_LEAST_S, find_overlaps, find_silences
from qm.analysis.grade_transcript import grade_transcript
from qm.analysis.measure_talk import measure_talk
from qm.analysis.settle_words import settle_words
from qm.analysis.voc.link_surveys import LinkPolicy, LinkTarget, link_surveys
from qm.domain.figures import Count
from qm.domain.recording import Finding, Recording, Severity
from qm.domain.survey import SurveyResponse
from qm.domain.transcript import Role, Transcript, Turn, Word
from tests.property.strategies import channels_of_words
from tests.unit import builders

ROLES = (Role.AGENT, Role.CUSTOMER, Role.UNKNOWN)
stretches = st.lists(st.integers(0, 60_000), max_size=12, unique=True).map(
    lambda edges: [(a / 1000, b / 1000) for a, b in zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False)]
)


def parties_of(channels, roles=ROLES):
    return [Party(f"ch{at}", role, words) for at, (role, words) in enumerate(zip(roles, channels, strict=False))]


@given(channels_of_words())
def test_turns_keep_every_word_once_and_stand_in_order(channels):
    turns = build_turns(parties_of(channels))
    kept = Counter(word.text for turn in turns for word in turn.words)
    assert kept == Counter(word.text for channel in channels for word in channel)
    assert [turn.id for turn in turns] == [f"t{place + 1}" for place in range(len(turns))]
    assert [turn.start_s for turn in turns] == sorted(turn.start_s for turn in turns)
    for turn in turns:
        assert {word.text.split(".")[0].replace("w", "ch") for word in turn.words} == {turn.speaker}
        assert turn.start_s == turn.words[0].start_s
        assert turn.end_s == max(word.end_s for word in turn.words)
        assert turn.role is ROLES[int(turn.speaker[2:])]


@given(channels_of_words(), st.data())
def test_settled_words_stay_inside_themselves_and_in_order(channels, data):
    activity = [data.draw(stretches) for _channel in channels]
    settled = settle_words(channels, activity)
    for before, after in zip(channels, settled, strict=True):
        assert [word.text for word in after] == [word.text for word in before]
        assert [word.start_s for word in after] == sorted(word.start_s for word in after)
        for old, new in zip(before, after, strict=True):
            assert old.start_s <= new.start_s <= new.end_s <= old.end_s
            assert new.confidence == old.confidence


@given(channels_of_words())
def test_without_detection_words_stay(channels):
    assert settle_words(channels, ()) == channels


@given(channels_of_words(most_channels=2))
def test_measures_stay_on_their_scales(channels):
    turns = build_turns(parties_of(channels))
    measures = measure_talk(Transcript("it", 1.0, turns, builders.ENGINE, Recording("x", 99.0, 8000, 2))).measures
    for name in ("silence_share", "agent_talk_share", "overlap_share"):
        assert measures[name] is None or 0 <= measures[name] <= 1
    assert all(value is None or value >= 0 for value in measures.values())
    assert measures["silence_outside_holds_total_s"] is None or (
        measures["silence_outside_holds_total_s"] <= measures["silence_total_s"]
    )


both = st.builds(
    lambda agent, customer: {Role.AGENT: tuple(agent), Role.CUSTOMER: tuple(customer)}, stretches, stretches
)


@given(both)
def test_overlaps_are_those_of_every_pair(activity):
    pairs = [
        (
            max(a[0], c[0]),
            min(a[1], c[1]),
            Role.UNKNOWN if a[0] == c[0] else max((a[0], "agent"), (c[0], "customer"))[1],
        )
        for a in activity[Role.AGENT]
        for c in activity[Role.CUSTOMER]
    ]
    wanted = sorted(pair for pair in pairs if pair[1] - pair[0] >= OVERLAP_LEAST_S)
    assert [(span.start_s, span.end_s, span.role) for span in find_overlaps(activity)] == wanted


@given(both)
def test_silence_is_what_no_party_fills(activity):
    silences = find_silences(activity, 0.0)
    spoken = [stretch for own in activity.values() for stretch in own]
    assert not any(s.start_s < end and start < s.end_s for s in silences for start, end in spoken if s.length_s)
    if spoken:
        whole_s = max(end for _start, end in spoken) - min(spoken)[0]
        both_s = sum(min(a[1], c[1]) - max(a[0], c[0])
                     for a in activity[Role.AGENT] for c in activity[Role.CUSTOMER]
                     if max(a[0], c[0]) < min(a[1], c[1]))  # fmt: skip
        speech_s = sum(end - start for start, end in spoken) - both_s
        assert sum(s.length_s for s in silences) == pytest.approx(whole_s - speech_s, abs=1e-6)


def call_of(channels, roles=ROLES):
    return Transcript(
        "it", 1.0, build_turns(parties_of(channels, roles)), builders.ENGINE, Recording("x", 99.0, 8000, 2)
    )


@given(channels_of_words(most_channels=2))
def test_exchanging_the_parties_exchanges_their_measures(channels):
    measures = measure_talk(call_of(channels)).measures
    exchanged = measure_talk(call_of(channels, (Role.CUSTOMER, Role.AGENT))).measures
    for name, value in measures.items():
        if name.startswith("agent_") and name != "agent_longest_turn_s":
            assert exchanged[name.replace("agent_", "customer_", 1)] == value


@given(channels_of_words(most_channels=2))
def test_suspected_words_change_nothing_but_the_turns_they_are_in(channels):
    phantom = Word("sottotitoli", 500.0, 501.0, 0.9, suspect=True)
    with_phantom = [(*words, phantom) for words in channels]
    assert measure_talk(call_of(with_phantom)) == measure_talk(call_of(channels))


graded = st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.sampled_from(ROLES)), min_size=1, max_size=12)
codes = st.sampled_from(["recording.silent", "recording.bleed", "recording.dual_mono", "transcript.phantom"])
found = st.lists(st.tuples(codes, st.sampled_from(list(Severity))), max_size=3)


def grade_of(words, findings, language, role, missed_s):
    turns = [
        Turn(f"t{at}", who, "ch0", at, at + 0.5, "w", sure, (Word("w", at, at + 0.5, sure, suspect),))
        for at, (sure, suspect, who) in enumerate(words)
    ]
    quality = tuple(Finding(code, severity, "") for code, severity in findings)
    transcript = Transcript("it", language, tuple(turns), builders.ENGINE, Recording("x", 99.0, 8000, 2), quality, role)
    heard = [(float(at), at + 0.5) for at in range(len(words))]
    return grade_transcript(transcript, [[*heard, (50.0, 50.0 + missed_s)]])


@given(graded, found, st.floats(0, 1), st.floats(0, 1), st.floats(0, 20), st.data())
def test_worsening_a_factor_never_improves_the_grade(words, findings, language, role, missed_s, data):
    before = grade_of(words, findings, language, role, missed_s)
    place = data.draw(st.integers(0, len(words) - 1))
    sure, suspect, who = words[place]
    changed = {
        "confidence": (sure * data.draw(st.floats(0, 1)), suspect, who),
        "suspect": (sure, True, who),
        "role": (sure, suspect, Role.UNKNOWN),
    }
    worse = [
        grade_of([*words[:place], w, *words[place + 1 :]], findings, language, role, missed_s) for w in changed.values()
    ]
    doubted = [(code, Severity.DOUBT) for code, _severity in findings]
    worse += [
        grade_of(words, doubted, language, role, missed_s),
        grade_of(words, [*findings, (data.draw(codes), Severity.DOUBT)], language, role, missed_s),
        grade_of(words, findings, language * 0.5, role, missed_s),
        grade_of(words, findings, language, role * 0.5, missed_s),
        grade_of(words, findings, language, role, missed_s + 5),
    ]
    assert all(grade.letter >= before.letter for grade in worse)
    assert bool(before.reasons) == (before.letter != "A")


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_wilson_holds_the_rate_and_stays_on_the_scale(hits, missed):
    count = Count(hits, hits + missed)
    lo, hi = wilson(count)
    assert 0 <= lo <= hi <= 1
    if count.rate is not None:
        assert lo - 1e-12 <= count.rate <= hi + 1e-12


@given(st.integers(0, 50), st.integers(0, 50), st.integers(2, 5))
def test_more_of_the_same_is_surer(hits, missed, times):
    lo, hi = wilson(Count(hits, hits + missed))
    more_lo, more_hi = wilson(Count(times * hits, times * (hits + missed)))
    assert more_hi - more_lo <= hi - lo + 1e-12


@given(st.lists(st.integers(0, 10), max_size=30), st.integers(0, 6))
def test_mean_lies_in_its_interval_on_the_scale(values, least_n):
    figure = mean_figure(values, least_n, 0.0, 10.0)
    assert figure.n == len(values)
    assert (figure.value is None) == (len(values) < max(least_n, 2))
    if figure.value is not None:
        assert 0 <= figure.lo <= figure.value <= figure.hi <= 10


ids = st.sampled_from(["", "1", "2", "3"])
hours = st.none() | st.integers(-60, 60).map(lambda number: builders.NINE + timedelta(hours=number))
responses = st.lists(
    st.builds(
        lambda contact_id, customer_id, agent_id, invited_at, answered_at: {
            "contact_id": contact_id, "customer_id": customer_id, "agent_id": agent_id,
            "invited_at": invited_at, "answered_at": answered_at,
        },
        ids, ids, ids, hours, hours,
    ), max_size=8,
).map(lambda rows: [SurveyResponse(f"R{place}", **row) for place, row in enumerate(rows)])  # fmt: skip
met_contacts = st.lists(st.tuples(ids, st.integers(-60, 60)), max_size=5).map(
    lambda rows: [
        LinkTarget(str(place), builders.NINE + timedelta(hours=hour), "A-1", customer)
        for place, (customer, hour) in enumerate(rows)
    ]
)


@given(responses, met_contacts, st.floats(0, 1))
def test_one_link_a_response(given_responses, contacts, least):
    links = link_surveys(given_responses, contacts, LinkPolicy(timedelta(hours=48), least))
    assert [link.response_id for link in links] == [response.id for response in given_responses]
    known = {contact.id for contact in contacts}
    for link in links:
        assert 0 <= link.confidence <= 1
        assert bool(link.contact_id) != bool(link.reason)
        assert not link.contact_id or (link.contact_id in known and link.confidence >= least)

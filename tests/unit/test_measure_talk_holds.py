"""Holds from music, from what is said round a silence, and from contact data."""

import pytest

from qm.analysis.find_holds import MUSIC, outside_holds
from qm.analysis.measure_talk import measure_talk
from qm.domain.contact import History
from qm.domain.recording import Finding, Severity
from qm.domain.signals import Signal, SignalKind
from qm.domain.transcript import Role
from tests.unit import builders

AGENT, CUSTOMER, IVR, UNKNOWN = Role.AGENT, Role.CUSTOMER, Role.IVR, Role.UNKNOWN


def music(start_s, end_s):
    return Finding(MUSIC, Severity.NOTE, "music", start_s, end_s)


def holds(*said, found=(), language="it"):
    signals = measure_talk(builders.call(*said, quality=found, language=language))
    return [(span.start_s, span.end_s, span.role) for span in signals.of(SignalKind.HOLD)]


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("it", "la metto in attesa", "eccomi"),
        ("it", "un attimo che verifico", "allora"),
        ("it", "bene", "grazie per l'attesa"),
        ("en", "please hold", "right"),
        ("en", "let me see", "thank you for waiting"),
    ],
)
def test_words_before_or_after_make_a_long_silence_a_hold(language, before, after):
    end_s = round(len(before.split()) * builders.WORD_S, 3)
    assert holds((AGENT, 0.0, before), (AGENT, 20.0, after), language=language) == [(end_s, 20.0, AGENT)]


@pytest.mark.parametrize(
    "said",
    [
        [(AGENT, 0.0, "un attimo"), (AGENT, 9.0, "ecco")],  # a short wait
        [(AGENT, 0.0, "grazie"), (AGENT, 25.0, "allora")],  # nobody said anything about it
        [(CUSTOMER, 0.0, "un attimo"), (CUSTOMER, 25.0, "ecco")],  # the customer's own search
        [(AGENT, 0.0, "non la metto in attesa"), (AGENT, 25.0, "ecco")],
    ],
)
def test_other_silences_are_no_holds(said):
    assert holds((AGENT, -1.0, "pronto"), *said) == []
    measures = measure_talk(builders.call(*said)).measures
    assert measures["silence_outside_holds_total_s"] == measures["silence_total_s"]


def test_a_hold_goes_on_until_the_announcer_speaks():
    said = [(AGENT, 0.0, "la metto in attesa"), (CUSTOMER, 20.0, "boh"), (AGENT, 40.0, "eccomi")]
    assert holds(*said) == [(1.6, 40.0, AGENT)]
    again = [(AGENT, 0.0, "la metto in attesa"), (AGENT, 20.0, "attenda ancora"), (AGENT, 40.0, "eccomi")]
    assert len(holds(*again)) == 2


def test_music_is_a_hold_once_the_agent_has_spoken():
    said = [(IVR, 5.0, "attenda"), (AGENT, 20.0, "pronto"), (CUSTOMER, 22.0, "salve"), (AGENT, 60.0, "rieccomi")]
    assert holds(*said, found=[music(6.0, 19.0), music(25.0, 40.0)]) == [(25.0, 40.0, AGENT)]
    assert holds(*said, found=[music(25.0, 40.0), music(46.0, 59.0)]) == [
        (25.0, 59.0, AGENT)
    ]  # an announcement between
    assert holds(*said, found=[music(61.0, 90.0)]) == [(61.0, 90.0, AGENT)]  # the caller gave up
    assert holds(*said, found=[music(25.0, 26.0)]) == []


def test_silence_on_hold_is_not_counted_outside():
    said = [(AGENT, 0.0, "pronto"), (CUSTOMER, 1.0, "salve"), (AGENT, 40.0, "rieccomi")]
    measures = measure_talk(builders.call(*said, quality=[music(5.0, 38.0)])).measures
    assert (measures["silence_total_s"], measures["silence_outside_holds_total_s"]) == (38.6, 3.6)
    assert (measures["hold_heard_total_s"], measures["silence_outside_holds_count"]) == (33.0, 1)


def test_coming_back_from_a_hold_is_no_slow_response():
    said = [(AGENT, 0.0, "la metto in attesa"), (CUSTOMER, 2.0, "bene"), (AGENT, 20.0, "eccomi")]
    assert measure_talk(builders.call(*said)).measures["agent_response_count"] == 0


def test_contact_data_go_before_what_is_heard():
    transcript = builders.call((AGENT, 0.0, "la metto in attesa"), (AGENT, 20.0, "eccomi"))
    heard, told = (measure_talk(transcript, history=h).measures for h in (History(), History(hold_s=61.0, holds=2)))
    assert (heard["hold_count"], heard["hold_total_s"]) == (1, 18.4)
    assert (told["hold_count"], told["hold_total_s"], told["hold_heard_total_s"]) == (2, 61.0, 18.4)


def test_where_roles_are_unknown_anybody_may_announce():
    assert holds((UNKNOWN, 0.0, "la metto in attesa"), (UNKNOWN, 20.0, "eccomi")) == [(1.6, 20.0, UNKNOWN)]


def test_a_language_without_known_announcements_leaves_holds_untold():
    said = [(AGENT, 0.0, "un moment"), (AGENT, 20.0, "voilà")]
    measures = measure_talk(builders.call(*said, language="fr")).measures
    assert measures["hold_count"] is measures["hold_heard_count"] is measures["silence_outside_holds_count"] is None
    assert holds(*said, found=[music(3.0, 19.0)], language="fr") == [(3.0, 19.0, AGENT)]
    told = measure_talk(builders.call(*said, language="fr"), history=History(holds=0)).measures
    assert (told["hold_count"], told["hold_total_s"]) == (0, None)


def test_silences_are_cut_by_all_holds_inside():
    silences = [Signal(SignalKind.SILENCE, 0.0, 30.0), Signal(SignalKind.SILENCE, 40.0, 50.0)]
    held = [Signal(SignalKind.HOLD, *span) for span in ((5.0, 10.0), (12.0, 20.0), (29.0, 45.0))]
    assert [(s.start_s, s.end_s) for s in outside_holds(silences, held)] == [(0.0, 5.0), (20.0, 29.0), (45.0, 50.0)]

"""Words to voices, and the pieces that voices are made of."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from qm.analysis.assign_speakers import assign_speakers
from qm.analysis.find_pieces import LONGEST_S, LocalVoices, find_pieces, same_voice_evidence
from qm.analysis.find_third_voices import find_third_voices
from qm.analysis.separate_voices import Evidence, separate_voices, turn_evidence
from qm.domain.recognition import Voice
from qm.domain.transcript import Word

VOICES = (Voice("spk0", 0.0, 2.0), Voice("spk1", 3.0, 5.0), Voice("spk0", 5.0, 8.0))
FRAMES = 500


def word(start_s, end_s, text="x"):
    return Word(text, start_s, end_s, 0.9)


@pytest.mark.parametrize(
    ("start_s", "end_s", "speaker"),
    [
        (0.5, 1.0, "spk0"),
        (1.8, 3.1, "spk0"),  # overlaps 0.2 s of the first voice, 0.1 s of the second
        (4.8, 5.1, "spk1"),
        (2.05, 2.15, "spk0"),  # in the pause, at the first voice's end
        (2.45, 2.55, "spk1"),  # in the middle of the pause: an answer
        (2.8, 2.9, "spk1"),
        (9.0, 9.2, "spk0"),  # after everybody
        (2.7, 2.7, "spk1"),  # without length
        (1.5, 5.0, "spk1"),  # stretched over a pause: its end counts
    ],
)
def test_each_word_goes_to_the_voice_that_it_overlaps_most_or_the_nearest(start_s, end_s, speaker):
    assert assign_speakers((word(start_s, end_s),), VOICES) == (speaker,)


def test_overlapping_voices_share_by_time_and_order_of_voices_doesnt_matter():
    voices = (Voice("spk0", 0.0, 4.0), Voice("spk1", 3.5, 6.0))
    words = (word(3.0, 3.8), word(3.9, 4.5))
    assert assign_speakers(words, voices) == assign_speakers(words, voices[::-1]) == ("spk0", "spk1")


def test_a_lone_word_after_a_question_is_the_answer_of_somebody_else():
    voices = (Voice("spk1", 0.0, 1.0), Voice("spk0", 2.0, 4.0), Voice("spk0", 6.0, 8.0))
    asked, told = word(3.5, 4.0, "vero?"), word(3.5, 4.0, "vero.")
    assert assign_speakers((asked, word(4.9, 5.1)), voices)[1] == "spk1"
    assert assign_speakers((told, word(4.9, 5.1)), voices)[1] == "spk0"
    assert assign_speakers((asked, word(4.1, 4.2)), voices)[1] == "spk0"


def test_without_voices_nobody_spoke():
    assert assign_speakers((word(0, 1),), ()) == ("",)
    assert assign_speakers((), VOICES) == ()


def local(*turns, duration_s=10.0):
    """One window of 10 s; each turn is (local voice, start, end)."""
    activity = np.zeros((1, FRAMES, 3), dtype=np.float32)
    for voice, start_s, end_s in turns:
        activity[0, int(start_s * 50) : int(end_s * 50), voice] = 1.0
    return LocalVoices(activity, np.array([0.0]), 10.0, duration_s)


def test_pieces_are_cut_at_pauses_at_changes_of_voice_and_at_their_longest():
    pieces = find_pieces(local((0, 1.0, 2.5), (1, 2.5, 4.0), (0, 5.0, 8.0)))
    assert [piece[0] for piece in pieces] == pytest.approx([1.0, 2.5, 5.0, 6.5], abs=0.05)
    assert all(end_s - start_s <= LONGEST_S + 0.03 for start_s, end_s in pieces)


def test_clicks_are_no_pieces_and_silence_has_none():
    assert find_pieces(local((0, 1.0, 1.05))) == ()
    assert find_pieces(local()) == ()


def test_pieces_of_one_local_voice_hang_together_and_of_two_apart():
    seen = local((0, 1.0, 2.5), (1, 3.0, 4.5), (0, 5.0, 6.5))
    odds = same_voice_evidence(seen, find_pieces(seen)).toarray()
    assert odds[0, 2] > 0 > odds[0, 1]
    assert np.array_equal(odds, odds.T)
    assert not odds.diagonal().any()


def evidence(directions, gap_s=0.5, words=()):
    """Pieces of 1.5 s whose embeddings point the given way (degrees), without evidence of segmentation."""
    angles = np.radians(directions)
    pieces = tuple((index * (1.5 + gap_s), index * (1.5 + gap_s) + 1.5) for index in range(len(angles)))
    embeddings = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return Evidence(pieces, embeddings, csr_array((len(angles),) * 2), turn_evidence(pieces, words))


def test_two_voices_are_told_apart_by_sound():
    parties = separate_voices(evidence([0, 5, 70, 3, 72, 75, 1]))
    assert parties.tolist() == [0, 0, 1, 0, 1, 1, 0]


def test_few_pieces_are_of_one_party():
    assert separate_voices(evidence([10])).tolist() == [0]
    assert separate_voices(Evidence((), np.zeros((0, 2)), csr_array((0, 0)), np.zeros(0))).tolist() == []


def test_a_sound_in_between_follows_what_the_segmentation_saw():
    between = evidence([0, 5, 37, 70, 72])
    odds = np.zeros((5, 5))
    for same, party in ((3, 0), (4, 0), (0, 3), (1, 3)):
        del party
        odds[2, same] = odds[same, 2] = 3.0 if same >= 3 else -3.0
    told = Evidence(between.pieces, between.embeddings, csr_array(odds), between.turns)
    assert separate_voices(told).tolist() == [0, 0, 1, 1, 1]


def test_questions_end_turns_and_unfinished_sentences_dont():
    pieces = ((0.0, 1.0), (1.6, 2.5))
    question, unfinished, none = (
        float(turn_evidence(pieces, words)[0]) for words in ((word(0.5, 1.0, "vero?"),), (word(0.5, 1.0, "che"),), ())
    )
    assert question < none < unfinished


def test_a_third_voice_needs_to_be_long_and_clearly_another():
    def parties(directions):
        given = evidence(directions)
        return len(set(find_third_voices(given, separate_voices(given)).tolist()))

    assert parties([0, 2] * 4 + [60, 62] * 4) == 2
    assert parties([0, 2] * 4 + [100, 102] * 4 + [200, 202] * 4) == 3
    assert parties([0, 2] * 4 + [100, 102] * 4 + [200]) == 2
    assert parties([0, 2, 4, 6] * 3) == 1

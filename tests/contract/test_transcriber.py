"""What every recogniser keeps, the real one and the fakes."""

from time import perf_counter

import numpy as np
import pytest

from models.audio_engine import PyAvAudioReader
from models.catalogue import CATALOGUE, faults_of, folder_of
from models.fakes import CrashingTranscriber, NonsenseTranscriber, ScriptedTranscriber
from models.faster_whisper_engine import FasterWhisperTranscriber
from qm.config import REPOSITORY, read_settings
from qm.domain.recording import Recording
from qm.domain.transcript import EngineDescription, Word
from qm.errors import EngineError, QmError
from qm.ports import Audio, Speech

RATE = 16000
RECORDING = REPOSITORY / "examples" / "day" / "recordings" / "c1001_fattura.ogg"


def cut(audio, start_s, end_s, tag):
    """Seconds of the agent's channel; recognition takes its time by channel, however short."""
    samples = audio.pcm[int(start_s * RATE) : int(end_s * RATE), :1]
    return Audio(Recording(tag * 64, end_s - start_s, RATE, 1), samples, RATE)


@pytest.fixture(scope="module")
def audios():
    """Two clips of different lengths from one real recording."""
    whole = PyAvAudioReader().read(RECORDING, "0" * 64)
    return cut(whole, 0.0, 8.0, "1"), cut(whole, 8.0, 20.0, "2")


def weights():
    """Folder of the real weights, `None` where they aren't here."""
    for root in (read_settings().weights, REPOSITORY / "var" / "weights"):
        if not faults_of(CATALOGUE["whisper-base"], root):
            return folder_of(CATALOGUE["whisper-base"], root)
    return None


def scripted():
    one = Speech("it", 0.9, ((Word("pronto", 0.5, 1.0, 0.9), Word("sì", 1.0, 1.2, 0.9)),))
    two = Speech("it", 0.9, ((Word("ciao", 0.0, 0.4, 0.9),),))
    return ScriptedTranscriber({"1" * 64: one, "2" * 64: two})


def real():
    folder = weights()
    if folder is None:
        pytest.skip("no whisper-base weights in QM_DATA/weights or var/weights: run `qm models fetch`")
    return FasterWhisperTranscriber("whisper-base", lambda: folder, CATALOGUE["whisper-base"].sha256, batch=4, beam=1)


MAKERS = {"scripted": scripted, "nonsense": lambda: NonsenseTranscriber({}), "real": real}


@pytest.fixture(scope="module", params=["scripted", "nonsense", pytest.param("real", marks=pytest.mark.engine)])
def engine(request):
    made = MAKERS[request.param]()
    made.warm_up()
    yield made
    made.close()


@pytest.fixture(scope="module")
def spoken(engine, audios):
    """What the engine hears in both clips; the language of the second is left to it."""
    return engine.transcribe(audios, ["it", ""])


def test_constructing_is_cheap_and_describes_without_loading():
    def provide():
        raise AssertionError("weights were asked for")

    began = perf_counter()
    made = FasterWhisperTranscriber("whisper-base", provide, "f" * 64, precision="int8")
    assert made.describe() == EngineDescription("faster-whisper", "whisper-base", "f" * 64, "int8", "cpu")
    assert perf_counter() - began < 0.1


@pytest.mark.parametrize("make", [scripted, lambda: NonsenseTranscriber({}), lambda: CrashingTranscriber({})])
def test_fakes_describe_before_warm_up(make):
    assert make().describe().name
    assert len(make().describe().sha256) == 64


def test_warm_up_may_be_repeated(engine):
    before = engine.describe()
    engine.warm_up()
    engine.warm_up()
    assert engine.describe() == before


def test_one_entry_an_audio_in_order_whatever_the_batch(engine, audios, spoken):
    assert [len(speech.channels) for speech in spoken] == [1, 1]
    assert spoken[0].channels != spoken[1].channels
    again = engine.transcribe(audios[::-1], ["it", "it"])
    assert [speech.channels for speech in again] == [speech.channels for speech in spoken[::-1]]  # and the same words


def test_a_given_language_is_kept_and_a_missing_one_found(spoken):
    assert spoken[0].language == "it"
    assert spoken[1].language == "it"
    assert all(0 <= speech.language_confidence <= 1 for speech in spoken)


def test_words_are_ordered_inside_the_recording(audios, spoken):
    assert any(channel for speech in spoken for channel in speech.channels)
    for audio, speech in zip(audios, spoken, strict=True):
        for channel in speech.channels:
            assert all(0 <= w.start_s <= w.end_s <= audio.recording.duration_s for w in channel)
            assert [w.start_s for w in channel] == sorted(w.start_s for w in channel)
            assert all(w.text.strip() for w in channel)


def test_activity_is_ordered_inside_the_recording_where_it_is_told(audios, spoken):
    for audio, speech in zip(audios, spoken, strict=True):
        assert len(speech.activity) in (0, audio.channels)
        for stretches in speech.activity:
            flat = [time for stretch in stretches for time in stretch]
            assert flat == sorted(flat)
            assert all(0 <= time <= audio.recording.duration_s + 0.1 for time in flat)


def test_no_audio_no_entry(engine):
    assert engine.transcribe([], []) == ()


def test_a_crash_is_an_error_of_ours(audios):
    with pytest.raises(QmError, match=r"engine\.failed"):
        CrashingTranscriber({}).transcribe(audios, ["it", "it"])


def test_weights_that_cant_be_loaded_are_an_engine_error(tmp_path):
    broken = FasterWhisperTranscriber("broken", lambda: tmp_path, "0" * 64)
    with pytest.raises(EngineError, match=r"engine\.cannot_start") as caught:
        broken.warm_up()
    assert caught.value.hint


@pytest.mark.engine
def test_the_real_engine_hears_nothing_in_silence_even_after_closing():
    made = real()
    made.warm_up()
    made.close()
    made.close()
    silence = np.zeros((3 * RATE, 2), dtype=np.int16)
    (speech,) = made.transcribe([Audio(Recording("3" * 64, 3.0, RATE, 2), silence, RATE)], [""])
    assert (speech.language, speech.channels) == ("", ((), ()))
    made.close()

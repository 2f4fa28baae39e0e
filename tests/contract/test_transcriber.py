"""What every recogniser keeps, the real one and the fakes."""

import sys
from functools import partial
from importlib.util import find_spec
from time import perf_counter

import numpy as np
import pytest

from models.audio_engine import PyAvAudioReader
from models.catalogue import CATALOGUE, faults_of, folder_of
from models.fakes import CrashingTranscriber, NonsenseTranscriber, RepeatingTranscriber, ScriptedTranscriber
from models.faster_whisper_engine import FasterWhisperTranscriber
from models.isolated_engine import IsolatedTranscriber
from models.openai_whisper_engine import OpenAiWhisperTranscriber
from qm.config import REPOSITORY, read_settings
from qm.domain.recognition import Passage
from qm.domain.recording import Recording
from qm.domain.transcript import EngineDescription, Word
from qm.errors import EngineError, QmError
from qm.ports import Audio, Speech

RATE = 16000
RECORDING = REPOSITORY / "examples" / "day" / "recordings" / "c1001_fattura.ogg"
SHA256 = CATALOGUE["whisper-base"].sha256


def cut(audio, start_s, end_s, tag):
    """Seconds of the agent's channel; recognition takes its time by channel, however short."""
    samples = audio.pcm[int(start_s * RATE) : int(end_s * RATE), :1]
    return Audio(Recording(tag * 64, end_s - start_s, RATE, 1), samples, RATE)


@pytest.fixture(scope="module")
def audios():
    """Two clips of different lengths from one real recording."""
    whole = PyAvAudioReader().read(RECORDING, "0" * 64)
    return cut(whole, 0.0, 7.0, "1"), cut(whole, 8.0, 12.0, "2")


def weights():
    """Folder of the real weights."""
    for root in (read_settings().weights, REPOSITORY / "var" / "weights"):
        if not faults_of(CATALOGUE["whisper-base"], root):
            return folder_of(CATALOGUE["whisper-base"], root)
    pytest.skip("no whisper-base weights in QM_DATA/weights or var/weights: run `qm models fetch`")
    return None


def given(folder):
    """What `partial(given, folder)` provides; a lambda couldn't go to another process."""
    return folder


def scripted_factory():
    said = (Word("pronto", 0.5, 1.0, 0.9), Word("sì", 1.0, 1.2, 0.9))
    one = Speech("it", 0.9, (said,), (((0.4, 1.3),),), ((Passage(0.5, 1.2, 2, -0.2, 0.01),),))
    two = Speech("it", 0.9, ((Word("ciao", 0.0, 0.4, 0.9),),))
    return partial(ScriptedTranscriber, {"1" * 64: one, "2" * 64: two})


def faster_whisper_factory():
    return partial(FasterWhisperTranscriber, "whisper-base", partial(given, weights()), SHA256, batch=4, beam=1)


def openai_whisper_factory():
    if find_spec("whisper") is None:
        pytest.skip("openai-whisper isn't installed: pip install quality-equation[whisper]")
    return partial(OpenAiWhisperTranscriber, "whisper-base", partial(given, weights()), SHA256, beam=1)


FACTORIES = {
    "scripted": scripted_factory,
    "nonsense": lambda: partial(NonsenseTranscriber, {}),
    "repeating": lambda: partial(RepeatingTranscriber, {}),
    "isolated-scripted": lambda: partial(IsolatedTranscriber, scripted_factory()),
    "faster-whisper": faster_whisper_factory,
    "openai-whisper": openai_whisper_factory,
    "isolated-faster-whisper": lambda: partial(IsolatedTranscriber, faster_whisper_factory()),
}
REAL = [name for name in FACTORIES if "whisper" in name]
PARAMETERS = [pytest.param(name, marks=[pytest.mark.engine] if name in REAL else []) for name in FACTORIES]


@pytest.fixture(scope="module", params=PARAMETERS)
def engine(request):
    made = FACTORIES[request.param]()()
    made.warm_up()
    yield made
    made.close()


@pytest.fixture(scope="module")
def spoken(engine, audios):
    """What the engine hears in both clips; the language of the first is left to it."""
    return engine.transcribe(audios, ["", "it"])


def provide_nothing():
    raise AssertionError("weights were asked for")


def isolated(kind, *args, **options):
    return IsolatedTranscriber(partial(kind, *args, **options))


@pytest.mark.parametrize(
    ("make", "name", "precision"),
    [
        (FasterWhisperTranscriber, "faster-whisper", "int8"),
        (OpenAiWhisperTranscriber, "openai-whisper", "float32"),  # says what it does, not what it was asked for
        (partial(isolated, FasterWhisperTranscriber), "faster-whisper", "int8"),
    ],
)
def test_constructing_is_cheap_and_describes_without_loading(make, name, precision):
    began = perf_counter()
    made = make("whisper-base", provide_nothing, "f" * 64, precision="int8")
    assert made.describe() == EngineDescription(name, "whisper-base", "f" * 64, precision, "cpu")
    assert perf_counter() - began < 0.1


@pytest.mark.parametrize("kind", [ScriptedTranscriber, NonsenseTranscriber, RepeatingTranscriber, CrashingTranscriber])
def test_fakes_describe_before_warm_up(kind):
    assert kind({}).describe().name
    assert len(kind({}).describe().sha256) == 64


def test_warm_up_may_be_repeated(engine):
    before = engine.describe()
    engine.warm_up()
    engine.warm_up()
    assert engine.describe() == before


def test_one_entry_an_audio_in_order_and_a_list_a_channel_whatever_the_batch(engine, audios, spoken):
    assert [len(speech.channels) for speech in spoken] == [audio.channels for audio in audios]
    assert spoken[0].channels != spoken[1].channels
    (again,) = engine.transcribe(audios[1:], ["it"])
    assert again.channels == spoken[1].channels  # the same words alone


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


def test_passages_count_the_words_of_their_channel_where_they_are_told(spoken):
    for speech in spoken:
        assert len(speech.passages) in (0, len(speech.channels))
        for words, passages in zip(speech.channels, speech.passages, strict=bool(speech.passages)):
            assert sum(passage.words for passage in passages) == len(words)
            assert all(passage.log_probability <= 0 <= passage.no_speech <= 1 for passage in passages)
            assert [passage.start_s for passage in passages] == sorted(passage.start_s for passage in passages)


def test_no_audio_no_entry(engine):
    assert engine.transcribe([], []) == ()


def test_silence_says_nothing_even_after_closing(engine, request):
    engine.close()
    engine.close()
    silence = np.zeros((3 * RATE, 2), dtype=np.int16)
    audio = Audio(Recording("3" * 64, 3.0, RATE, 2), silence, RATE)
    (speech,) = engine.transcribe([audio], [""], ["Rossini, Bianchi"])
    assert len(speech.channels) == 2
    if request.node.callspec.params["engine"] in REAL:  # fakes say their script
        assert (speech.language, speech.channels) == ("", ((), ()))


def test_a_crash_is_an_error_of_ours(audios):
    with pytest.raises(QmError, match=r"engine\.failed"):
        CrashingTranscriber({}).transcribe(audios, ["it", "it"])


@pytest.mark.parametrize("kind", [FasterWhisperTranscriber, OpenAiWhisperTranscriber])
def test_weights_that_cant_be_loaded_are_an_engine_error(tmp_path, kind):
    if kind is OpenAiWhisperTranscriber:
        pytest.importorskip("whisper", reason="openai-whisper isn't installed")
    with pytest.raises(EngineError, match=r"engine\.cannot_start") as caught:
        kind("broken", lambda: tmp_path, "0" * 64).warm_up()
    assert caught.value.hint


def test_a_missing_library_says_which_extra_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "whisper", None)  # as Python sees a package that isn't there
    with pytest.raises(EngineError, match=r"engine\.missing.*quality-equation\[whisper\]"):
        OpenAiWhisperTranscriber("whisper-base", provide_nothing, "0" * 64).warm_up()

"""What every diariser keeps, the real one and the fakes."""

from time import perf_counter

import numpy as np
import pytest

from models.audio_engine import PyAvAudioReader
from models.catalogue import CATALOGUE, faults_of, folder_of
from models.fakes_diariser import CrashingDiariser, MuteDiariser, ScriptedDiariser
from models.pyannote_engine import PyannoteDiariser
from qm.analysis.assign_speakers import assign_speakers
from qm.config import REPOSITORY, read_settings
from qm.domain.recording import Recording
from qm.domain.transcript import Word
from qm.errors import EngineError, QmError, RecognitionError, WeightsError
from qm.ports import Audio

RATE = 16000
RECORDING = REPOSITORY / "examples" / "day" / "recordings" / "c1012_billing.wav"
LENGTH_S = 24.0
NAMES = ("pyannote-segmentation-3.0", "campplus")


def mono(pcm, tag="1"):
    samples = np.asarray(pcm, dtype=np.int16)[:, None]
    return Audio(Recording(tag * 64, len(samples) / RATE, RATE, 1), samples, RATE)


@pytest.fixture(scope="module")
def stereo():
    """The start of a made call, a party a channel."""
    return PyAvAudioReader().read(RECORDING, "0" * 64).pcm[: int(LENGTH_S * RATE)].astype(np.int32)


@pytest.fixture(scope="module")
def mix(stereo):
    return mono(stereo.sum(axis=1) // 2)


@pytest.fixture(scope="module")
def weights():
    """Folders of the real weights."""
    for root in (read_settings().weights, REPOSITORY / "var" / "weights"):
        if not any(faults_of(CATALOGUE[name], root) for name in NAMES):
            return tuple(folder_of(CATALOGUE[name], root) for name in NAMES)
    return None


@pytest.fixture(scope="module", params=["scripted", "mute", pytest.param("real", marks=pytest.mark.engine)])
def diariser(request, weights):
    made = {"scripted": ScriptedDiariser, "mute": MuteDiariser}.get(request.param, lambda: real(weights))()
    made.warm_up()
    yield made
    made.close()


def real(weights, threads=0):
    if weights is None:
        pytest.skip(f"no weights of {' and '.join(NAMES)}: run `qm models fetch` with each")
    segmentation, embedding = weights
    return PyannoteDiariser(lambda: segmentation, lambda: embedding, threads=threads)


def test_constructing_is_cheap_and_describes_without_loading():
    def provide():
        raise AssertionError("weights were asked for")

    began = perf_counter()
    description = PyannoteDiariser(provide, provide).describe()
    assert perf_counter() - began < 0.1
    assert description.name == "pyannote"
    assert len(description.sha256) == 64


def test_voices_are_in_order_inside_the_recording_and_named_by_appearance(diariser, mix):
    voices = diariser.diarise(mix, ())
    starts = [voice.start_s for voice in voices]
    assert starts == sorted(starts)
    assert all(0 <= voice.start_s < voice.end_s <= mix.recording.duration_s + 0.001 for voice in voices)
    names = list(dict.fromkeys(voice.speaker for voice in voices))
    assert names == [f"spk{index}" for index in range(len(names))]


def test_the_same_input_gives_the_same_voices(diariser, mix):
    assert diariser.diarise(mix, ()) == diariser.diarise(mix, ())


def test_warming_up_and_closing_are_harmless_when_repeated(diariser, mix):
    diariser.warm_up()
    before = diariser.diarise(mix, ())
    diariser.close()
    diariser.close()
    assert diariser.diarise(mix, ()) == before


def test_a_crash_is_a_recognition_error(mix):
    with pytest.raises(RecognitionError) as caught:
        CrashingDiariser().diarise(mix, ())
    assert caught.value.code == "engine.failed"


@pytest.mark.engine
def test_two_parties_are_found_and_nearly_all_speech_is_with_the_right_one(weights, stereo, mix):
    voices = real(weights).diarise(mix, ())
    loud = np.abs(stereo[: len(stereo) // RATE * RATE]).reshape(-1, RATE // 4, 2).mean(axis=1)
    truth = [
        (index / 4, int(level.argmax())) for index, level in enumerate(loud) if level.max() > 8 * level.min() + 100
    ]
    quarters = [Word("x", at_s, at_s + 0.25, 1.0) for at_s, _ in truth]
    found = assign_speakers(quarters, voices)
    assert len({voice.speaker for voice in voices}) == 2
    same = sum(speaker == f"spk{channel}" for speaker, (_, channel) in zip(found, truth, strict=True))
    assert max(same, len(truth) - same) / len(truth) > 0.9


@pytest.mark.engine
def test_the_number_of_threads_changes_nothing(weights, mix):
    assert real(weights, threads=1).diarise(mix, ()) == real(weights, threads=2).diarise(mix, ())


@pytest.mark.engine
def test_silence_holds_nobody_and_a_second_of_speech_is_no_crash(weights, mix):
    engine = real(weights)
    assert engine.diarise(mono(np.zeros(3 * RATE)), ()) == ()
    assert all(voice.end_s <= 1.001 for voice in engine.diarise(mono(mix.pcm[RATE : 2 * RATE, 0]), ()))


@pytest.mark.engine
def test_telemetry_is_off(weights, mix):
    real(weights).diarise(mix, ())
    from pyannote.audio.telemetry.metrics import is_metrics_enabled

    assert not is_metrics_enabled()


@pytest.mark.engine
def test_altered_code_isnt_run(weights, tmp_path):
    engine = real(weights)
    segmentation, embedding = weights
    (tmp_path / "campplus_cn_en_common.pt").symlink_to(embedding / "campplus_cn_en_common.pt")
    (tmp_path / "camplusplus.py").write_text("raise SystemExit('run')\n", encoding="utf-8")
    engine = PyannoteDiariser(lambda: segmentation, lambda: tmp_path)
    with pytest.raises(WeightsError) as caught:
        engine.warm_up()
    assert caught.value.code == "weights.altered"


def test_another_rate_is_refused(mix):
    engine = PyannoteDiariser(lambda: None, lambda: None)
    with pytest.raises(EngineError):
        engine.diarise(Audio(mix.recording, mix.pcm, 8000), ())


@pytest.mark.engine
def test_missing_weights_are_named(weights, tmp_path):
    real(weights)
    with pytest.raises(QmError):
        PyannoteDiariser(lambda: tmp_path, lambda: tmp_path).warm_up()

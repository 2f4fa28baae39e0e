"""Reading CTranslate2's Whisper folders: against its own writer, and the real weights against its own arithmetic."""

import json
import re
import struct

import numpy as np
import pytest

from models.audio_engine import PyAvAudioReader
from models.catalogue import CATALOGUE, faults_of, folder_of
from models.convert_whisper import read_checkpoint
from qm.config import REPOSITORY, read_settings

STATE, HEADS, LAYERS, VOCABULARY, CONTEXT, TEXT_CONTEXT, MELS = 8, 2, 2, 11, 6, 5, 4
DIMS = {
    "n_mels": MELS, "n_audio_ctx": CONTEXT, "n_audio_state": STATE, "n_audio_head": HEADS, "n_audio_layer": LAYERS,
    "n_vocab": VOCABULARY, "n_text_ctx": TEXT_CONTEXT, "n_text_state": STATE, "n_text_head": HEADS,
    "n_text_layer": LAYERS,
}  # fmt: skip
PROJECTIONS = ("query", "key", "value")


class Source:
    """Random weights under openai-whisper's names, handed to a CTranslate2 specification and remembered."""

    def __init__(self):
        self.random = np.random.default_rng(7)
        self.state = {}

    def draw(self, name, *shape):
        self.state[name] = self.random.normal(size=shape).astype(np.float32)
        return self.state[name].copy()  # its writer quantises in place

    def linear(self, spec, name, rows, columns):
        spec.weight, spec.bias = self.draw(f"{name}.weight", rows, columns), self.draw(f"{name}.bias", rows)

    def norm(self, spec, name):
        spec.gamma, spec.beta = self.draw(f"{name}.weight", STATE), self.draw(f"{name}.bias", STATE)

    def stacked(self, spec, stem, names):
        spec.weight = np.concatenate([self.draw(f"{stem}.{name}.weight", STATE, STATE) for name in names])
        biases = [np.zeros(STATE, np.float32) if n == "key" else self.draw(f"{stem}.{n}.bias", STATE) for n in names]
        spec.bias = np.concatenate(biases)

    def attention(self, spec, stem, groups):
        for linear, names in zip(spec.linear, groups, strict=False):
            self.stacked(linear, stem, names)
        self.linear(spec.linear[-1], f"{stem}.out", STATE, STATE)
        self.norm(spec.layer_norm, f"{stem}_ln")

    def block(self, spec, stem):
        self.attention(spec.self_attention, f"{stem}.attn", [PROJECTIONS])
        if "decoder" in stem:
            self.attention(spec.attention, f"{stem}.cross_attn", [PROJECTIONS[:1], PROJECTIONS[1:]])
        self.linear(spec.ffn.linear_0, f"{stem}.mlp.0", 4 * STATE, STATE)
        self.linear(spec.ffn.linear_1, f"{stem}.mlp.2", STATE, 4 * STATE)
        self.norm(spec.ffn.layer_norm, f"{stem}.mlp_ln")


def write_folder(folder, precision=None, heads=((1, 0), (1, 1)), *, tied=True):
    """A tiny Whisper, written by CTranslate2 itself; returns its true weights."""
    from ctranslate2.specs import WhisperSpec

    source, spec = Source(), WhisperSpec(LAYERS, HEADS, LAYERS, HEADS)
    for conv, shape in (("conv1", (STATE, MELS, 3)), ("conv2", (STATE, STATE, 3))):
        part = getattr(spec.encoder, conv)
        part.weight = source.draw(f"encoder.{conv}.weight", *shape)
        part.bias = source.draw(f"encoder.{conv}.bias", STATE)
    spec.encoder.position_encodings.encodings = source.draw("encoder.positional_embedding", CONTEXT, STATE)
    spec.decoder.position_encodings.encodings = source.draw("decoder.positional_embedding", TEXT_CONTEXT, STATE)
    spec.decoder.embeddings.weight = source.draw("decoder.token_embedding.weight", VOCABULARY, STATE)
    spec.decoder.projection.weight = spec.decoder.embeddings.weight * (1 if tied else 2)
    source.norm(spec.encoder.layer_norm, "encoder.ln_post")
    source.norm(spec.decoder.layer_norm, "decoder.ln")
    for side in ("encoder", "decoder"):
        for place, layer in enumerate(getattr(spec, side).layer):
            source.block(layer, f"{side}.blocks.{place}")
    spec.config.alignment_heads = heads
    spec.register_vocabulary([str(token) for token in range(VOCABULARY)])
    spec.validate()
    spec.optimize(precision)
    folder.mkdir(exist_ok=True)
    spec.save(str(folder))
    return source.state


@pytest.mark.parametrize(
    ("precision", "tolerance"),
    [(None, 0.0), ("float16", 2e-3), ("bfloat16", 2e-2), ("int8", 2e-2), ("int8_float16", 2e-2), ("int16", 5e-3)],
)
def test_every_tensor_comes_back_under_its_name(tmp_path, precision, tolerance):
    true = write_folder(tmp_path, precision)
    found = read_checkpoint(tmp_path)
    assert dict(found.dims) == DIMS
    assert found.alignment_heads == ((1, 0), (1, 1))
    assert set(found.state) == set(true)
    for name, values in true.items():
        assert found.state[name].dtype == np.float32
        assert np.abs(found.state[name] - values).max() <= tolerance * np.abs(values).max(), name


def test_the_library_takes_every_tensor(tmp_path):
    model = pytest.importorskip("whisper.model", reason="openai-whisper isn't installed")
    import torch

    write_folder(tmp_path)
    found = read_checkpoint(tmp_path)
    built = model.Whisper(model.ModelDimensions(**found.dims))
    assert set(built.state_dict()) == set(found.state)
    built.load_state_dict({name: torch.from_numpy(values) for name, values in found.state.items()})


def test_heads_may_be_unknown_but_not_impossible(tmp_path):
    write_folder(tmp_path)
    (tmp_path / "config.json").unlink()
    assert read_checkpoint(tmp_path).alignment_heads == ()
    (tmp_path / "config.json").write_text(json.dumps({"alignment_heads": None}))
    assert read_checkpoint(tmp_path).alignment_heads == ()
    for damaged in ('{"alignment_heads": [[2, 0]]}', '{"alignment_heads": [1]}', "[]", "{"):
        (tmp_path / "config.json").write_text(damaged)
        with pytest.raises(ValueError, match="alignment_heads"):
            read_checkpoint(tmp_path)


def test_an_output_layer_of_its_own_is_refused(tmp_path):
    write_folder(tmp_path, tied=False)
    with pytest.raises(ValueError, match="output layer"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize(
    ("mutate", "said"),
    [
        (lambda data: b"", "empty"),
        (lambda data: data[:3], "cut off at byte 3"),
        (lambda data: data[: len(data) // 2], "cut off"),
        (lambda data: struct.pack("<I", 5) + data[4:], "format 5, 6 is known"),
        (lambda data: data.replace(b"WhisperSpec", b"WhiskeySpec"), "WhiskeySpec of revision 3"),
        (lambda data: data.replace(b"encoder/num_heads", b"encoder/bum_heads"), "encoder/num_heads is missing"),
        (lambda data: data.replace(struct.pack("<BI", 2, CONTEXT), struct.pack("<BI", 1, CONTEXT)), "of type 8"),
        (lambda data: data.replace(struct.pack("<II", VOCABULARY, STATE), struct.pack("<II", 9, STATE)), "which isn't"),
    ],
)
def test_damaged_files_are_named(tmp_path, mutate, said):
    write_folder(tmp_path)
    path = tmp_path / "model.bin"
    path.write_bytes(mutate(path.read_bytes()))
    with pytest.raises(ValueError, match=re.escape(said)):
        read_checkpoint(tmp_path)


def test_no_damage_escapes_as_another_error(tmp_path):
    write_folder(tmp_path)
    path = tmp_path / "model.bin"
    whole, random = path.read_bytes(), np.random.default_rng(3)
    refused = 0
    for _ in range(300):
        data = bytearray(whole)
        data[int(random.integers(len(data) // 8))] = int(random.integers(256))  # where names and shapes are densest
        path.write_bytes(data)
        try:
            read_checkpoint(tmp_path)
        except ValueError:
            refused += 1
    assert refused > 10  # most others hit a weight's own bytes


@pytest.fixture(scope="module")
def real_folder():
    for root in (read_settings().weights, REPOSITORY / "var" / "weights"):
        if not faults_of(CATALOGUE["whisper-base"], root):
            return folder_of(CATALOGUE["whisper-base"], root)
    pytest.skip("no whisper-base weights in QM_DATA/weights or var/weights: run `qm models fetch`")


@pytest.mark.engine
def test_the_real_weights_do_as_in_ctranslate2(real_folder):
    """The same spectrum gives the same encoding in both libraries, and the same greedy tokens."""
    whisper = pytest.importorskip("whisper", reason="openai-whisper isn't installed")
    import ctranslate2

    from models.openai_whisper_engine import OpenAiWhisperTranscriber

    engine = OpenAiWhisperTranscriber("whisper-base", lambda: real_folder, "0" * 64)
    engine.warm_up()
    ours = engine._model
    audio = PyAvAudioReader().read(REPOSITORY / "examples" / "day" / "recordings" / "c1001_fattura.ogg", "0" * 64)
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(audio.read(0, 0.0, 8.0)))
    theirs = ctranslate2.models.Whisper(str(real_folder), compute_type="float32")
    encoded = theirs.encode(ctranslate2.StorageView.from_array(mel[None].numpy()))
    said = whisper.decode(ours, mel, whisper.DecodingOptions(language="it", without_timestamps=True, fp16=False))
    first, second = said.audio_features.numpy(), np.array(encoded)[0]
    cosines = (first * second).sum(1) / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)
    assert cosines.min() > 0.999
    tokenizer = whisper.tokenizer.get_tokenizer(True, num_languages=99, language="it", task="transcribe")
    (heard,) = theirs.generate(encoded, [[*tokenizer.sot_sequence, tokenizer.no_timestamps]], beam_size=1)
    assert said.tokens == heard.sequences_ids[0]
    assert len(said.tokens) > 20

"""Which engines the settings ask for; nothing is loaded or fetched."""

import hashlib
import pickle
import sys
from types import SimpleNamespace

import pytest

from models.catalogue import CATALOGUE
from models.faster_whisper_engine import FasterWhisperTranscriber
from models.hub_weights import fetch_from_hub, is_hub_name
from models.isolated_engine import IsolatedTranscriber
from models.openai_whisper_engine import OpenAiWhisperTranscriber
from models.processor import Processor
from models.pyannote_engine import PyannoteDiariser
from pipelines import engines
from pipelines.engines import build_transcriber, find_source, make_diariser, make_transcriber
from qm.config import read_settings
from qm.errors import EngineError, SettingsError, WeightsError


@pytest.fixture
def said():
    return []


@pytest.fixture
def settings(tmp_path):
    def made(**values):
        given = {f"QM_{name.upper()}": str(value) for name, value in values.items()}
        return read_settings({"QM_DATA": str(tmp_path), "QM_OFFLINE": "yes", **given}, tmp_path)

    return made


@pytest.fixture
def folder(tmp_path):
    """A folder of weights as far as anybody looks before loading them."""
    there = tmp_path / "site" / "model"
    there.mkdir(parents=True)
    (there / "model.bin").write_bytes(b"weights")
    return there


@pytest.fixture
def hub(monkeypatch):
    """A stand-in for the hub's client; `files` is what it brings before it returns or fails."""
    calls = SimpleNamespace(files=("config.json", "model.bin", "tokenizer.json"), error=None, asked=[])

    def snapshot_download(name, local_dir, allow_patterns):
        calls.asked.append(name)
        local_dir.mkdir(parents=True, exist_ok=True)
        for file in calls.files:
            (local_dir / file).write_bytes(b"hub")
        if calls.error:
            raise calls.error

    monkeypatch.setitem(sys.modules, "huggingface_hub", SimpleNamespace(snapshot_download=snapshot_download))
    return calls


def test_a_model_of_the_catalogue_isnt_fetched_before_it_is_needed(settings, said):
    source = find_source(settings(), said.append)
    assert (source.name, source.sha256) == ("whisper-base", CATALOGUE["whisper-base"].sha256)
    assert not source.folder.exists()
    assert said == []
    with pytest.raises(WeightsError):
        source.provide()


def test_a_folder_is_known_by_its_bytes(settings, folder, said):
    source = find_source(settings(model=folder), said.append)
    assert source.provide() == source.folder == folder
    assert source.sha256 == hashlib.sha256(b"weights").hexdigest()


def test_home_is_a_folder_too(settings, folder, said, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    assert find_source(settings(model="~/model"), said.append).folder == folder


@pytest.mark.parametrize(
    "name",
    ["nonsense", "", "whisper-bas", "campplus", "./missing", "/missing/model", "a/b/c", "../x", "~nobody-here/x"],
)
def test_nonsense_names_what_is_known(settings, said, name):
    with pytest.raises(SettingsError, match="QM_MODEL") as caught:
        find_source(settings(model=name), said.append)
    assert caught.value.code == "settings.bad_value"
    assert "whisper-base" in caught.value.hint


def test_a_folder_without_weights_isnt_looked_for_on_the_hub(settings, said, tmp_path, monkeypatch, hub):
    (tmp_path / "models" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"folder without model\.bin"):
        find_source(settings(model="models/mine", offline="no"), said.append)
    assert hub.asked == []


def test_a_hub_name_is_fetched_once_and_said_aloud(settings, said, hub):
    asked = settings(model="Systran/faster-whisper-small", offline="no")
    source = find_source(asked, said.append)
    assert source.folder == asked.weights / "Systran--faster-whisper-small"
    assert source.sha256 == hashlib.sha256(b"hub").hexdigest()
    assert len(said) == 1
    assert "aren't in the catalogue" in said[0]
    again = find_source(settings(model="Systran/faster-whisper-small"), said.append)  # now offline
    assert (again.folder, again.sha256, again.provide()) == (source.folder, source.sha256, source.folder)
    assert hub.asked == ["Systran/faster-whisper-small"]


def test_offline_no_hub_is_asked(settings, said, hub):
    with pytest.raises(WeightsError, match="nothing may be downloaded") as caught:
        find_source(settings(model="Systran/faster-whisper-small"), said.append)
    assert caught.value.code == "weights.missing"
    assert hub.asked == []


class StrangeHttpError(Exception):
    """The hub's client brings errors of whatever HTTP library it uses."""


@pytest.mark.parametrize("error", [OSError("no route"), ValueError("bad name"), StrangeHttpError("cut off"), OSError()])
def test_a_download_that_fails_midway_never_looks_finished(tmp_path, said, hub, error):
    hub.files, hub.error = ("model.bin",), error
    for _attempt in range(2):
        with pytest.raises(WeightsError) as caught:
            fetch_from_hub("a/b", tmp_path, offline=False, progress=said.append)
        assert caught.value.code == "weights.unreachable"
    hub.files, hub.error = ("model.bin", "tokenizer.json"), None
    found = fetch_from_hub("a/b", tmp_path, offline=False, progress=said.append)
    assert (found / "tokenizer.json").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["a--b"]


def test_a_model_of_another_kind_is_refused(tmp_path, said, hub):
    hub.files = ("config.json",)
    with pytest.raises(WeightsError) as caught:
        fetch_from_hub("a/b", tmp_path, offline=False, progress=said.append)
    assert caught.value.code == "weights.not_shipped"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a/b", True), ("Systran/faster-whisper-large-v3", True), ("a", False), ("a/b/c", False), ("/a/b", False),
     ("../b", False), ("a/..", False), ("a b/c", False), ("", False)],
)  # fmt: skip
def test_hub_names(name, expected):
    assert is_hub_name(name) is expected


@pytest.mark.parametrize(
    ("engine", "kind"), [("faster-whisper", FasterWhisperTranscriber), ("openai-whisper", OpenAiWhisperTranscriber)]
)
def test_engine_of_the_settings_with_walls_or_without(settings, folder, said, engine, kind):
    bare = make_transcriber(settings(model=folder, engine=engine, isolate="no"), said.append)
    assert type(bare) is kind
    walled = make_transcriber(settings(model=folder, engine=engine), said.append)
    assert type(walled) is IsolatedTranscriber
    assert walled.describe() == bare.describe()  # walls don't change the words, nor the fingerprint
    assert bare.describe().name == engine
    assert said == []


def test_what_goes_to_the_other_process_can_be_pickled(settings, folder, said):
    walled = make_transcriber(settings(model=folder), said.append)
    again = pickle.loads(pickle.dumps(walled._factory))()
    assert again.describe() == walled.describe()
    assert walled._prepare() == folder


def test_relying_on_a_card_that_isnt_there(settings, folder, said, monkeypatch):
    monkeypatch.setattr(engines, "count_cards", lambda: 0)
    with pytest.raises(EngineError) as caught:
        make_transcriber(settings(model=folder, device="cuda"), said.append)
    assert caught.value.code == "engine.no_card"


@pytest.mark.parametrize("isolate", ["yes", "no"])
def test_falling_back_to_the_processor_is_said_aloud(settings, folder, said, monkeypatch, isolate):
    monkeypatch.setattr(engines, "count_cards", lambda: 0)
    made = make_transcriber(settings(model=folder, device="auto", precision="float16", isolate=isolate), said.append)
    assert said == ["no graphics card: recognition runs on the processor in float32"]
    assert (made.describe().device, made.describe().precision) == ("cpu", "float32")


def test_a_card_is_used_where_there_is_one(settings, folder, said, monkeypatch):
    monkeypatch.setattr(engines, "count_cards", lambda: 1)
    made = make_transcriber(settings(model=folder, device="auto", precision="float16", isolate="no"), said.append)
    assert (made.describe().device, made.describe().precision) == ("cuda", "float16")
    assert said == []


def test_width_and_batch_reach_the_engine(settings, folder, said):
    source = find_source(settings(model=folder), said.append)
    made = build_transcriber("faster-whisper", source, Processor("cpu", "int8"), threads=3, beam=2, batch=4)
    assert (made._workers, made._beam, made._batch) == (3, 2, 4)


def installed(*names):
    """A `find_spec` that finds these and fails as the real one does where a parent is missing."""

    def find(name):
        parent = name.rpartition(".")[0]
        if parent and parent not in names:
            raise ModuleNotFoundError(parent)
        return object() if name in names else None

    return find


EVERYTHING = ("pyannote", "pyannote.audio", "torch")


@pytest.mark.parametrize(
    ("diariser", "there", "expected"),
    [
        ("auto", EVERYTHING, PyannoteDiariser),
        ("pyannote", EVERYTHING, PyannoteDiariser),
        ("none", EVERYTHING, type(None)),
        ("none", (), type(None)),
        ("auto", (), type(None)),
        ("auto", ("torch",), type(None)),
        ("auto", ("pyannote", "torch"), type(None)),  # pyannote.core alone
        ("auto", ("pyannote", "pyannote.audio"), type(None)),
    ],
)
def test_diariser(settings, said, monkeypatch, diariser, there, expected):
    monkeypatch.setattr(engines, "find_spec", installed(*there))
    assert type(make_diariser(settings(diariser=diariser), said.append)) is expected


@pytest.mark.parametrize("there", [(), ("torch",), ("pyannote", "torch")])
def test_a_diariser_that_is_wanted_and_not_installed(settings, said, monkeypatch, there):
    monkeypatch.setattr(engines, "find_spec", installed(*there))
    with pytest.raises(EngineError, match=r"quality-equation\[diarisation\]") as caught:
        make_diariser(settings(diariser="pyannote"), said.append)
    assert caught.value.code == "engine.missing"

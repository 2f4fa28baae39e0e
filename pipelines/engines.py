"""Which engines the settings ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from models.catalogue import CATALOGUE, RECOGNISERS, Progress, fetch, folder_of, sha256_of
from models.faster_whisper_engine import FasterWhisperTranscriber
from models.hub_weights import fetch_from_hub, is_hub_name
from models.isolated_engine import IsolatedTranscriber
from models.openai_whisper_engine import OpenAiWhisperTranscriber
from models.processor import Processor, count_cards, count_torch_cards, processor_for
from models.pyannote_engine import PyannoteDiariser
from qm.config import Settings
from qm.errors import EngineError, SettingsError
from qm.ports import Diariser, Transcriber


@dataclass(frozen=True)
class Source:
    """Weights of the recogniser: where they lie, what they are, and how they get there."""

    name: str
    folder: Path
    sha256: str
    provide: Callable[[], Path]


def make_transcriber(settings: Settings, progress: Progress) -> Transcriber:
    """The recogniser of the settings, in a process of its own where they say so.

    Raises:
        SettingsError: the model is none.
        WeightsError: a model of the hub can't be had.
        EngineError: there is no graphics card where one is relied on.
    """
    source = find_source(settings, progress)
    count = count_torch_cards if settings.engine == "openai-whisper" else count_cards
    processor = processor_for(settings.device, settings.precision, count)
    if processor.note:
        progress(processor.note)
    if not settings.isolate:
        return build_transcriber(settings.engine, source, processor, settings.threads, settings.beam, settings.batch)
    there = Source(source.name, source.folder, source.sha256, partial(Path, source.folder))
    factory = partial(
        build_transcriber, settings.engine, there, processor, settings.threads, settings.beam, settings.batch
    )
    return IsolatedTranscriber(factory, prepare=source.provide)


def build_transcriber(
    engine: str, source: Source, processor: Processor, threads: int, beam: int, batch: int
) -> Transcriber:
    """The recogniser itself; a function of a module, so that another process can call it."""
    if engine == "openai-whisper":
        return OpenAiWhisperTranscriber(
            source.name, source.provide, source.sha256,
            device=processor.device, precision=processor.precision, threads=threads, beam=beam,
        )  # fmt: skip
    return FasterWhisperTranscriber(
        source.name, source.provide, source.sha256,
        device=processor.device, precision=processor.precision, threads=threads, beam=beam, batch=batch,
    )  # fmt: skip


def find_source(settings: Settings, progress: Progress) -> Source:
    """The weights that the settings name: of the catalogue, a folder, or of the hub.

    Those of the hub are fetched at once: what isn't in the catalogue has no known hash.

    Raises:
        SettingsError: none of them.
    """
    name, folder = settings.model, _folder(settings.model)
    if name in RECOGNISERS:
        weights = CATALOGUE[name]
        provide = partial(fetch, weights, settings.weights, offline=settings.offline, progress=progress)
        return Source(name, folder_of(weights, settings.weights), weights.sha256, provide)
    if not (folder / "model.bin").is_file():
        if folder.is_dir() or not is_hub_name(name):
            hint = (
                f"known: {', '.join(RECOGNISERS)}; or a folder that holds model.bin; or a name of the hub (owner/name)"
            )
            what = "is a folder without model.bin" if folder.is_dir() else "is no known model"
            raise SettingsError("settings.bad_value", f"QM_MODEL = '{name}' {what}", hint)
        folder = fetch_from_hub(name, settings.weights, offline=settings.offline, progress=progress)
    return Source(name, folder, sha256_of(folder / "model.bin"), partial(Path, folder))


def _folder(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # no such user's home: then it's no folder
        return Path(name)


def make_diariser(settings: Settings, progress: Progress) -> Diariser | None:
    """The diariser of the settings; `None` where they want none, or want one only if it's installed.

    Raises:
        EngineError: it is wanted and not installed.
    """
    names = diariser_weights(settings)
    if not names:
        return None
    take = partial(fetch, root=settings.weights, offline=settings.offline, progress=progress)
    segmentation, embedding = (partial(take, CATALOGUE[name]) for name in names)
    return PyannoteDiariser(segmentation, embedding, threads=settings.threads)


def diariser_weights(settings: Settings) -> tuple[str, ...]:
    """Names of what the diariser of the settings needs; empty where there will be none.

    Raises:
        EngineError: it is wanted and not installed.
    """
    installed = _is_installed("pyannote", "pyannote.audio") and _is_installed("torch")
    if settings.diariser == "none" or (settings.diariser == "auto" and not installed):
        return ()
    if not installed:
        hint = "pip install 'quality-equation[diarisation]', or set QM_DIARISER=none"
        raise EngineError("engine.missing", "QM_DIARISER=pyannote, but pyannote.audio isn't installed", hint)
    return ("pyannote-segmentation-3.0", "campplus")


def _is_installed(*names: str) -> bool:
    """True where each can be found; parents first, since a package is looked for in its parent."""
    return all(find_spec(name) is not None for name in names)

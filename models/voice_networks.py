"""The two networks of diarisation: pyannote's segmentation-3.0 and CAM++, loaded offline and without telemetry."""

import importlib.util
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.catalogue import CATALOGUE, sha256_of
from qm.errors import EngineError, WeightsError
from qm.ports import FULL_SCALE, Samples
from qm.units import Seconds

RATE_HZ = 16000
WINDOW_S: Seconds = 10.0
"""What the segmentation was trained on."""
SHORTEST_S: Seconds = 0.5
"""Shorter pieces are embedded with what surrounds them: the network needs some frames."""
MEL_BINS, DIMENSIONS = 80, 192
"""Of CAM++."""
SEGMENTATION, EMBEDDING = CATALOGUE["pyannote-segmentation-3.0"], CATALOGUE["campplus"]


class VoiceNetworks:
    """Both networks, ready to use; safe from several threads at once.

    Raises:
        EngineError: a library is missing, or the weights don't fit it.
        WeightsError: the network class isn't the catalogue's.
    """

    def __init__(self, segmentation: Path, embedding: Path) -> None:
        try:
            self._segmentation = _load_segmentation(segmentation / SEGMENTATION.files[0].name)
            self._embedding = _load_embedding(embedding)
            self._fbank = _fbank()
            self._voices = _voices_of_classes(self._segmentation)
        except ImportError as error:
            hint = "pip install 'quality-equation[diarisation]'"
            raise EngineError("engine.missing", f"diarisation can't be imported: {error}", hint) from error
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            hint = "delete its weights, then `qm models fetch` them"
            raise EngineError("engine.cannot_start", f"diarisation can't start: {error}", hint) from error

    @property
    def segmentation(self) -> Any:
        """The pyannote model itself, for the bench's peer."""
        return self._segmentation

    def segment(self, samples: Samples) -> NDArray[np.float32]:
        """Probability that each local voice speaks, shape (frames, local voices), in a window of `WINDOW_S`.

        Shorter samples are filled up with silence.
        """
        import torch

        window = np.zeros(round(WINDOW_S * RATE_HZ), dtype=np.float32)
        window[: len(samples)] = samples
        with torch.inference_mode():
            classes = self._segmentation(torch.from_numpy(window)[None, None])[0].exp().numpy()
        return np.asarray(classes @ self._voices, dtype=np.float32)

    def features(self, samples: Samples) -> NDArray[np.float32]:
        """Log mel energies as CAM++ was trained on, shape (frames, `MEL_BINS`), a frame each 10 ms."""
        import torch

        wave = torch.from_numpy(samples)[None] * FULL_SCALE
        with torch.inference_mode():
            found = self._fbank(wave, num_mel_bins=MEL_BINS, sample_frequency=RATE_HZ, dither=0.0)
        return np.asarray(found.numpy(), dtype=np.float32)

    def embed(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """The voice in some frames, a vector of length 1, shape (`DIMENSIONS`,); zeros where there is none."""
        import torch

        centred = torch.from_numpy(features - features.mean(axis=0))
        with torch.inference_mode():
            vector = self._embedding(centred[None])[0].numpy().astype(np.float64)
        norm = float(np.linalg.norm(vector))
        return np.asarray(vector / norm if np.isfinite(norm) and norm > 0 else np.zeros(DIMENSIONS))


def stand_in_for_torchaudio() -> None:
    """Put an empty module where torchaudio's compiled part would be, unless torchaudio is loaded already.

    The index's build needs CUDA libraries and fails at import beside the CPU build of torch; what pyannote.audio and
    we use of it (resampling, filter banks) is plain PyTorch.
    """
    name = "torchaudio._extension"
    if "torchaudio" in sys.modules or name in sys.modules:
        return
    module = types.ModuleType(name)
    module.__dict__.update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False, _IS_ALIGN_AVAILABLE=False, fail_if_no_align=lambda function: function
    )
    sys.modules[name] = module


def _load_segmentation(weights: Path) -> Any:
    stand_in_for_torchaudio()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchcodec, which decodes files, isn't needed and says that it is missing
        from pyannote.audio import Model
        from pyannote.audio.telemetry import set_telemetry_metrics

        set_telemetry_metrics(False)  # before the first model, since each one made would be told
        model = Model.from_pretrained(str(weights))
    if model is None:
        raise EngineError("engine.cannot_start", f"{weights}: not a pyannote model", "fetch it again")
    return model.eval()


def _load_embedding(folder: Path) -> Any:
    """The network class comes from a file of the catalogue whose bytes are checked here, since it is run."""
    import torch

    weights, code = EMBEDDING.files
    path = folder / code.name
    if sha256_of(path) != code.sha256:
        hint = f"delete {folder} and run `qm models fetch {EMBEDDING.name}`"
        raise WeightsError("weights.altered", f"{path}: its bytes aren't those of the catalogue", hint)
    spec = importlib.util.spec_from_file_location("qm_campplus", path)
    if spec is None or spec.loader is None:
        raise EngineError("engine.cannot_start", f"{path}: not a Python file", "fetch it again")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.CAMPPlus(feat_dim=MEL_BINS, embedding_size=DIMENSIONS)
    network.load_state_dict(torch.load(folder / weights.name, map_location="cpu", weights_only=True))
    return network.eval()


def _fbank() -> Callable[..., Any]:
    stand_in_for_torchaudio()
    from torchaudio.compliance.kaldi import fbank

    return fbank  # type: ignore[no-any-return]


def _voices_of_classes(model: Any) -> NDArray[np.float32]:
    """Which local voices speak in each of the network's classes (none, one of them, two of them)."""
    mapping = model.powerset.mapping if hasattr(model, "powerset") else None
    if mapping is not None:
        return np.asarray(mapping.numpy(), dtype=np.float32)
    from pyannote.audio.utils.powerset import Powerset

    specifications = model.specifications
    powerset: Any = Powerset(len(specifications.classes), specifications.powerset_max_classes)
    return np.asarray(powerset.mapping.numpy(), dtype=np.float32)

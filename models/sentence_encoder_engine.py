"""The meaning of sentences as vectors: Universal Sentence Encoder, multilingual v3, computed with numpy alone.

The published package is small and numpy only, but one person's and young: its two files that turn words into tokens and
tokens into a vector are pinned byte by byte in the catalogue with the weights and loaded from there, so that no later
release can change a score, and nothing is installed.
"""

import importlib.util
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.catalogue import CATALOGUE, WeightFile, sha256_of
from qm.domain.transcript import EngineDescription
from qm.errors import EngineError, WeightsError
from qm.numerics import sum_with_one_thread

WEIGHTS = CATALOGUE["use-multilingual-v3"]
REVISION = WEIGHTS.packages[0].partition("==")[2]
DIMENSIONS = 512
LONGEST_TEXT = 4000
"""Letters of one text that are looked at: a sentence, not a document; the rest of a pasted wall of text is left out."""
REMEMBERED = 20_000
"""Texts whose vectors are kept (41 MB): agents say the same sentences all day."""


class UseSentenceEncoder:
    """Vectors of shape (n, 512), each of length 1.

    Each text is computed alone and on one core. Texts computed together would be 3.3 times as fast, but then the
    last bits of a vector depend on its neighbours, and the same contact could be answered otherwise in another batch.

    Args:
        provide: returns the folder of the weights, fetching them if needed.
        remembered: texts whose vectors are kept.
    """

    def __init__(self, provide: Callable[[], Path], *, remembered: int = REMEMBERED) -> None:
        self._provide = provide
        self._most = remembered
        self._lock = Lock()
        self._layers: Any = None
        self._remembered: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def describe(self) -> EngineDescription:
        """Name, revision and hash of the weights."""
        return EngineDescription(WEIGHTS.name, REVISION, WEIGHTS.sha256, "float32", "cpu")

    def warm_up(self) -> None:
        """Load the weights; harmless when repeated."""
        with self._lock:
            self._load()

    def close(self) -> None:
        """Free weights and remembered vectors."""
        with self._lock:
            self._layers = None
            self._remembered.clear()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row for each text, in order."""
        with self._lock:
            self._load()
            rows = [self._row(_cleaned(text)) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, DIMENSIONS), dtype=np.float32)

    def _load(self) -> None:
        if self._layers is None:
            sum_with_one_thread()
            folder = self._provide()
            try:
                self._layers = _layers(folder)
            except (OSError, ValueError, KeyError, AttributeError) as error:
                hint = f"delete {folder} and run `qm models fetch {WEIGHTS.name}`"
                raise EngineError("engine.cannot_start", f"the sentence encoder can't start: {error}", hint) from error

    def _row(self, text: str) -> NDArray[np.float32]:
        if text in self._remembered:
            self._remembered.move_to_end(text)
            return self._remembered[text]
        row = np.asarray(self._layers.encode([text])[0], dtype=np.float32)
        row /= np.linalg.norm(row)
        self._remembered[text] = row
        if len(self._remembered) > self._most:
            self._remembered.popitem(last=False)
        return row


def _cleaned(text: str) -> str:
    """Without half characters, which have no bytes, and not longer than a sentence may be."""
    return text[:LONGEST_TEXT].encode("utf-8", errors="replace").decode("utf-8")


def _layers(folder: Path) -> Any:
    weights, vocabulary, tokens_code, layers_code = WEIGHTS.files
    tokenizer = _run(folder, tokens_code).UsePureTokenizer(str(folder / vocabulary.name))
    return _run(folder, layers_code).NumpyBackend(str(folder / weights.name), tokenizer, threads=1)


def _run(folder: Path, code: WeightFile) -> Any:
    """A module of the catalogue; its bytes are checked here, since it is run."""
    path = folder / code.name
    if sha256_of(path) != code.sha256:
        hint = f"delete {folder} and run `qm models fetch {WEIGHTS.name}`"
        raise WeightsError("weights.altered", f"{path}: its bytes aren't those of the catalogue", hint)
    spec = importlib.util.spec_from_file_location(f"qm_use_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise EngineError("engine.cannot_start", f"{path}: not a Python file", "fetch it again")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

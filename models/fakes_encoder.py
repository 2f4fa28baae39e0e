"""A sentence encoder for tests: deterministic, no weights, and texts that share words lie near each other."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qm.domain.transcript import EngineDescription

DIMENSIONS = 64
_WORD = re.compile(r"\w+")


class HashingEncoder:
    """The sum of a fixed direction a word, hashed from its letters; the empty text has a direction of its own."""

    def __init__(self, dimensions: int = DIMENSIONS) -> None:
        self._dimensions = dimensions
        self.calls = 0

    def describe(self) -> EngineDescription:
        """A constant."""
        return EngineDescription("hashing", "1", "0" * 64, "none", "none")

    def warm_up(self) -> None:
        """Nothing to load."""

    def close(self) -> None:
        """Nothing to free."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row of unit length for each text."""
        self.calls += len(texts)
        rows = [self._row(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self._dimensions), dtype=np.float32)

    def _row(self, text: str) -> NDArray[np.float32]:
        words = _WORD.findall(text.casefold()) or [""]
        total = np.sum([self._direction(word) for word in words], axis=0)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def _direction(self, word: str) -> NDArray[np.float64]:
        seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", errors="replace")).digest()[:8], "big")
        return np.random.default_rng(seed).standard_normal(self._dimensions)

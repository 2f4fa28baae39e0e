"""How loud a party is while it speaks."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def level_of_speech(parts: Iterable[NDArray[np.float32]]) -> float | None:
    r"""Level over stretches of speech (each of shape (n,), -1..1): `10 log10(mean(x²))` in dB of full scale.

    ITU-T P.56 measures speech likewise over its active parts alone. `None` where there are none, or only zeros.

    >>> level_of_speech([np.full(4, 0.1, dtype=np.float32)])
    -20.0
    """
    energy, length = 0.0, 0
    for part in parts:
        energy += float(np.dot(part, part))
        length += part.size
    return round(10 * float(np.log10(energy / length)), 1) if energy > 0 else None

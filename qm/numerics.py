"""numpy's sums are computed by one thread, so that a host's number of cores decides no word.

OpenBLAS splits a product of matrices by threads, and where the parts are joined decides the last bits. What a
recogniser is fed is such a product: with one thread instead of two, whisper-base (int8) gave other confidences for 24
of 24 short recordings and other words for 7.
"""

import os
from functools import cache


@cache
def sum_with_one_thread() -> None:
    """Hold this process, and those that it starts, to one thread; costs a few ms once.

    What isn't loaded yet reads the environment; what is loaded already has to be told.
    """
    import numpy as np  # noqa: F401  # its OpenBLAS has to be there to be told
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    os.putenv("OPENBLAS_NUM_THREADS", "1")
    threadpool_limits(1, "blas")

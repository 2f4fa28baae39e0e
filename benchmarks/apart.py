"""Measuring in a process of its own, which so shows its whole memory and warms nothing for what comes after it."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from qm.errors import EngineError
from qm.units import Seconds

LONGEST_S: Seconds = 6 * 3600


@contextmanager
def apart(work: Callable[..., None], *given: object) -> Iterator[Connection]:
    """Let `work` run beside the block; yields what it sends by its last argument. Ends with the block.

    Raises:
        EngineError: the process ended before it sent what the block waits for.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=work, args=(*given, theirs))
    process.start()
    theirs.close()
    try:
        yield ours
    except EOFError:
        message = "the process that measures ended without a result"
        raise EngineError("bench.failed", message, "see what it printed") from None
    except BaseException:
        process.kill()
        raise
    finally:
        process.join()


def measured_apart(work: Callable[..., None], *given: object) -> Any:
    """The one thing that `work` sends.

    Raises:
        EngineError: it ended without, or took too long.
    """
    with apart(work, *given) as results:
        if not results.poll(LONGEST_S):
            raise EngineError("bench.failed", f"measuring takes more than {LONGEST_S} s", "ask for less")
        return results.recv()

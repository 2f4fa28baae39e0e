"""A real OpenAI-compatible server with a real small model, on loopback, for benches and by hand.

Run as a module it serves until it is ended; `running` starts that as a process of its own and ends it by its id.
"""

import argparse
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from qm.errors import EngineError, InputError

CONTEXT_TOKENS = 4096
START_S = 120.0
END_S = 10.0
SAYS = "serving at "


@contextmanager
def running(weights: Path, threads: int = 1) -> Iterator[str]:
    """The address of a server over the GGUF file `weights`; ended when the block is left.

    Raises:
        InputError: no such file.
        EngineError: the server didn't start.
    """
    if not weights.is_file():
        raise InputError("bench.missing", f"no weights at {weights}", "see docs/generative.md")
    command = [sys.executable, "-m", "benchmarks.generative_server", str(weights), "--threads", str(threads)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        watch = threading.Timer(START_S, server.kill)
        watch.start()
        try:
            address = _address(server)
            watch.cancel()
            yield address
        finally:
            watch.cancel()
            _end(server)


def _address(server: "subprocess.Popen[str]") -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if line.startswith(SAYS):
            return line.removeprefix(SAYS).strip()
    raise EngineError("bench.missing", "the generative server didn't start", "pip install xllamacpp")


def _end(server: "subprocess.Popen[str]") -> None:
    server.terminate()
    try:
        server.wait(END_S)
    except subprocess.TimeoutExpired:
        server.kill()


def serve(weights: Path, threads: int) -> None:
    """Serve on a free port of 127.0.0.1 until the process is ended."""
    xllamacpp = import_module("xllamacpp")  # untyped, and in no requirements: its weights are for tests only
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.hostnames = ["127.0.0.1"]
    server = xllamacpp.Server(params)
    print(f"{SAYS}{server.listening_address}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    serve(given.weights, given.threads)

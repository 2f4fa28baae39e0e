"""The peer: the recogniser alone in as many processes, each with its share of the recordings."""

import dataclasses
import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter

from benchmarks.executors_day import Calls
from qm.config import Settings
from qm.units import Seconds


def run_bare(settings: Settings, calls: Calls, workers: int) -> tuple[Seconds, Seconds]:
    """Seconds of all workers together from warm weights to the last word of all, and seconds until they were warm."""
    context = multiprocessing.get_context("spawn")
    warm = context.Barrier(workers + 1)
    one = dataclasses.replace(settings, isolate=False, threads=settings.threads or max(1, _cores() // workers))
    began = perf_counter()
    ends, processes = [], []
    for share in shares(calls, workers):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_recognise, args=(one, share, warm, theirs))
        process.start()
        theirs.close()
        ends.append(ours)
        processes.append(process)
    warm.wait()
    start = perf_counter()
    for end in ends:
        end.recv()
    last = perf_counter()
    for process in processes:
        process.join()
    return workers * (last - start), start - began


def shares(calls: Calls, workers: int) -> list[list[Path]]:
    """As even as can be: the longest first, always to whoever has least."""
    loads = [0.0] * workers
    found: list[list[Path]] = [[] for _ in loads]
    for length_s, path in sorted(zip(calls.lengths, calls.paths, strict=True), reverse=True):
        least = loads.index(min(loads))
        loads[least] += length_s
        found[least].append(path)
    return found


def _cores() -> int:
    from models.processor import count_cores

    return count_cores()


def _recognise(settings: Settings, paths: list[Path], warm: Barrier, told: Connection) -> None:
    from models.audio_engine import PyAvAudioReader
    from pipelines.engines import make_transcriber

    engine, reader = make_transcriber(settings, lambda _line: None), PyAvAudioReader()
    engine.warm_up()
    warm.wait()
    for start in range(0, len(paths), settings.group):
        audios = [
            reader.read(path, f"{number:064x}") for number, path in enumerate(paths[start : start + settings.group])
        ]
        engine.transcribe(audios, ["en"] * len(audios))
    told.send("done")

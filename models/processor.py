"""Where recognition runs: what was asked for, what the machine has, and what became of it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from qm.errors import EngineError

NEAREST = {"float16": "float32", "int8_float16": "int8"}
"""Arithmetic that only graphics cards do, and what a processor does instead."""


@dataclass(frozen=True)
class Processor:
    """What is used. `note` tells a fallback, and is empty where everything is as asked for."""

    device: str
    precision: str
    note: str = ""


def processor_for(device: str, precision: str, count_cards: Callable[[], int]) -> Processor:
    """Device and precision in force.

    `auto` takes a graphics card where there is one and says aloud where there is none; `cuda` without one is an error,
    since somebody relies on it. Half precision falls back to its nearest kind on a processor.

    Args:
        device: `cpu`, `cuda` or `auto`.
        count_cards: asked only where the answer matters.

    Raises:
        EngineError: `cuda` was asked for and there is no card.

    >>> processor_for("auto", "float16", lambda: 0)
    Processor(device='cpu', precision='float32', note='no graphics card: recognition runs on the processor in float32')
    >>> processor_for("auto", "float16", lambda: 1)
    Processor(device='cuda', precision='float16', note='')
    """
    if device != "cpu" and count_cards():
        return Processor("cuda", precision)
    if device == "cuda":
        hint = "set QM_DEVICE=auto to fall back to the processor, or check the driver"
        raise EngineError("engine.no_card", "QM_DEVICE=cuda, but no graphics card can be used", hint)
    used = NEAREST.get(precision, precision)
    if device == "auto":
        return Processor("cpu", used, f"no graphics card: recognition runs on the processor in {used}")
    note = f"{precision} needs a graphics card: recognition runs in {used}" if used != precision else ""
    return Processor("cpu", used, note)


def count_cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def count_cards() -> int:
    """Graphics cards that CTranslate2 can use."""
    import ctranslate2

    return int(ctranslate2.get_cuda_device_count())


def count_torch_cards() -> int:
    """Graphics cards that PyTorch can use: its CPU build sees none, whatever the machine has; 0 where it's missing."""
    if find_spec("torch") is None:
        return 0
    import torch

    return int(torch.cuda.device_count()) if torch.cuda.is_available() else 0

"""A CTranslate2 Whisper folder read as an openai-whisper checkpoint: the same numbers under that library's names.

The format is that of CTranslate2 4 (`ctranslate2/specs/model_spec.py`, binary version 6): version, name and revision of
the specification, then variables (name, shape, type, bytes) and aliases. Strings carry a length and end in a zero byte.
"""

import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Weights: TypeAlias = NDArray[np.float32]

BINARY_VERSION, SPECIFICATION, REVISION = 6, "WhisperSpec", 3
"""What CTranslate2 3.18 to 4 write for every Whisper; others name or order their variables differently."""
TYPES = ("<f4", "|i1", "<i2", "<i4", "<f2", "bfloat16")
"""CTranslate2's `DataType`, in its order; numpy has no bfloat16."""

PLACES = {
    "encoder/conv1/": ("encoder.conv1.",),
    "encoder/conv2/": ("encoder.conv2.",),
    "encoder/layer_norm/": ("encoder.ln_post.",),
    "encoder/position_encodings/encodings": ("encoder.positional_embedding",),
    "decoder/embeddings/": ("decoder.token_embedding.",),
    "decoder/layer_norm/": ("decoder.ln.",),
    "decoder/position_encodings/encodings": ("decoder.positional_embedding",),
}
"""Prefixes outside of the layers: CTranslate2's, and openai-whisper's."""
LAYER_PLACES = {
    "self_attention/layer_norm/": ("attn_ln.",),
    "self_attention/linear_0/": ("attn.query.", "attn.key.", "attn.value."),
    "self_attention/linear_1/": ("attn.out.",),
    "attention/layer_norm/": ("cross_attn_ln.",),
    "attention/linear_0/": ("cross_attn.query.",),
    "attention/linear_1/": ("cross_attn.key.", "cross_attn.value."),
    "attention/linear_2/": ("cross_attn.out.",),
    "ffn/layer_norm/": ("mlp_ln.",),
    "ffn/linear_0/": ("mlp.0.",),
    "ffn/linear_1/": ("mlp.2.",),
}
"""Prefixes inside a layer; where there are several, CTranslate2 stacks those projections in this order."""
ENDINGS = {"weight": "weight", "bias": "bias", "gamma": "weight", "beta": "bias", "": ""}
LAYER = re.compile(r"(encoder|decoder)/layer_(\d+)/(.+)")


@dataclass(frozen=True)
class WhisperCheckpoint:
    """What `torch.save({"dims": …, "model_state_dict": …})` of openai-whisper holds, as arrays.

    Attributes:
        dims: fields of `whisper.model.ModelDimensions`.
        state: 32-bit, whatever was stored; int8 weights carry the rounding that they were stored with.
        alignment_heads: layer and head of the decoder's attention that follows the words; empty where the folder
            doesn't name them.
    """

    dims: Mapping[str, int]
    state: Mapping[str, Weights]
    alignment_heads: tuple[tuple[int, int], ...]


def read_checkpoint(folder: Path) -> WhisperCheckpoint:
    """The checkpoint of a CTranslate2 folder (`model.bin`, `config.json`).

    Raises:
        ValueError: the files are cut off, or hold no Whisper of a known layout.
        OSError: they can't be read.
    """
    path = folder / "model.bin"
    if path.stat().st_size == 0:
        raise ValueError("model.bin is empty")
    variables, aliases = _read_variables(_Cursor(np.memmap(path, dtype=np.uint8, mode="r")))
    if aliases.get("decoder/projection/weight") != "decoder/embeddings/weight":
        raise ValueError("model.bin: the output layer isn't the embedding, which openai-whisper takes for granted")
    try:
        dims = _dimensions(variables)
        state = {name: part for key in variables for name, part in _renamed(key, variables)}
    except KeyError as error:
        raise ValueError(f"model.bin: {error.args[0]} is missing") from error
    except (IndexError, TypeError) as error:  # fewer or more dimensions than the layout has
        raise ValueError(f"model.bin: a tensor has a shape that no Whisper has: {error}") from error
    return WhisperCheckpoint(dims, state, _alignment_heads(folder / "config.json", dims))


class _Cursor:
    """Reads numbers, strings and blocks one after the other."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 0

    def block(self, size: int) -> NDArray[np.uint8]:
        """The next `size` bytes, not copied."""
        block = self._data[self._at : self._at + size]
        if len(block) < size:
            raise ValueError(f"model.bin is cut off at byte {len(self._data)}")
        self._at += size
        return block

    def number(self, kind: str) -> int:
        """The next little-endian number of a `struct` kind."""
        return int(struct.unpack(f"<{kind}", self.block(struct.calcsize(kind)).tobytes())[0])

    def text(self) -> str:
        """The next string."""
        return self.block(self.number("H")).tobytes().rstrip(b"\0").decode("utf-8", "replace")


Stored: TypeAlias = tuple[str, NDArray[np.uint8], tuple[int, ...]]
"""Type, bytes and shape of a variable."""


def _read_variables(cursor: _Cursor) -> tuple[dict[str, Stored], dict[str, str]]:
    version = cursor.number("I")
    if version != BINARY_VERSION:
        raise ValueError(f"model.bin: format {version}, {BINARY_VERSION} is known; convert it with CTranslate2 4")
    name, revision = cursor.text(), cursor.number("I")
    if (name, revision) != (SPECIFICATION, REVISION):
        raise ValueError(f"model.bin holds a {name} of revision {revision}, not a {SPECIFICATION} of {REVISION}")
    variables = dict(_read_variable(cursor) for _ in range(cursor.number("I")))
    aliases = {cursor.text(): cursor.text() for _ in range(cursor.number("I"))}
    return variables, aliases


def _read_variable(cursor: _Cursor) -> tuple[str, Stored]:
    name = cursor.text()
    shape = tuple(cursor.number("I") for _ in range(cursor.number("B")))
    kind = cursor.number("B")
    if kind >= len(TYPES):
        raise ValueError(f"model.bin: {name} is of type {kind}, which isn't known")
    return name, (TYPES[kind], cursor.block(cursor.number("I")), shape)


def _array(name: str, variables: Mapping[str, Stored]) -> Weights:
    """A variable as 32-bit numbers; int8 and int16 divided by their scales (one a row, or one for all)."""
    kind, data, shape = variables[name]
    try:
        if kind == "bfloat16":  # the upper half of a 32-bit number
            values = (data.view("<u2").astype(np.uint32) << 16).view(np.float32).reshape(shape)
        else:
            values = data.view(kind).reshape(shape).astype(np.float32)
    except ValueError as error:
        raise ValueError(f"model.bin: {name} holds {data.size} bytes, which isn't {shape} of {kind}") from error
    if f"{name}_scale" not in variables:
        return values
    scale = _array(f"{name}_scale", variables)
    return values / scale.reshape(scale.shape + (1,) * (values.ndim - scale.ndim))


def _renamed(key: str, variables: Mapping[str, Stored]) -> list[tuple[str, Weights]]:
    """Names and values that a variable has in openai-whisper; none for settings and scales."""
    layer = LAYER.fullmatch(key)
    inner, places = (layer[3], LAYER_PLACES) if layer else (key, PLACES)
    prefix = next((prefix for prefix in places if inner.startswith(prefix)), None)
    ending = None if prefix is None else ENDINGS.get(inner.removeprefix(prefix))
    if prefix is None or ending is None:
        return []
    stem = f"{layer[1]}.blocks.{layer[2]}." if layer else ""
    names = [f"{stem}{place}{ending}" for place in places[prefix]]
    values = _array(key, variables)
    if len(values) % len(names):
        raise ValueError(f"model.bin: {key} of {len(values)} rows can't be {len(names)} projections")
    parts = zip(names, np.split(values, len(names)), strict=True)
    # Whisper's key projection has no bias; CTranslate2 stores zeros where it stacks it with others.
    return [(name, np.ascontiguousarray(part)) for name, part in parts if not name.endswith(".key.bias")]


def _dimensions(variables: Mapping[str, Stored]) -> dict[str, int]:
    context, state = variables["encoder/position_encodings/encodings"][2]
    text_context, text_state = variables["decoder/position_encodings/encodings"][2]
    return {
        "n_mels": variables["encoder/conv1/weight"][2][1],
        "n_audio_ctx": context,
        "n_audio_state": state,
        "n_audio_head": int(_array("encoder/num_heads", variables)),
        "n_audio_layer": _layers("encoder", variables),
        "n_vocab": variables["decoder/embeddings/weight"][2][0],
        "n_text_ctx": text_context,
        "n_text_state": text_state,
        "n_text_head": int(_array("decoder/num_heads", variables)),
        "n_text_layer": _layers("decoder", variables),
    }


def _layers(side: str, variables: Mapping[str, Stored]) -> int:
    return len({found[2] for name in variables if (found := LAYER.fullmatch(name)) and found[1] == side})


def _alignment_heads(path: Path, dims: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    if not path.is_file():
        return ()
    try:
        pairs = json.loads(path.read_text(encoding="utf-8")).get("alignment_heads") or ()
        heads = tuple((int(layer), int(head)) for layer, head in pairs)
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"config.json: alignment_heads can't be read: {error}") from error
    if any(not (0 <= layer < dims["n_text_layer"] and 0 <= head < dims["n_text_head"]) for layer, head in heads):
        raise ValueError("config.json: alignment_heads name a layer or head that the weights don't have")
    return heads

"""A trained model as files: plain arrays and JSON, nothing that is run on reading; the same model, the same bytes."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qm.analysis.fit_answers import Weights
from qm.analysis.train_answers import AnswerModel
from qm.documents import dump, load
from qm.domain.trained_answers import TrainingReport
from qm.errors import EngineError, InputError
from qm.services.answer_card import card_of
from qm.units import Share

ARRAYS, ABOUT, REPORT, CARD = "weights.npz", "model.json", "report.json", "card.md"
COLUMNS = "columns_"
SCHEMA = "answer_model/1"
DIGITS = 9
"""Significant digits kept of a weight: what a processor's last bits decide isn't kept."""
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class AboutModel:
    """All of a model but its arrays, and what it depends on.

    Attributes:
        encoder_sha256: of the sentence encoder that it was fitted with and must be used with.
        labels_sha256: fingerprint of the labels and contacts it was fitted on.
    """

    criterion_id: str
    words: tuple[str, ...]
    views: tuple[str, ...]
    bias: float
    slope: float
    shift: float
    met_from: Share | None
    not_met_from: Share | None
    encoder_sha256: str
    labels_sha256: str
    seed: int
    product_version: str
    schema: str = SCHEMA


def pack(
    model: AnswerModel, report: TrainingReport, *, encoder_sha256: str, labels_sha256: str, seed: int,
    product_version: str,
) -> dict[str, bytes]:  # fmt: skip
    """The files of an artefact."""
    weights = model.weights
    about = AboutModel(
        model.criterion_id, weights.words, weights.views, _rounded(weights.bias), _rounded(model.slope),
        _rounded(model.shift), model.met_from, model.not_met_from, encoder_sha256, labels_sha256, seed, product_version,
    )  # fmt: skip
    arrays = {"rarity": weights.rarity, "words": weights.word_weights}
    arrays |= {f"{COLUMNS}{block}": columns for block, columns in sorted(weights.columns.items())}
    return {
        ARRAYS: _npz(arrays), ABOUT: dump(about).encode(), REPORT: dump(report).encode(),
        CARD: card_of(report, about.labels_sha256, encoder_sha256, seed).encode(),
    }  # fmt: skip


def unpack(files: Mapping[str, bytes]) -> tuple[AnswerModel, AboutModel, TrainingReport]:
    """The model in an artefact.

    Raises:
        EngineError: it isn't one, or of a version that this product doesn't read.
    """
    try:
        about = load(AboutModel, files[ABOUT], ABOUT)
        report = load(TrainingReport, files[REPORT], REPORT)
        with np.load(io.BytesIO(files[ARRAYS]), allow_pickle=False) as arrays:
            found = {name: np.asarray(arrays[name], dtype=np.float64) for name in arrays.files}
        weights = Weights(
            about.words, found["rarity"], found["words"],
            {name.removeprefix(COLUMNS): found[name] for name in sorted(found) if name.startswith(COLUMNS)},
            about.bias, about.views,
        )  # fmt: skip
        _check(about, weights)
    except (KeyError, ValueError, OSError, EOFError, InputError, zipfile.BadZipFile) as error:
        raise EngineError("answers.altered", f"a trained model can't be read: {error}", "train it again") from error
    return (
        AnswerModel(about.criterion_id, weights, about.slope, about.shift, about.met_from, about.not_met_from),
        about,
        report,
    )


def _check(about: AboutModel, weights: Weights) -> None:
    if about.schema != SCHEMA:
        raise ValueError(f"schema '{about.schema}' isn't {SCHEMA}")
    sizes = {len(weights.words), len(weights.rarity), len(weights.word_weights)}
    if len(sizes) > 1 or any(columns.ndim != 2 or len(columns) != 3 for columns in weights.columns.values()):
        raise ValueError("its arrays don't fit each other")


def _npz(arrays: Mapping[str, NDArray[np.float64]]) -> bytes:
    """A zip of `.npy` files without times, so that equal arrays give equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, array in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.vectorize(_rounded, otypes=[float])(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", EPOCH), part.getvalue())
    return target.getvalue()


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")

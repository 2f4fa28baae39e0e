"""The peer of `qm bench diarise`: the plain pyannote pipeline on the same two networks."""

from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from models.voice_networks import DIMENSIONS, RATE_HZ, VoiceNetworks
from qm.domain.recognition import Voice
from qm.domain.transcript import Word
from qm.ports import Audio

LEAST_FRAMES = 25
"""Of 10 ms: below this the embedding isn't a number, as with pyannote's own."""
THRESHOLD = 0.7045654963945799
"""Published for speaker-diarization-3.1; of no effect where the number of speakers is asked for."""


class PlainPipeline:
    """`SpeakerDiarization` of pyannote.audio with agglomerative clustering and two speakers asked for.

    Its default clustering (VBx) needs weights that aren't to be had.
    """

    def __init__(self, networks: VoiceNetworks) -> None:
        from pyannote.audio.pipelines import speaker_diarization as library

        # The constructor knows neither a network of another family nor how to do without the weights of VBx.
        with (
            patch.object(library, "PretrainedSpeakerEmbedding", lambda *_args, **_named: _Embedding(networks)),
            patch.object(library, "get_plda", lambda *_args, **_named: None),
        ):
            self._pipeline: Any = library.SpeakerDiarization(
                segmentation=networks.segmentation, embedding="campplus", plda="none",
                clustering="AgglomerativeClustering", embedding_exclude_overlap=True,
            )  # fmt: skip
        clustering = {"method": "centroid", "min_cluster_size": 12, "threshold": THRESHOLD}
        self._pipeline.instantiate({"segmentation": {"min_duration_off": 0.0}, "clustering": clustering})

    def diarise(self, audio: Audio, words: Sequence[Word]) -> tuple[Voice, ...]:  # noqa: ARG002 - it knows no words
        """Who speaks when on channel 0."""
        import torch

        file = {"waveform": torch.from_numpy(audio.read(0))[None], "sample_rate": audio.rate_hz}
        found = self._pipeline(file, num_speakers=2)
        tracks = getattr(found, "speaker_diarization", found).itertracks(yield_label=True)
        return tuple(Voice(str(label), round(s.start, 3), round(s.end, 3)) for s, _track, label in tracks)


class _Embedding:
    """What the pipeline asks of an embedding: one vector a waveform and mask, NaN where there is too little."""

    sample_rate = RATE_HZ
    dimension = DIMENSIONS
    metric = "cosine"
    min_num_samples = LEAST_FRAMES * RATE_HZ // 100

    def __init__(self, networks: VoiceNetworks) -> None:
        self._networks = networks

    def __call__(self, waveforms: Any, masks: Any) -> NDArray[np.float64]:
        return np.stack([self._one(wave[0].numpy(), mask.numpy()) for wave, mask in zip(waveforms, masks, strict=True)])

    def _one(self, wave: NDArray[np.float32], mask: NDArray[np.float32]) -> NDArray[np.float64]:
        features = self._networks.features(wave)
        nearest = np.minimum(np.arange(len(features)) * len(mask) // len(features), len(mask) - 1)
        kept = features[mask[nearest] > 0.5]
        return self._networks.embed(kept) if len(kept) >= LEAST_FRAMES else np.full(DIMENSIONS, np.nan)

"""What the core asks of the world. Implementations live in `qm.storage` and `models`; `wiring` modules join them."""

from qm.ports.engines import (
    FULL_SCALE,
    Audio,
    AudioReader,
    Block,
    Diariser,
    Samples,
    SentenceEncoder,
    Speech,
    Transcriber,
)
from qm.ports.objects import Erased, Leftover, ObjectStore, StoredObject
from qm.ports.stores import (
    CoachingStore,
    ContactStore,
    EvaluationStore,
    OutputStore,
    RunStore,
    SurveyStore,
    WorkStore,
)
from qm.ports.unit import Unit, UnitOfWork

__all__ = [
    "FULL_SCALE",
    "Audio",
    "AudioReader",
    "Block",
    "CoachingStore",
    "ContactStore",
    "Diariser",
    "Erased",
    "EvaluationStore",
    "Leftover",
    "ObjectStore",
    "OutputStore",
    "RunStore",
    "Samples",
    "SentenceEncoder",
    "Speech",
    "StoredObject",
    "SurveyStore",
    "Transcriber",
    "Unit",
    "UnitOfWork",
    "WorkStore",
]

"""The one place that joins trained answers to the database, the folder of models and the sentence encoder."""

from collections.abc import Collection
from functools import partial

from models.catalogue import CATALOGUE, Progress, fetch
from models.sentence_encoder_engine import UseSentenceEncoder
from qm.config import Settings
from qm.ports import SentenceEncoder, UnitOfWork
from qm.services.answers import AnswerService
from qm.storage.answer_folder import AnswerFolder

FOLDER = "answers"
"""Below `QM_DATA`."""


def make_encoder(settings: Settings, progress: Progress) -> SentenceEncoder:
    """The sentence encoder, not yet warm; its weights are fetched when it is first used."""
    take = partial(
        fetch, CATALOGUE["use-multilingual-v3"], settings.weights, offline=settings.offline, progress=progress
    )
    return UseSentenceEncoder(take)


def make_answers(
    settings: Settings, unit_of_work: UnitOfWork, encoder: SentenceEncoder, criteria: Collection[str]
) -> AnswerService:
    """The use cases of trained answers."""
    return AnswerService(unit_of_work, AnswerFolder(settings.data / FOLDER), encoder, criteria)

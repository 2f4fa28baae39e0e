"""Use cases of customers' comments: work out what they speak of, keep it, read it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qm.documents import dump, load
from qm.domain.comment import ThemeReport
from qm.domain.form import Form
from qm.domain.text import Language, Text
from qm.domain.transcript import Transcript
from qm.errors import EngineError, NotFoundError
from qm.ports import SentenceEncoder, UnitOfWork
from qm.ports.unit import Unit

if TYPE_CHECKING:
    from qm.analysis.voc.gather_comments import Corpus
    from qm.analysis.voc.report_themes import Meanings, ReportOptions

KIND = "themes"
"""Of the saved reports; their ids are `comments` and `turns`."""
ENCODED_AT_ONCE = 256
Told = Callable[[int, int], None]
"""Is told how many statements are encoded, and of how many."""


@dataclass(frozen=True)
class ThemeRequest:
    """What to look at.

    Attributes:
        source: `comments` or `turns`.
        by_words: group by shared words instead of meaning; needs no encoder.
        most: themes at most.
    """

    source: str = "comments"
    since: datetime | None = None
    until: datetime | None = None
    by_words: bool = False
    most: int = 20


@dataclass(frozen=True)
class CommentView:
    """A report as pages show it.

    Attributes:
        report: `None` where none was computed.
        titles: of criteria, by `form/criterion`.
    """

    report: ThemeReport | None
    titles: Mapping[str, Text]


class CommentService:
    """What customers speak of.

    Args:
        encoder: `None` where reports are only read.
        has_sentiment: whether sentiment is read at all (setting `QM_SENTIMENT`).
        language: of comments that tell none.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, forms: Mapping[str, Form], min_n: int, *, has_sentiment: bool,
        language: Language, encoder: SentenceEncoder | None = None,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._forms = forms
        self._min_n = min_n
        self._has_sentiment = has_sentiment
        self._language = language
        self._encoder = encoder

    def read(self, source: str = "comments") -> ThemeReport | None:
        """The report that was computed last; `None` where none was."""
        with self._unit_of_work() as unit:
            document = unit.documents.get(KIND, source)
        return None if document is None else load(ThemeReport, document, f"themes of {source}")

    def view(self, source: str = "comments") -> CommentView:
        """The same with the titles of the criteria."""
        titles = {f"{form.id}/{c.id}": c.title for form in self._forms.values() for c in form.criteria}
        return CommentView(self.read(source), titles)

    def compute(self, request: ThemeRequest, now: datetime, told: Told = lambda _done, _all: None) -> ThemeReport:
        """Work the report out and keep it.

        Raises:
            EngineError: meaning is asked for, and the encoder can't be used.
        """
        from qm.analysis.voc.report_themes import ReportOptions, report_themes

        corpus = self._gather(request)
        options = ReportOptions(
            request.source, now.isoformat(timespec="seconds"), _iso(request.since), _iso(request.until), self._min_n,
            request.most, self._has_sentiment,
        )  # fmt: skip
        report = report_themes(corpus, self._meanings(corpus, options, request.by_words, told), options)
        with self._unit_of_work() as unit:
            unit.documents.save(KIND, request.source, dump(report))
        return report

    def _gather(self, request: ThemeRequest) -> "Corpus":
        from qm.analysis.voc.gather_comments import gather_comments, gather_turns

        with self._unit_of_work() as unit:
            if request.source == "turns":
                contacts = unit.facts.contacts(request.since, request.until, answers=True)
                surveys = unit.facts.surveys()
                return gather_turns(contacts, surveys, _transcripts(unit, contacts["contact_id"]), self._language)
            surveys = unit.facts.surveys(request.since, request.until, comments=True)
            columns = ("contact_id", "process", "team", "language", "kind")
            contacts = unit.facts.contacts(columns=columns, answers=True, surveyed=True)
        return gather_comments(surveys, contacts, self._language)

    def _meanings(self, corpus: "Corpus", options: "ReportOptions", by_words: bool, told: Told) -> "Meanings":
        from qm.analysis.voc.find_themes import vectors_of_words
        from qm.analysis.voc.learn_sentiment import fit_sentiment
        from qm.analysis.voc.report_themes import Meanings, distinct_statements
        from qm.analysis.voc.sentiment_examples import EXAMPLES

        texts, rows = distinct_statements(corpus)
        encoder = None if by_words else self._encoder
        if encoder is None or not texts:
            vectors = vectors_of_words(texts) if texts else np.zeros((0, 1), dtype=np.float32)
            return Meanings(texts, rows, vectors, "words" if encoder is None else "meaning")
        _warm_up(encoder)
        model = None
        if options.has_sentiment:
            examples = encoder.encode([text for text, _language, _label in EXAMPLES])
            model = fit_sentiment(examples, [label for _text, _language, label in EXAMPLES])
        questions = tuple(
            ((form.id, criterion.id), encoder.encode([criterion.title.it, criterion.title.en]))
            for form in self._forms.values()
            for criterion in form.criteria
        )
        return Meanings(texts, rows, _encode(encoder, texts, told), "meaning", model, questions)


def _warm_up(encoder: SentenceEncoder) -> None:
    try:
        encoder.warm_up()
    except EngineError as error:
        hint = (
            f"{error.hint}, or group by shared words: --by-words" if error.hint else "group by shared words: --by-words"
        )
        raise EngineError("comments.no_encoder", error.message, hint) from error


def _encode(encoder: SentenceEncoder, texts: Sequence[str], told: Told) -> NDArray[np.float32]:
    parts = []
    for start in range(0, len(texts), ENCODED_AT_ONCE):
        parts.append(encoder.encode(texts[start : start + ENCODED_AT_ONCE]))
        told(min(start + ENCODED_AT_ONCE, len(texts)), len(texts))
    return np.concatenate(parts)


def _transcripts(unit: Unit, contact_ids: Iterable[str]) -> Iterator[tuple[str, Transcript]]:
    for contact_id in contact_ids:
        try:
            yield contact_id, unit.outputs.transcript(contact_id)
        except NotFoundError:
            continue  # a contact in quarantine has none


def _iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="minutes") if moment else ""

"""Puts together what customers speak of: themes, what they say of them, where, and beside which criteria."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qm.analysis.voc.count_themes import (
    check_sentiments,
    count_by_group,
    count_detractors,
    count_sentiments,
    join_sentiments,
)
from qm.analysis.voc.find_themes import LIKE_BY_MEANING, LIKE_BY_WORDS, central_rows, find_themes
from qm.analysis.voc.gather_comments import Corpus
from qm.analysis.voc.group_figures import share_figure
from qm.analysis.voc.learn_sentiment import SentimentModel, settle_reading
from qm.analysis.voc.link_themes import Criterion, find_like_criteria, link_criteria
from qm.analysis.voc.name_themes import name_themes, theme_id
from qm.analysis.voc.read_sentiment import read_sentiment
from qm.analysis.voc.redact_text import redact_text
from qm.analysis.voc.voc_columns import answer_columns
from qm.domain.comment import Sentiment, SentimentCount, Theme, ThemeCriterion, ThemeExample, ThemeLikeness, ThemeReport
from qm.domain.figures import Count
from qm.domain.text import Language

MOST_EXAMPLES = 12
LONGEST_EXAMPLE = 300
"""Letters."""
NAME_TERMS = 3
LEAST_THEME = 3
"""Fewer comments than this are no theme, however low the minimum n."""


@dataclass(frozen=True)
class Meanings:
    """The different statements, in order of their letters, and their vectors.

    Attributes:
        rows: row of each statement of the corpus among the different ones.
        method: `meaning` or `words`.
        model: what tells sentiment from vectors; `None` without an encoder.
        questions: of each criterion the vectors of its wordings.
    """

    texts: tuple[str, ...]
    rows: NDArray[np.int64]
    vectors: NDArray[np.float32]
    method: str
    model: SentimentModel | None = None
    questions: tuple[tuple[Criterion, NDArray[np.float32]], ...] = ()


@dataclass(frozen=True)
class ReportOptions:
    """How a report is made.

    Attributes:
        most: themes at most.
        has_sentiment: whether sentiment is read at all.
    """

    source: str
    made_at: str
    since: str
    until: str
    min_n: int
    most: int
    has_sentiment: bool = True


@dataclass(frozen=True)
class _Scene:
    """What every theme of a report is counted from. `labels` and `sentiments` by statement, `present` by owner."""

    corpus: Corpus
    meanings: Meanings
    options: ReportOptions
    labels: NDArray[np.int64]
    present: NDArray[np.bool_]
    owner_of: NDArray[np.int64]
    sentiments: tuple[Sentiment, ...]

    @property
    def nps(self) -> NDArray[np.float64]:
        values: NDArray[np.float64] = self.corpus.owners["nps"].to_numpy(np.float64)
        return values


def distinct_statements(corpus: Corpus) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The different statements in order of their letters, and which of them each statement is."""
    texts, rows = np.unique(np.array([s.text for s in corpus.statements], dtype=object), return_inverse=True)
    return tuple(texts.tolist()), rows.astype(np.int64)


def report_themes(corpus: Corpus, meanings: Meanings, options: ReportOptions) -> ThemeReport:
    """The report; without themes, and with the reason, where too few wrote anything or nothing is said twice."""
    scene = _scene(corpus, meanings, options)
    overall = _read_owners(scene) if options.has_sentiment else ()
    answers = _answers(scene)
    links, tested = link_criteria(scene.present, answers, options.min_n)
    likeness = find_like_criteria(_directions(scene), meanings.questions)
    names = _names(scene)
    ids = _ids(names)
    themes = tuple(_theme(scene, at, ids[at], names[at], links[at], likeness[at]) for at in range(len(ids)))
    n = len(corpus.owners)
    return ThemeReport(
        source=options.source, method=meanings.method, made_at=options.made_at, since=options.since,
        until=options.until, n=n, no_words=corpus.no_words, cut=corpus.cut, other_language=corpus.other_language,
        min_n=options.min_n, sentiment=count_sentiments(overall) if options.has_sentiment else None,
        checked=check_sentiments(overall, scene.nps) if overall else Count(0, 0),
        other=Count(int((~scene.present.any(axis=1)).sum()), n), themes=themes, tested=tested,
        cannot=_cannot(scene, tested),
    )  # fmt: skip


def _scene(corpus: Corpus, meanings: Meanings, options: ReportOptions) -> _Scene:
    owner_of = np.array([statement.owner for statement in corpus.statements], dtype=np.int64)
    counts = np.bincount(meanings.rows, minlength=len(meanings.texts))
    least = max(options.min_n, LEAST_THEME)
    like = LIKE_BY_MEANING if meanings.method == "meaning" else LIKE_BY_WORDS
    labels = find_themes(meanings.vectors, counts, like, least, options.most)[meanings.rows]
    labels, present = _by_owner(labels, owner_of, len(corpus.owners), least)
    sentiments = tuple(_read(corpus, meanings, at) for at in range(len(labels))) if options.has_sentiment else ()
    return _Scene(corpus, meanings, options, labels, present, owner_of, sentiments)


def _by_owner(
    labels: NDArray[np.int64], owner_of: NDArray[np.int64], owners: int, least: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Labels and who speaks of what, by the number of owners; a theme that few say often is dissolved."""
    present = np.zeros((owners, labels.max(initial=-1) + 1), dtype=bool)
    told = labels >= 0
    present[owner_of[told], labels[told]] = True
    sizes = present.sum(axis=0)
    order = [int(theme) for theme in np.argsort(-sizes, kind="stable") if sizes[theme] >= least]
    numbers = np.full(present.shape[1] + 1, -1, dtype=np.int64)
    numbers[order] = np.arange(len(order))
    return numbers[labels], present[:, order]


def _read(corpus: Corpus, meanings: Meanings, at: int) -> Sentiment:
    statement = corpus.statements[at]
    reading = read_sentiment(statement.text, statement.language)
    if meanings.model is not None:
        row = meanings.rows[at]
        reading = settle_reading(reading, meanings.model, meanings.vectors[row : row + 1])
    return reading.sentiment


def _read_owners(scene: _Scene) -> tuple[Sentiment, ...]:
    """What each comment says as a whole: its own words, "but" and all; where they say nothing, its statements."""
    corpus, model = scene.corpus, scene.meanings.model
    starts = np.searchsorted(scene.owner_of, np.arange(len(corpus.owners) + 1))
    found = []
    for owner, text in enumerate(corpus.owners["text"]):
        own = slice(starts[owner], starts[owner + 1])
        statements = corpus.statements[own]
        reading = read_sentiment(text, statements[0].language if statements else None)
        if model is not None:
            reading = settle_reading(reading, model, scene.meanings.vectors[scene.meanings.rows[own]])
        found.append(reading.sentiment)
    return tuple(found)


def _answers(scene: _Scene) -> Mapping[Criterion, NDArray[np.int8]]:
    found: dict[Criterion, NDArray[np.int8]] = {}
    for column in answer_columns(scene.corpus.owners):
        form_id, _slash, criterion_id = column[2:].partition("/")
        found[form_id, criterion_id] = scene.corpus.owners[column].to_numpy(np.int8)
    return found


def _directions(scene: _Scene) -> NDArray[np.float32]:
    """Mean vector of each theme, of unit length."""
    vectors, rows = scene.meanings.vectors, scene.meanings.rows
    means = [vectors[rows[scene.labels == theme]].mean(axis=0) for theme in range(scene.present.shape[1])]
    return np.array([mean / max(float(np.linalg.norm(mean)), 1e-9) for mean in means], dtype=np.float32)


def _names(scene: _Scene) -> list[tuple[str, ...]]:
    """Terms of each theme, in the language that it's mostly written in."""
    languages = [statement.language for statement in scene.corpus.statements]
    main = [_main_language(languages, scene.labels == theme) for theme in range(scene.present.shape[1])]
    kept = [
        at for at, label in enumerate(scene.labels.tolist()) if label < 0 or main[label] in (None, languages[at])
    ]  # fmt: skip
    texts = [scene.corpus.statements[at].text for at in kept]
    names = name_themes([redact_text(text) for text in texts], scene.labels[kept].tolist(), [1] * len(kept))
    return names + [()] * (scene.present.shape[1] - len(names))


def _main_language(languages: Sequence[Language | None], members: NDArray[np.bool_]) -> Language | None:
    own = [language for language, member in zip(languages, members, strict=True) if member and language]
    return max(Language, key=own.count) if own else None


def _ids(names: Sequence[tuple[str, ...]]) -> list[str]:
    """An id each; where two themes have the same best words, the smaller one's place tells them apart."""
    ids: list[str] = []
    for place, terms in enumerate(names):
        wanted = theme_id(terms, place)
        ids.append(f"{wanted}-{place + 1}" if wanted in ids else wanted)
    return ids


def _theme(
    scene: _Scene, theme: int, own_id: str, terms: tuple[str, ...], links: tuple[ThemeCriterion, ...],
    likeness: tuple[ThemeLikeness, ...],
) -> Theme:  # fmt: skip
    speaks = scene.present[:, theme]
    places = np.flatnonzero(scene.labels == theme)
    n, min_n = int(speaks.sum()), scene.options.min_n
    order = central_rows(scene.meanings.vectors[scene.meanings.rows], places)
    centre = _shown(scene.corpus.statements[order[0]].text)
    return Theme(
        id=own_id, name=" · ".join(terms[:NAME_TERMS]) or centre[:40], terms=terms, centre=centre, n=n,
        share=share_figure(Count(n, len(speaks)), min_n), sentiment=_sentiment(scene, places),
        detractors=count_detractors(scene.nps[speaks]), detractors_elsewhere=count_detractors(scene.nps[~speaks]),
        likeness=likeness, criteria=links, groups=count_by_group(scene.corpus.owners, speaks, min_n),
        examples=_examples(scene, order),
    )  # fmt: skip


def _sentiment(scene: _Scene, places: NDArray[np.int64]) -> SentimentCount | None:
    """Of each comment that speaks of a theme, what its statements about it say."""
    if not scene.sentiments:
        return None
    by_owner: dict[int, list[Sentiment]] = {}
    for at in places.tolist():
        by_owner.setdefault(int(scene.owner_of[at]), []).append(scene.sentiments[at])
    return count_sentiments([join_sentiments(found) for found in by_owner.values()])


def _examples(scene: _Scene, order: NDArray[np.int64]) -> tuple[ThemeExample, ...]:
    """The most central statements, each wording and each customer once."""
    owners = scene.corpus.owners
    seen: set[object] = set()
    examples: list[ThemeExample] = []
    for at in order.tolist():
        statement = scene.corpus.statements[at]
        if statement.text in seen or statement.owner in seen:
            continue
        seen |= {statement.text, statement.owner}
        row = owners.iloc[statement.owner]
        nps = float(row["nps"])
        examples.append(ThemeExample(
            row["contact_id"], row["response_id"], _shown(statement.text),
            scene.sentiments[at].value if scene.sentiments else "", None if np.isnan(nps) else nps,
            statement.turn_id, statement.start_s,
        ))  # fmt: skip
        if len(examples) == MOST_EXAMPLES:
            break
    return tuple(examples)


def _shown(text: str) -> str:
    """A text as people may see it: redacted, then cut, so that no half number is left."""
    plain = redact_text(text)
    return plain if len(plain) <= LONGEST_EXAMPLE else plain[: LONGEST_EXAMPLE - 1].rstrip() + "…"


def _cannot(scene: _Scene, tested: int) -> tuple[str, ...]:
    """Reasons why something isn't told, the gravest first."""
    n, themes = scene.present.shape
    corpus, options = scene.corpus, scene.options
    nps = int((~np.isnan(scene.nps)).sum())
    reasons = [
        ("none", n == 0),
        ("too_few", 0 < n < max(options.min_n, LEAST_THEME)),
        ("no_theme", n >= max(options.min_n, LEAST_THEME) and themes == 0),
        ("no_nps", n > 0 and nps < options.min_n),
        ("not_linked", n > 0 and not (corpus.owners["contact_id"] != "").any()),
        ("no_criteria", themes > 0 and tested == 0),
        ("other_language", corpus.other_language > 0 and corpus.other_language >= n / 5),
        ("sentiment_off", not options.has_sentiment),
    ]
    return tuple(reason for reason, holds in reasons if holds)

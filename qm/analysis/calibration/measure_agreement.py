"""Agreement of raters on a question or a form: every coefficient with its interval, or the reason why there is none.

Kappa and alpha compare with chance; where nearly all answers are the same they hang on a handful of contacts and jump
from 0 to 1 with one of them. There they are refused, and percent and AC1 stay: that is the paradox that Gwet's AC1
answers (Feinstein and Cicchetti 1990; Gwet 2008).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qm.analysis.calibration.agreement_alpha import Level, alpha_of, coincidences
from qm.analysis.calibration.agreement_icc import complete_rows, intraclass
from qm.analysis.calibration.agreement_intervals import (
    DRAWS,
    SPARED_CONTACTS,
    drawn_values,
    interval_of,
    weighted_totals,
)
from qm.analysis.calibration.agreement_kappas import (
    CHANCES,
    Weighting,
    corrected,
    observed,
    sums_of,
    tally,
    weights_of,
)
from qm.analysis.calibration.agreement_table import Array, RatingTable, Tally, by_category, imagined_table, rating_table
from qm.domain.agreement import Agreement, Coefficient, Measured, Pair, Unsaid
from qm.domain.evaluation import Answer
from qm.domain.figures import Count, Figure

LEAST_CONTACTS = 10
"""Below, an interval of any coefficient spans most of what is possible; a site's own minimum may be higher."""
LEAST_OTHER = 5
"""Contacts on which somebody gave another answer than the most common one; with fewer no kappa and no alpha is told."""
CODES: Mapping[Answer, float] = {Answer.NOT_MET: 0.0, Answer.MET: 1.0, Answer.NOT_APPLICABLE: 2.0}
"""*Cannot tell* isn't among them: who leaves a question open hasn't answered it."""
DIGITS = 4


@dataclass(frozen=True)
class AnswerRow:
    """What each rater answered to one question of one contact; `None` where somebody didn't."""

    contact_id: str
    answers: tuple[Answer | None, ...]


@dataclass(frozen=True)
class ScoreRow:
    """The score that each rater's answers give a contact; `None` where somebody has none."""

    contact_id: str
    scores: tuple[float | None, ...]


def agree_on_answers(
    pair: Pair, criterion_id: str, rows: Sequence[AnswerRow], least_n: int, seed: int = 0
) -> Agreement:
    """Percent agreement, kappa (Cohen; Conger for more than two), Gwet's AC1, Krippendorff's alpha, with prevalence.

    Rows of one contact are weighed together in the intervals. n of every coefficient is contacts, not answers.
    Coefficients count the answers *met*, *not met* and *not applicable*, of those that were given at all.
    """
    coded = [[CODES.get(answer, np.nan) if answer else np.nan for answer in row.answers] for row in rows]
    several = [place for place, row in enumerate(coded) if np.sum(~np.isnan(row)) >= 2]
    given = Counter(answer for place in several for answer in rows[place].answers if answer)
    met = Count(given[Answer.MET], given[Answer.MET] + given[Answer.NOT_MET])
    counts = {answer.value: given[answer] for answer in Answer}
    if not several:
        figures = _without(ANSWER_COEFFICIENTS, 0, Unsaid.NOBODY_TWICE)
        return Agreement(pair, criterion_id, 0, met, counts, figures)
    kept = [coded[place] for place in several]
    # Met and not met could always have been given; not applicable only counts as possible where somebody gave it.
    scale = sorted({0.0, 1.0, *(code for row in kept for code in row if not np.isnan(code))})
    table = rating_table(kept, [rows[place].contact_id for place in several], scale)
    if table.n < max(least_n, LEAST_CONTACTS):
        figures = _without(ANSWER_COEFFICIENTS, table.n, Unsaid.TOO_FEW)
    else:
        figures = _on_answers(table, seed)
    return Agreement(pair, criterion_id, table.n, met, counts, figures)


def agree_on_scores(rows: Sequence[ScoreRow], least_n: int, seed: int = 0) -> tuple[Measured, ...]:
    """Quadratically weighted kappa, Krippendorff's interval alpha and ICC(2,1) of scores, 0 to 100.

    Kappa and alpha take what is there; the ICC only contacts that every rater scored, one row each.
    """
    given = np.array([[np.nan if score is None else score for score in row.scores] for row in rows], dtype=float)
    several = (~np.isnan(given)).sum(1) >= 2 if len(rows) else np.zeros(0, dtype=bool)
    if not several.any():
        return _without(SCORE_COEFFICIENTS, 0, Unsaid.NOBODY_TWICE)
    kept = given[several]
    table = rating_table(kept, [row.contact_id for row, is_kept in zip(rows, several, strict=True) if is_kept])
    least = max(least_n, LEAST_CONTACTS)
    if table.n < least:
        return _without(SCORE_COEFFICIENTS, table.n, Unsaid.TOO_FEW)
    if len(table.scale) < 2:
        return _without(SCORE_COEFFICIENTS, table.n, Unsaid.SAME_SCORES)
    if np.nanmax(np.nanmax(kept, axis=1) - np.nanmin(kept, axis=1)) == 0:
        return _without(SCORE_COEFFICIENTS, table.n, Unsaid.NO_DIFFERENCE)
    return (*_on_scores(table, seed), _icc(_one_each(table, kept), least))


ANSWER_COEFFICIENTS = (Coefficient.PERCENT, Coefficient.KAPPA, Coefficient.AC1, Coefficient.ALPHA)
SCORE_COEFFICIENTS = (Coefficient.WEIGHTED_KAPPA, Coefficient.SCORE_ALPHA, Coefficient.ICC)


def _on_answers(table: RatingTable, seed: int) -> tuple[Measured, ...]:
    weights, imagined = weights_of(table.scale, Weighting.NONE), imagined_table(table)
    parts, prior = _all_sums(table, weights), _all_sums(imagined, weights)
    width = tally(table, weights).parts.shape[1]
    spared = SPARED_CONTACTS if len(table.codes) > table.n else 0.0
    drawn = weighted_totals(parts, prior, DRAWS, np.random.default_rng(seed), spared)
    values = _answer_values(parts.total, weights, table.scale, width)
    draws = _answer_values(drawn, weights, table.scale, width)
    reason = _no_kappa(table)
    return tuple(
        _no_value(name, table.n, reason)
        if reason and name in (Coefficient.KAPPA, Coefficient.ALPHA)
        else _measured(name, float(values[name]), draws[name], table.n)
        for name in ANSWER_COEFFICIENTS
    )


def _all_sums(table: RatingTable, weights: Array) -> Tally:
    """What all coefficients are made of side by side, so that each weighting of contacts is drawn once."""
    return Tally(np.hstack([tally(table, weights).parts, coincidences(table).parts]))


def _answer_values(total: Array, weights: Array, scale: tuple[float, ...], width: int) -> dict[Coefficient, Array]:
    sums = sums_of(total[..., :width], weights)
    return {
        Coefficient.PERCENT: observed(sums),
        Coefficient.KAPPA: corrected(sums, CHANCES["conger"]),
        Coefficient.AC1: corrected(sums, CHANCES["gwet"]),
        Coefficient.ALPHA: alpha_of(total[..., width:], scale, Level.NOMINAL),
    }


def _no_kappa(table: RatingTable) -> Unsaid | None:
    counts = by_category(table)
    common = int(counts.sum(0).argmax())
    others = {int(table.contacts[row]) for row in np.flatnonzero(counts.sum(1) - counts[:, common])}
    if not others:
        return Unsaid.ONE_ANSWER
    return Unsaid.RARE_ANSWER if len(others) < LEAST_OTHER else None


def _on_scores(table: RatingTable, seed: int) -> tuple[Measured, Measured]:
    weights = weights_of(table.scale, Weighting.QUADRATIC)
    parts = tally(table, weights)

    def kappa(total: Array) -> Array:
        return corrected(sums_of(total, weights), CHANCES["conger"])

    def alpha(total: Array) -> Array:
        return alpha_of(total, table.scale, Level.INTERVAL)

    pairs = coincidences(table)
    return (
        _measured(Coefficient.WEIGHTED_KAPPA, float(kappa(parts.total)), drawn_values(parts, kappa, seed), table.n),
        _measured(Coefficient.SCORE_ALPHA, float(alpha(pairs.total)), drawn_values(pairs, alpha, seed), table.n),
    )


def _one_each(table: RatingTable, kept: Array) -> Array:
    """One row a contact, in turn among its rows: the ICC's interval takes rows for independent."""
    rows: dict[int, list[int]] = {}
    for place, contact in enumerate(table.contacts.tolist()):
        rows.setdefault(contact, []).append(place)
    return np.asarray(kept[[places[contact % len(places)] for contact, places in rows.items()]])


def _icc(scores: Array, least: int) -> Measured:
    complete = complete_rows(scores)
    if len(complete) < least:
        return _no_value(Coefficient.ICC, len(complete), Unsaid.TOO_FEW)
    figure = intraclass(complete)["ICC2"]
    if figure.value is None:
        return _no_value(Coefficient.ICC, figure.n, Unsaid.SAME_SCORES)
    return Measured(Coefficient.ICC, figure)


def _measured(coefficient: Coefficient, value: float, drawn: Array, n: int) -> Measured:
    low, high = interval_of(value, drawn)
    return Measured(coefficient, Figure(round(value, DIGITS), round(low, DIGITS), round(high, DIGITS), n))


def _no_value(coefficient: Coefficient, n: int, reason: Unsaid) -> Measured:
    return Measured(coefficient, Figure(None, None, None, n), reason)


def _without(coefficients: Sequence[Coefficient], n: int, reason: Unsaid) -> tuple[Measured, ...]:
    return tuple(_no_value(coefficient, n, reason) for coefficient in coefficients)


def true_answer_values(codes: Array) -> dict[Coefficient, float]:
    """The coefficients of answers without refusal or interval, of a sample so large that it stands for all contacts.

    Args:
        codes: rows x raters by `CODES`; NaN where missing.
    """
    table = rating_table(codes)
    weights = weights_of(table.scale, Weighting.NONE)
    width = tally(table, weights).parts.shape[1]
    values = _answer_values(_all_sums(table, weights).total, weights, table.scale, width)
    return {name: float(value) for name, value in values.items()}


def true_score_values(scores: Array) -> dict[Coefficient, float]:
    """The coefficients of scores, likewise."""
    table = rating_table(scores)
    weights = weights_of(table.scale, Weighting.QUADRATIC)
    return {
        Coefficient.WEIGHTED_KAPPA: float(corrected(sums_of(tally(table, weights).total, weights), CHANCES["conger"])),
        Coefficient.SCORE_ALPHA: float(alpha_of(coincidences(table).total, table.scale, Level.INTERVAL)),
        Coefficient.ICC: float(intraclass(scores)["ICC2"].value or 0.0),
    }

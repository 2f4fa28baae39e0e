"""Has something changed that contact history doesn't see? An alarm over the daily errors of the estimate."""

import math
from collections.abc import Sequence

from qm.domain.estimate import Drift, DriftPoint

WEIGHT = 0.2
"""Of the newest day in the moving average: notices a lasting change of one standard deviation in about 12 days."""
LIMIT = 3.187
"""Standard deviations of the average: without any change it's crossed once in 1,000 days on average, with one of 0.5
standard deviations a day after 59 days, of 1 after 12, of 2 after 4 (by the Markov chain of Brook & Evans 1972)."""
FALSE_ALARM_DAYS = 1000
LEAST_DAYS = 10


def watch_drift(days: Sequence[str], errors: Sequence[float], spreads: Sequence[float]) -> Drift:
    r"""Exponentially weighted moving average (Roberts 1959; limits: Lucas & Saccucci 1990).

    `a_t = λ e_t / s_t + (1-λ) a_{t-1}`, alarm where `|a_t| > L √(λ / (2-λ) (1 - (1-λ)^{2t}))`.

    Args:
        days: in order, each with answers.
        errors: observed less expected share of satisfied customers.
        spreads: standard deviation that each error has where nothing changed.
    """
    if len(days) < LEAST_DAYS:
        return Drift("thin", "", None, len(days))
    average, path, side_began, side = 0.0, [], 0, 0
    for number, (day, error, spread) in enumerate(zip(days, errors, spreads, strict=True)):
        average = WEIGHT * error / spread + (1 - WEIGHT) * average
        deviation = math.sqrt(WEIGHT / (2 - WEIGHT) * (1 - (1 - WEIGHT) ** (2 * (number + 1))))
        if (sign := 1 if average > 0 else -1) != side:
            side, side_began = sign, number
        path.append(DriftPoint(day, round(average / deviation, 3), abs(average) > LIMIT * deviation))
    if not path[-1].is_alarm:
        return Drift("quiet", "", None, len(days), tuple(path))
    since = errors[side_began:]
    mean = round(sum(since) / len(since), 4)
    return Drift("up" if side > 0 else "down", days[side_began], mean, len(days), tuple(path))
